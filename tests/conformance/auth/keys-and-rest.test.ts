/** The rest of the client's methods: claims and keys, set sessions, what is switched off, and both error shapes. */

import { generateKeyPairSync } from 'node:crypto';
import { hash as hashBcrypt } from '@node-rs/bcrypt';
import type { SupabaseClient } from '@supabase/supabase-js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SigningKey } from '#lib/identity/environment.ts';
import { type AuthEnvironment, connect, newHmacKey, openAuthEnvironment } from '../../support/auth-environment.ts';
import { ask, signIn } from '../../support/auth-http.ts';

function asymmetricKey(algorithm: 'ES256' | 'RS256'): SigningKey {
  const pair =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicJwk = { ...pair.publicKey.export({ format: 'jwk' }) };
  return {
    kid: algorithm,
    algorithm,
    secret: JSON.stringify(pair.privateKey.export({ format: 'jwk' })),
    publicJwk,
    status: 'current',
  };
}

let environment: AuthEnvironment;
let client: SupabaseClient;
let admin: SupabaseClient;
beforeEach(async () => {
  environment = await openAuthEnvironment({ settings: { mailer_autoconfirm: true } });
  client = connect(environment, environment.anonKey);
  admin = connect(environment, environment.serviceKey);
});
afterEach(() => environment.close());

test.each(['ES256', 'RS256'] as const)('getClaims verifies %s tokens with the published key', async (algorithm) => {
  const previous: SigningKey = { ...newHmacKey('old'), status: 'previous' };
  const keyed = await openAuthEnvironment({
    settings: { mailer_autoconfirm: true },
    signingKeys: [asymmetricKey(algorithm), previous],
  });
  const keys = await ask(keyed, '/.well-known/jwks.json');
  expect(keys.body).toMatchObject({ keys: [{ kid: algorithm, alg: algorithm, use: 'sig' }] });
  expect(JSON.stringify(keys.body)).not.toContain('"d"');
  const own = connect(keyed, keyed.anonKey);
  await own.auth.signUp({ email: 'a@x.io', password: 'secret1' });
  const { data, error } = await own.auth.getClaims();
  expect(error).toBeNull();
  expect(data?.header).toMatchObject({ alg: algorithm, kid: algorithm });
  expect(data?.claims).toMatchObject({
    iss: `${keyed.url}/auth/v1`,
    aud: 'authenticated',
    role: 'authenticated',
    aal: 'aal1',
    email: 'a@x.io',
    is_anonymous: false,
    amr: [{ method: 'password' }],
  });
  await keyed.close();
});

test('getClaims of an HS256 token asks the server', async () => {
  await client.auth.signUp({ email: 'a@x.io', password: 'secret1' });
  expect((await client.auth.getClaims()).data?.claims.email).toBe('a@x.io');
});

test('setSession takes a live session and refreshes a stale one', async () => {
  const { data } = await client.auth.signUp({ email: 'a@x.io', password: 'secret1' });
  const { access_token = '', refresh_token = '' } = data.session ?? {};
  const other = connect(environment, environment.anonKey);
  expect((await other.auth.setSession({ access_token, refresh_token })).data.user?.email).toBe('a@x.io');
  expect((await other.auth.getSession()).data.session?.access_token).toBe(access_token);
  expect((await other.auth.refreshSession()).error).toBeNull();
});

test('sign-out scopes end what they name', async () => {
  const sessions = await Promise.all([1, 2, 3].map(() => signIn(environment)));
  const [first, second, third] = sessions.map((session) => session.access_token ?? '');
  const isAlive = async (token = '') => (await ask(environment, '/user', { token })).status === 200;
  await admin.auth.admin.signOut(first ?? '', 'others');
  expect([await isAlive(first), await isAlive(second), await isAlive(third)]).toEqual([true, false, false]);
  await admin.auth.admin.signOut(first ?? '', 'local');
  expect(await isAlive(first)).toBe(false);
  const garbage = await admin.auth.admin.signOut('garbage');
  expect(garbage.error?.message).toMatch(/^invalid JWT/);
  expect(await ask(environment, '/logout?scope=all', { method: 'POST', token: first ?? '' })).toMatchObject({ status: 400 });
});

