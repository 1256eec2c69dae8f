/** The methods of `auth` itself: signing up, in and out, the session and the user. */

import { expect, vi } from 'vitest';
import { ask, newestMail } from '../../support/auth-http.ts';
import { credentials, dataOf, type MethodCase, site, withSecurityKey } from './method-world.ts';

/** A session, whoever's. */
const session = expect.objectContaining({
  access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
  token_type: 'bearer',
  expires_in: 3600,
  expires_at: expect.any(Number),
  refresh_token: expect.any(String),
  user: expect.objectContaining({ id: expect.any(String), aud: 'authenticated', role: 'authenticated' }),
});

export const signInMethodCases: readonly MethodCase[] = [
  {
    method: 'auth.signUp',
    async check({ connect }) {
      const data = dataOf(await connect().auth.signUp({ email: 'B@x.io', password: 'secret1', options: { data: { n: 1 } } }));
      expect(data.session).toEqual(session);
      expect(data.user).toMatchObject({
        email: 'b@x.io',
        phone: '',
        user_metadata: { n: 1 },
        identities: [{ provider: 'email' }],
      });
    },
  },
  {
    method: 'auth.signInAnonymously',
    async check({ connect }) {
      const data = dataOf(await connect().auth.signInAnonymously({ options: { data: { theme: 'dark' } } }));
      expect(data.session).toEqual(session);
      expect(data.user).toMatchObject({ is_anonymous: true, email: '', identities: [], user_metadata: { theme: 'dark' } });
    },
  },
  {
    method: 'auth.signInWithPassword',
    async check({ connect, userId }) {
      const data = dataOf(await connect().auth.signInWithPassword(credentials));
      expect(data).toEqual({ session, user: expect.objectContaining({ id: userId, email: 'a@x.io' }) });
      const wrong = await connect().auth.signInWithPassword({ ...credentials, password: 'wrong' });
      expect(wrong.error).toMatchObject({ status: 400, code: 'invalid_credentials' });
    },
  },
  {
    method: 'auth.signInWithOtp',
    async check({ environment, connect }) {
      expect(await connect().auth.signInWithOtp({ email: 'a@x.io' })).toMatchObject({
        data: { user: null, session: null },
        error: null,
      });
      expect(newestMail(environment, 'a@x.io').code).toMatch(/^\d{6}$/);
    },
  },
  {
    method: 'auth.verifyOtp',
    async check({ environment, connect, userId }) {
      await connect().auth.signInWithOtp({ email: 'a@x.io' });
      const token = newestMail(environment, 'a@x.io').code;
      const data = dataOf(await connect().auth.verifyOtp({ email: 'a@x.io', token, type: 'email' }));
      expect(data).toEqual({ session, user: expect.objectContaining({ id: userId }) });
      expect((await connect().auth.verifyOtp({ email: 'a@x.io', token, type: 'email' })).error?.code).toBe('otp_expired');
    },
  },
  {
    method: 'auth.signInWithOAuth',
    async check({ environment, connect }) {
      const options = { skipBrowserRedirect: true, redirectTo: `${site}/in` };
      const data = dataOf(await connect().auth.signInWithOAuth({ provider: 'google', options }));
      const target = await environment.fetch(data.url ?? '', { redirect: 'manual' });
      expect(target.status).toBe(302);
      const location = new URL(target.headers.get('location') ?? '');
      expect(location.origin).toBe('https://accounts.google.com');
      expect(Object.fromEntries(location.searchParams)).toMatchObject({
        client_id: 'app',
        response_type: 'code',
        redirect_uri: `${environment.url}/auth/v1/callback`,
        state: expect.stringMatching(/.{16}/),
      });
    },
  },
  {
    method: 'auth.exchangeCodeForSession',
    async check({ environment, connect, userId }) {
      const browser = connect({ flowType: 'pkce' });
      await browser.auth.signInWithOtp({ email: 'a@x.io', options: { emailRedirectTo: `${site}/in` } });
      const { headers } = await environment.fetch(newestMail(environment, 'a@x.io').link, { redirect: 'manual' });
      const code = new URL(headers.get('location') ?? '').searchParams.get('code') ?? '';
      const data = dataOf(await browser.auth.exchangeCodeForSession(code));
      expect(data).toMatchObject({ session, user: { id: userId } });
    },
  },
  {
    method: 'auth.signInWithIdToken',
    async check({ connect, idToken }) {
      const token = await idToken({ sub: 'n1', email: 'n1@idp.example', email_verified: true });
      const data = dataOf(await connect().auth.signInWithIdToken({ provider: 'custom:idp', token }));
      expect(data.session).toEqual(session);
      expect(data.user).toMatchObject({ email: 'n1@idp.example', app_metadata: { provider: 'custom:idp' } });
      const forged = await connect().auth.signInWithIdToken({ provider: 'custom:idp', token: `${token.slice(0, -4)}AAAA` });
      expect(forged.error?.status).toBe(400);
    },
  },
  {
    method: 'auth.signInWithWeb3',
    difference: 'Web3 wallets are left out: 422 `web3_provider_disabled`.',
    async check({ connect }) {
      const signed = { chain: 'ethereum', message: 'app.example.com wants you to sign in', signature: '0x00' } as const;
      expect((await connect().auth.signInWithWeb3(signed)).error).toMatchObject({
        status: 422,
        code: 'web3_provider_disabled',
        message: 'Web3 provider is disabled',
      });
    },
  },
  {
    method: 'auth.signInWithSSO',
    difference: 'SAML is left out: 404 `saml_provider_disabled`.',
    async check({ connect }) {
      expect((await connect().auth.signInWithSSO({ domain: 'x.io' })).error).toMatchObject({
        status: 404,
        code: 'saml_provider_disabled',
        message: 'SAML 2.0 is disabled',
      });
    },
  },
  {
    method: 'auth.registerPasskey',
    async check({ client }) {
      const made = dataOf(await withSecurityKey(() => client.auth.registerPasskey()));
      expect(made).toMatchObject({ id: expect.any(String), created_at: expect.any(String) });
      expect(dataOf(await client.auth.passkey.list())).toMatchObject([{ id: made.id }]);
    },
  },
  {
    method: 'auth.signInWithPasskey',
    async check({ client, connect, userId }) {
      const stranger = connect();
      const data = await withSecurityKey(async () => {
        await client.auth.registerPasskey();
        return dataOf(await stranger.auth.signInWithPasskey());
      });
      expect(data.session).toEqual(session);
      expect((await stranger.auth.getUser()).data.user?.id).toBe(userId);
    },
  },
  {
    method: 'auth.resetPasswordForEmail',
    async check({ environment, connect, userId }) {
      expect(await connect().auth.resetPasswordForEmail('a@x.io')).toEqual({ data: {}, error: null });
      const token_hash = newestMail(environment, 'a@x.io').hash;
      const recovered = connect();
      expect(dataOf(await recovered.auth.verifyOtp({ type: 'recovery', token_hash })).user?.id).toBe(userId);
    },
  },
  {
    method: 'auth.resend',
    async check({ environment, connect }) {
      environment.set({ mailer_autoconfirm: false });
      await connect().auth.signUp({ email: 'late@x.io', password: 'secret1' });
      expect((await connect().auth.resend({ type: 'signup', email: 'late@x.io' })).error).toBeNull();
      expect(environment.mails('late@x.io')).toHaveLength(2);
    },
  },
];

