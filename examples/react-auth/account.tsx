/** The signed-in user: level, refresh, a new password, second factors, a passkey, and the way out. */

import type { Session, SupabaseClient } from '@supabase/supabase-js';
import { useState } from 'react';
import { useMessage } from './use-message.ts';

interface Enrolment {
  readonly id: string;
  readonly qrCode: string;
  readonly secret: string;
}

export function Account({ client, session }: { readonly client: SupabaseClient; readonly session: Session }) {
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');
  const [level, setLevel] = useState('aal1');
  const [message, attempt] = useMessage();
  const { auth } = client;
  const factor = session.user.factors?.find((candidate) => candidate.factor_type === 'totp' && candidate.status === 'verified');

  async function enroll(): Promise<void> {
    await attempt(async () => {
      const { data, error } = await auth.mfa.enroll({ factorType: 'totp', friendlyName: 'Authenticator' });
      if (data?.type === 'totp') setEnrolment({ id: data.id, qrCode: data.totp.qr_code, secret: data.totp.secret });
      return { error };
    }, 'Scan the code');
  }

  const key = session.user.factors?.find((candidate) => candidate.factor_type === 'webauthn' && candidate.status === 'verified');

  async function showLevel(): Promise<void> {
    const { data } = await auth.mfa.getAuthenticatorAssuranceLevel();
    setLevel(data?.currentLevel ?? 'aal1');
  }

  async function addKey(): Promise<void> {
    await attempt(async () => {
      const { error } = await auth.mfa.webauthn.register({ friendlyName: 'Security key' });
      await showLevel();
      return { error };
    }, 'Security key added');
  }

  async function answerByKey(): Promise<void> {
    await attempt(async () => {
      const { error } = await auth.mfa.webauthn.authenticate({ factorId: key?.id ?? '' });
      await showLevel();
      return { error };
    }, 'Security key verified');
  }

  async function verify(): Promise<void> {
    await attempt(async () => {
      const { error } = await auth.mfa.challengeAndVerify({ factorId: enrolment?.id ?? factor?.id ?? '', code });
      await showLevel();
      if (error === null) setEnrolment(null);
      return { error };
    }, 'Second factor verified');
  }

  return (
    <>
      <h1>{session.user.email || 'Anonymous'}</h1>
      <p>
        Level <output>{level}</output>
      </p>
      <section>
        <button type="button" onClick={() => attempt(() => auth.refreshSession(), 'Session refreshed')}>
          Refresh the session
        </button>
        <label htmlFor="new-password">New password</label>
        <input
          id="new-password"
          type="password"
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <button type="button" onClick={() => attempt(() => auth.updateUser({ password }), 'Password changed')}>
          Change the password
        </button>
      </section>
      <section>
        {factor === undefined && enrolment === null && (
          <button type="button" onClick={enroll}>
            Add a second factor
          </button>
        )}
        {enrolment !== null && (
          <>
            {/* biome-ignore lint/performance/noImgElement: this page is plain React, and the source is a data URL */}
            <img src={enrolment.qrCode} alt="QR code for your authenticator app" width="200" height="200" />
            <code>{enrolment.secret}</code>
          </>
        )}
        <label htmlFor="totp">Code of your app</label>
        <input
          id="totp"
          inputMode="numeric"
          autoComplete="one-time-code"
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
        <button type="button" onClick={verify}>
          Verify
        </button>
      </section>
      <section>
        <button type="button" onClick={() => attempt(() => auth.registerPasskey(), 'Passkey added')}>
          Add a passkey
        </button>
        <button type="button" onClick={addKey}>
          Add a security key
        </button>
        {key !== undefined && (
          <button type="button" onClick={answerByKey}>
            Use the security key
          </button>
        )}
      </section>
      <button type="button" onClick={() => attempt(() => auth.signOut(), 'Signed out')}>
        Sign out
      </button>
      <p role={message.isError ? 'alert' : 'status'}>{message.text}</p>
    </>
  );
}