test('session limits end sessions', async () => {
  environment.set({ sessions_inactivity_timeout: 3600 });
  const idle = await signIn(environment);
  environment.pass(3601);
  const refresh = (token = '') => ask(environment, '/token?grant_type=refresh_token', { body: { refresh_token: token } });
  expect(await refresh(idle.refresh_token)).toMatchObject({ status: 400, body: { code: 'session_expired' } });
  environment.set({ sessions_inactivity_timeout: 0, sessions_timebox: 7200 });
  const boxed = await signIn(environment);
  environment.pass(3600);
  const refreshed = await refresh(boxed.refresh_token);
  expect(refreshed.status).toBe(200);
  environment.pass(3600);
  expect(await refresh(String(refreshed.body.refresh_token))).toMatchObject({ body: { code: 'session_expired' } });
  environment.set({ sessions_timebox: 0, sessions_single_per_user: true });
  const one = await signIn(environment);
  const two = await signIn(environment);
  expect((await ask(environment, '/user', { token: one.access_token ?? '' })).body.code).toBe('session_not_found');
  expect((await ask(environment, '/user', { token: two.access_token ?? '' })).status).toBe(200);
});

test('an access token ends no later than its session', async () => {
  const life = async (settings: Record<string, number>, token?: string) => {
    environment.set({ sessions_timebox: 0, sessions_inactivity_timeout: 0, sessions_allow_low_aal: 0, ...settings });
    const body = token === undefined ? { email: 'a@x.io', password: 'secret1' } : { refresh_token: token };
    const grant = token === undefined ? 'password' : 'refresh_token';
    const answer = await ask(environment, `/token?grant_type=${grant}`, { body });
    const claims = JSON.parse(Buffer.from(String(answer.body.access_token).split('.')[1] ?? '', 'base64url').toString());
    expect(claims.exp - claims.iat).toBe(answer.body.expires_in);
    return {
      seconds: answer.body.expires_in,
      refresh: String(answer.body.refresh_token),
      access: String(answer.body.access_token),
    };
  };
  await signIn(environment);
  expect((await life({})).seconds).toBe(3600);
  const boxed = await life({ sessions_timebox: 600 });
  expect(boxed.seconds).toBe(600);
  environment.pass(400);
  const later = await life({ sessions_timebox: 600 }, boxed.refresh);
  expect(later.seconds).toBeLessThanOrEqual(200);
  expect(later.seconds).toBeGreaterThan(190);
  // A box made smaller since counts as well, one taken away does not lengthen what was promised.
  expect((await life({ sessions_timebox: 500 }, later.refresh)).seconds).toBeLessThanOrEqual(100);
  const idle = await life({ sessions_inactivity_timeout: 900 });
  expect(idle.seconds).toBe(900);
  environment.pass(800);
  expect((await life({ sessions_inactivity_timeout: 900 }, idle.refresh)).seconds).toBe(900);
  expect((await life({ sessions_allow_low_aal: 300 })).seconds).toBe(3600);
  const { access } = await life({});
  const enrolled = await ask(environment, '/factors', { token: access, body: { factor_type: 'totp' } });
  await environment.database.write((c) => c.run(`UPDATE _koyalite_mfa_factors SET status = 'verified'`));
  expect(enrolled.status).toBe(200);
  const low = await life({ sessions_allow_low_aal: 300 });
  expect(low.seconds).toBe(300);
  environment.pass(301);
  expect(await ask(environment, '/token?grant_type=refresh_token', { body: { refresh_token: low.refresh } })).toMatchObject({
    status: 400,
    body: { code: 'session_expired' },
  });
});

test("a user sees the own sessions and ends them one by one, nobody else's", async () => {
  const [one, two, other] = [await signIn(environment), await signIn(environment), await signIn(environment, 'b@x.io')];
  const list = async (token = '') =>
    JSON.parse(
      await (
        await environment.fetch(`${environment.url}/auth/v1/user/sessions`, { headers: { authorization: `Bearer ${token}` } })
      ).text(),
    );
  const sessions = await list(one.access_token);
  expect(sessions).toMatchObject([
    { current: false, aal: 'aal1', ip: '203.0.113.7' },
    { current: true, aal: 'aal1' },
  ]);
  const end = (token = '', id = '') => ask(environment, `/user/sessions/${id}`, { method: 'DELETE', token });
  const [second] = sessions;
  expect(await end(other.access_token, second.id)).toMatchObject({ status: 404, body: { code: 'session_not_found' } });
  expect(await end(one.access_token, 'no-uuid')).toMatchObject({ status: 404 });
  expect((await end(one.access_token, second.id)).status).toBe(204);
  expect((await ask(environment, '/user', { token: two.access_token ?? '' })).status).toBe(403);
  expect((await ask(environment, '/token?grant_type=refresh_token', { body: { refresh_token: two.refresh_token } })).status).toBe(
    400,
  );
  expect(await list(one.access_token)).toHaveLength(1);
  expect((await ask(environment, '/user', { token: other.access_token ?? '' })).status).toBe(200);
  expect((await ask(environment, '/user/sessions')).status).toBe(401);
});