export const sessionMethodCases: readonly MethodCase[] = [
  {
    method: 'auth.initialize',
    async check({ connect }) {
      expect(await connect().auth.initialize()).toEqual({ error: null });
    },
  },
  {
    method: 'auth.isThrowOnErrorEnabled',
    async check({ client, connect }) {
      expect(client.auth.isThrowOnErrorEnabled()).toBeFalsy();
      const throwing = connect({ throwOnError: true });
      expect(throwing.auth.isThrowOnErrorEnabled()).toBe(true);
      await expect(throwing.auth.signInWithPassword({ ...credentials, password: 'wrong' })).rejects.toMatchObject({
        code: 'invalid_credentials',
      });
    },
  },
  {
    method: 'auth.getSession',
    async check({ client, connect, userId }) {
      expect(dataOf(await client.auth.getSession()).session).toEqual(session);
      expect(dataOf(await client.auth.getSession()).session?.user.id).toBe(userId);
      expect(dataOf(await connect().auth.getSession()).session).toBeNull();
    },
  },
  {
    method: 'auth.getUser',
    async check({ client, userId }) {
      expect(dataOf(await client.auth.getUser()).user).toMatchObject({ id: userId, email: 'a@x.io', is_anonymous: false });
      expect((await client.auth.getUser('garbage')).error).toMatchObject({ status: 403, code: 'bad_jwt' });
    },
  },
  {
    method: 'auth.getClaims',
    async check({ client, userId }) {
      const { claims, header } = dataOf(await client.auth.getClaims());
      expect(claims).toMatchObject({ sub: userId, role: 'authenticated', aal: 'aal1', aud: 'authenticated', email: 'a@x.io' });
      expect(header).toMatchObject({ alg: 'HS256', typ: 'JWT' });
      const [head, body] = dataOf(await client.auth.getSession()).session?.access_token.split('.') ?? [];
      expect((await client.auth.getClaims(`${head}.${body}.AAAA`)).error).not.toBeNull();
    },
  },
  {
    method: 'auth.updateUser',
    async check({ client, connect }) {
      const { user } = dataOf(await client.auth.updateUser({ password: 'secret2', data: { n: 2 } }));
      expect(user.user_metadata).toMatchObject({ n: 2 });
      expect((await connect().auth.signInWithPassword(credentials)).error?.code).toBe('invalid_credentials');
    },
  },
  {
    method: 'auth.setSession',
    async check({ client, connect, userId }) {
      const { access_token = '', refresh_token = '' } = dataOf(await client.auth.getSession()).session ?? {};
      const other = connect();
      expect(dataOf(await other.auth.setSession({ access_token, refresh_token })).user?.id).toBe(userId);
      expect((await other.auth.getUser()).data.user?.id).toBe(userId);
    },
  },
  {
    method: 'auth.refreshSession',
    async check({ client }) {
      const before = dataOf(await client.auth.getSession()).session?.refresh_token;
      const refreshed = dataOf(await client.auth.refreshSession());
      expect(refreshed.session).toEqual(session);
      expect(refreshed.session?.refresh_token).not.toBe(before);
    },
  },
  {
    method: 'auth.signOut',
    async check({ client, environment }) {
      const token = dataOf(await client.auth.getSession()).session?.access_token ?? '';
      expect(await client.auth.signOut()).toEqual({ error: null });
      expect(dataOf(await client.auth.getSession()).session).toBeNull();
      expect(await ask(environment, '/user', { token })).toMatchObject({ status: 403, body: { code: 'session_not_found' } });
    },
  },
  {
    method: 'auth.onAuthStateChange',
    async check({ connect }) {
      const client = connect();
      const events: string[] = [];
      const { data } = client.auth.onAuthStateChange((event) => void events.push(event));
      await client.auth.signInWithPassword(credentials);
      await client.auth.refreshSession();
      await client.auth.signOut();
      data.subscription.unsubscribe();
      await client.auth.signInWithPassword(credentials);
      expect(events.filter((event) => event !== 'INITIAL_SESSION')).toEqual(['SIGNED_IN', 'TOKEN_REFRESHED', 'SIGNED_OUT']);
    },
  },
  {
    method: 'auth.startAutoRefresh',
    async check({ environment, connect }) {
      environment.set({ jwt_exp: 60 });
      const client = connect();
      const first = dataOf(await client.auth.signInWithPassword(credentials)).session?.refresh_token;
      const refreshed = new Promise<string | undefined>((resolve) => {
        client.auth.onAuthStateChange((event, next) => event === 'TOKEN_REFRESHED' && resolve(next?.refresh_token));
      });
      await client.auth.startAutoRefresh();
      expect(await refreshed).not.toBe(first);
      await client.auth.stopAutoRefresh();
    },
  },
  {
    method: 'auth.stopAutoRefresh',
    async check({ client }) {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
      try {
        await client.auth.startAutoRefresh();
        expect(vi.getTimerCount()).toBeGreaterThan(0);
        await client.auth.stopAutoRefresh();
        expect(vi.getTimerCount()).toBe(0);
      } finally {
        vi.useRealTimers();
      }
    },
  },
  {
    method: 'auth.dispose',
    async check({ connect }) {
      const client = connect();
      const events: string[] = [];
      client.auth.onAuthStateChange((event) => void events.push(event));
      await client.auth.initialize();
      await client.auth.dispose();
      expect((await client.auth.signInWithPassword(credentials)).error).toBeNull();
      expect(events).not.toContain('SIGNED_IN');
    },
  },
  {
    method: 'auth.reauthenticate',
    async check({ client, environment }) {
      environment.set({ security_update_password_require_reauthentication: true });
      environment.pass(16 * 60);
      expect((await client.auth.updateUser({ password: 'secret2' })).error?.code).toBe('reauthentication_needed');
      expect((await client.auth.reauthenticate()).error).toBeNull();
      const nonce = newestMail(environment, 'a@x.io').code;
      expect((await client.auth.updateUser({ password: 'secret2', nonce })).error).toBeNull();
    },
  },
  {
    method: 'auth.getUserIdentities',
    async check({ client, userId }) {
      expect(dataOf(await client.auth.getUserIdentities()).identities).toMatchObject([
        { provider: 'email', id: userId, user_id: userId, identity_data: { email: 'a@x.io', sub: userId } },
      ]);
    },
  },
  {
    method: 'auth.linkIdentity',
    async check({ client, idToken, userId }) {
      const options = { skipBrowserRedirect: true };
      const { url } = dataOf(await client.auth.linkIdentity({ provider: 'google', options }));
      expect(new URL(url ?? '').origin).toBe('https://accounts.google.com');
      const token = await idToken({ sub: 'n1', email: 'other@idp.example', email_verified: true });
      const linked = dataOf(await client.auth.linkIdentity({ provider: 'custom:idp', token }));
      expect(linked.user?.id).toBe(userId);
      expect(linked.user?.identities?.map(({ provider }) => provider)).toEqual(['email', 'custom:idp']);
    },
  },
  {
    method: 'auth.unlinkIdentity',
    async check({ client, idToken }) {
      const token = await idToken({ sub: 'n1', email: 'other@idp.example', email_verified: true });
      await client.auth.linkIdentity({ provider: 'custom:idp', token });
      const [email, external] = dataOf(await client.auth.getUserIdentities()).identities;
      if (email === undefined || external === undefined) throw new Error('Two identities are needed');
      expect((await client.auth.unlinkIdentity(external)).error).toBeNull();
      expect((await client.auth.unlinkIdentity(email)).error?.code).toBe('single_identity_not_deletable');
    },
  },
];
