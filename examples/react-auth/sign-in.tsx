/** Signing up and in: password, magic link, code, a passkey, and an OpenID provider. */

import type { Provider, SupabaseClient } from '@supabase/supabase-js';
import { type FormEvent, useState } from 'react';
import { useMessage } from './use-message.ts';

export function SignIn({ client }: { readonly client: SupabaseClient }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [message, attempt] = useMessage();
  const { auth } = client;
  const here = window.location.origin;

  function signIn(event: FormEvent): void {
    event.preventDefault();
    void attempt(() => auth.signInWithPassword({ email, password }), 'Signed in');
  }
  const signUp = () =>
    attempt(() => auth.signUp({ email, password, options: { emailRedirectTo: here } }), 'Look into your inbox');
  const sendLink = () => attempt(() => auth.signInWithOtp({ email, options: { emailRedirectTo: here } }), 'Look into your inbox');
  const verify = () => attempt(() => auth.verifyOtp({ email, token: code, type: 'email' }), 'Signed in');
  const recover = () => attempt(() => auth.resetPasswordForEmail(email, { redirectTo: here }), 'Look into your inbox');
  // The client's types list Supabase's own providers; any name is sent on.
  const viaProvider = () =>
    attempt(() => auth.signInWithOAuth({ provider: 'custom:idp' as Provider, options: { redirectTo: here } }), 'On the way');

  const viaPasskey = () => attempt(() => auth.signInWithPasskey(), 'Signed in');

  return (
    <>
      <h1>Sign in</h1>
      <form onSubmit={signIn}>
        <label htmlFor="email">Email</label>
        <input
          id="email"
          type="email"
          autoComplete="email"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <label htmlFor="password">Password</label>
        <input
          id="password"
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <button type="submit">Sign in</button>
        <button type="button" onClick={signUp}>
          Sign up
        </button>
        <button type="button" onClick={sendLink}>
          Send me a link
        </button>
        <button type="button" onClick={recover}>
          Forgot password
        </button>
        <button type="button" onClick={viaPasskey}>
          Sign in with a passkey
        </button>
        <button type="button" onClick={viaProvider}>
          Continue with the OpenID provider
        </button>
        <label htmlFor="code">Code from the mail</label>
        <input
          id="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
        <button type="button" onClick={verify}>
          Use the code
        </button>
      </form>
      <p role={message.isError ? 'alert' : 'status'}>{message.text}</p>
    </>
  );
}