test('what KoyaLite leaves out answers as if it were switched off', async () => {
  expect((await client.auth.signInWithSSO({ domain: 'x.io' })).error).toMatchObject({
    status: 404,
    code: 'saml_provider_disabled',
    message: 'SAML 2.0 is disabled',
  });
  const web3 = await ask(environment, '/token?grant_type=web3', { body: { chain: 'solana', message: 'm', signature: 's' } });
  expect(web3).toMatchObject({ status: 422, body: { code: 'web3_provider_disabled', message: 'Web3 provider is disabled' } });
  const headers = { token: environment.serviceKey };
  expect(await ask(environment, '/admin/oauth/clients', headers)).toMatchObject({
    status: 404,
    body: { code: 'feature_disabled' },
  });
  expect((await ask(environment, '/admin/oauth/clients', { token: environment.anonKey })).status).toBe(403);
  expect(await ask(environment, '/user/oauth/grants')).toMatchObject({
    status: 404,
    body: { message: 'OAuth server is disabled' },
  });
  expect(await ask(environment, '/token?grant_type=implicit', { body: {} })).toMatchObject({
    status: 400,
    body: { message: 'unsupported_grant_type' },
  });
  expect((await ask(environment, '/nowhere')).status).toBe(404);
  expect((await ask(environment, '/user', { method: 'PATCH' })).status).toBe(405);
  expect(await ask(environment, '/passkeys')).toMatchObject({ status: 404, body: { code: 'passkey_disabled' } });
});

test('errors come in the shape of the client that asks', async () => {
  const today = await ask(environment, '/user');
  expect(today.body).toEqual({ code: 'no_authorization', message: 'This endpoint requires a valid Bearer token' });
  expect(today.headers.get('x-supabase-api-version')).toBe('2024-01-01');
  const old = await ask(environment, '/user', { headers: { 'X-Supabase-Api-Version': '' } });
  expect(old.body).toEqual({ code: 401, error_code: 'no_authorization', msg: 'This endpoint requires a valid Bearer token' });
  expect(old.headers.get('x-supabase-api-version')).toBeNull();
  expect(old.headers.get('x-sb-error-code')).toBe('no_authorization');
});

test('names sign in when the setting is on', async () => {
  environment.set({ external_username_enabled: true });
  await client.auth.signUp({ email: 'a@x.io', password: 'secret1', options: { data: { username: 'Ada_L' } } });
  expect((await client.auth.signInWithPassword({ email: 'ada_l', password: 'secret1' })).data.user?.email).toBe('a@x.io');
  expect((await client.auth.signInWithPassword({ email: 'nobody', password: 'secret1' })).error?.code).toBe(
    'invalid_credentials',
  );
});

test('administrators bring users along with their hashes, which are renewed at sign-in', async () => {
  const bcrypt = await hashBcrypt('secret1', 4);
  const made = await admin.auth.admin.createUser({ email: 'b@x.io', password_hash: bcrypt, email_confirm: true });
  expect(made.error).toBeNull();
  const sql = "SELECT encrypted_password FROM _koyalite_users WHERE email = 'b@x.io'";
  const hash = () => environment.database.read((connection) => String(connection.value(sql)));
  expect(hash()).toBe(bcrypt);
  expect((await client.auth.signInWithPassword({ email: 'b@x.io', password: 'secret1' })).error).toBeNull();
  expect(hash()).toMatch(/^\$argon2id\$/);
  expect((await client.auth.signInWithPassword({ email: 'b@x.io', password: 'secret1' })).error).toBeNull();
  const refused = await admin.auth.admin.createUser({ email: 'c@x.io', password_hash: 'md5:abc' });
  expect(refused.error).toMatchObject({ status: 400, code: 'validation_failed' });
});

