/** `/oauth/consent`: another app asks to sign the user in; the user says yes or no. */

import type { OAuthAuthorizationDetails, Session, SupabaseClient } from '@supabase/supabase-js';
import { useEffect, useState } from 'react';

/** What each scope shows, in words a user knows. */
const meanings: Readonly<Record<string, string>> = {
  openid: 'who you are',
  email: 'your email address',
  phone: 'your phone number',
  profile: 'your name, picture and profile',
};

export function Consent({ client, session }: { readonly client: SupabaseClient; readonly session: Session }) {
  const [asked, setAsked] = useState<OAuthAuthorizationDetails | null>(null);
  const [problem, setProblem] = useState('');
  const [isAnswered, setAnswered] = useState(false);
  const id = new URLSearchParams(window.location.search).get('authorization_id') ?? '';
  const userId = session.user.id;

  // A request belongs to the first user who opens it: it is asked for once for each.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the user's id stands for the session, whose tokens change
  useEffect(() => {
    let isCurrent = true;
    client.auth.oauth.getAuthorizationDetails(id).then(({ data, error }) => {
      if (!isCurrent) return;
      if (error !== null) setProblem(error.message);
      else if ('redirect_url' in data) window.location.assign(data.redirect_url);
      else setAsked(data);
    });
    return () => {
      isCurrent = false;
    };
  }, [client, id, userId]);

  async function answer(give: 'approveAuthorization' | 'denyAuthorization'): Promise<void> {
    setAnswered(true);
    // Leads back to the app by itself.
    const { error } = await client.auth.oauth[give](id);
    if (error === null) return;
    setAnswered(false);
    setProblem(error.message);
  }

  if (problem !== '') return <p role="alert">{problem}</p>;
  if (asked === null) return <p role="status">One moment…</p>;
  return (
    <>
      <h1>{asked.client.name} wants to sign you in</h1>
      <p>
        You are {session.user.email}. It leads back to <strong>{new URL(asked.redirect_uri).host}</strong> and will see:
      </p>
      <ul>
        {asked.scope.split(' ').map((scope) => (
          <li key={scope}>{meanings[scope] ?? scope}</li>
        ))}
      </ul>
      <button type="button" disabled={isAnswered} onClick={() => answer('approveAuthorization')}>
        Allow
      </button>
      <button type="button" disabled={isAnswered} onClick={() => answer('denyAuthorization')}>
        Deny
      </button>
    </>
  );
}