test('new users need no mail while none could arrive, unless the setting says otherwise', async () => {
  const local = await openAuthEnvironment({ ports: { mailDelivers: false } });
  const own = connect(local, local.anonKey);
  expect((await own.auth.signUp({ email: 'a@x.io', password: 'secret1' })).data.session).not.toBeNull();
  local.set({ mailer_autoconfirm: false });
  expect((await own.auth.signUp({ email: 'b@x.io', password: 'secret1' })).data.session).toBeNull();
  for (const sender of [{ smtp_host: 'mail.example.com' }, { resend_api_key: 're_x' }]) {
    local.set({ mailer_autoconfirm: null, smtp_host: '', resend_api_key: '', ...sender });
    expect((await own.auth.signUp({ email: `${Object.keys(sender)}@x.io`, password: 'secret1' })).data.session).toBeNull();
  }
  await local.close();
  const delivering = await openAuthEnvironment({ ports: { mailDelivers: true } });
  expect(
    (await connect(delivering, delivering.anonKey).auth.signUp({ email: 'a@x.io', password: 'secret1' })).data.session,
  ).toBeNull();
  await delivering.close();
});

test('administrators get pages, filters and 404s', async () => {
  for (let i = 0; i < 12; i++) await admin.auth.admin.createUser({ email: `u${i}@x.io` });
  const first = await ask(environment, '/admin/users?page=1&per_page=5', { token: environment.serviceKey });
  expect(first.headers.get('x-total-count')).toBe('12');
  expect(first.headers.get('link')).toBe(
    '</admin/users?page=2&per_page=5>; rel="next", </admin/users?page=3&per_page=5>; rel="last"',
  );
  expect((await ask(environment, '/admin/users?page=x', { token: environment.serviceKey })).status).toBe(400);
  expect(
    ((await ask(environment, '/admin/users?filter=u1%40', { token: environment.serviceKey })).body.users as unknown[]).length,
  ).toBe(1);
  const bad = await ask(environment, '/admin/users/not-a-uuid', { token: environment.serviceKey });
  expect(bad).toMatchObject({ status: 404, body: { code: 'validation_failed', message: 'user_id must be an UUID' } });
});

test('a soft-deleted user keeps its row and nothing that names the person', async () => {
  const { data } = await admin.auth.admin.createUser({
    email: 'gone@x.io',
    password: 'secret1',
    email_confirm: true,
    user_metadata: { name: 'Gone' },
  });
  const id = data.user?.id ?? '';
  await admin.auth.admin.deleteUser(id, true);
  const row = environment.database.read((connection) => connection.get('SELECT * FROM _koyalite_users WHERE id = ?', id));
  expect(JSON.stringify(row)).not.toMatch(/gone/i);
  expect((await client.auth.signUp({ email: 'gone@x.io', password: 'secret1' })).error).toBeNull();
});

test('metadata an administrator gives is stored as given; a proof adds its flag, the identity has the rest', async () => {
  const { data } = await admin.auth.admin.createUser({ email: 'm@x.io', user_metadata: { color: 'red' } });
  expect(data.user?.user_metadata).toEqual({ color: 'red' });
  expect(data.user?.identities?.[0]?.identity_data).toMatchObject({ email: 'm@x.io', sub: data.user?.id, email_verified: false });
  const confirmed = await admin.auth.admin.updateUserById(data.user?.id ?? '', { email_confirm: true });
  expect(confirmed.data.user?.user_metadata).toEqual({ color: 'red', email_verified: true });
});

test('a text for a gateway KoyaLite does not speak to is refused, not lost', async () => {
  environment.set({ external_phone_enabled: true, sms_provider: 'twilio' });
  expect((await client.auth.signInWithOtp({ phone: '15550001111' })).error).toMatchObject({
    status: 422,
    code: 'sms_send_failed',
  });
  expect(environment.mails('15550001111')).toEqual([]);
  environment.set({ sms_provider: '' });
  expect((await client.auth.signInWithOtp({ phone: '15550001111' })).error).toBeNull();
  expect(environment.mails('15550001111')).toHaveLength(1);
});

test('what is no token is refused before anything is fetched for it', async () => {
  environment.set({ external_google_enabled: true, external_google_client_id: 'id' });
  expect((await client.auth.signInWithIdToken({ provider: 'google', token: 'mine' })).error).toMatchObject({
    status: 400,
    message: 'Bad ID token',
  });
});
