/** Passwords, sessions and users through the unmodified client. */

import type { SupabaseClient } from '@supabase/supabase-js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AuthEnvironment, connect, openAuthEnvironment } from '../../support/auth-environment.ts';

let environment: AuthEnvironment;
let client: SupabaseClient;
let admin: SupabaseClient;

beforeEach(async () => {
  environment = await openAuthEnvironment({ settings: { mailer_autoconfirm: true } });
  client = connect(environment, environment.anonKey);
  admin = connect(environment, environment.serviceKey);
});
afterEach(() => environment.close());

test('sign-up gives a session, sign-out ends it, sign-in opens another', async () => {
  const signedUp = await client.auth.signUp({ email: 'A@x.io', password: 'secret1', options: { data: { name: 'A' } } });
  expect(signedUp.error).toBeNull();
  expect(signedUp.data.session).toMatchObject({ token_type: 'bearer', expires_in: 3600 });
  const { user } = signedUp.data;
  expect(user).toMatchObject({
    aud: 'authenticated',
    role: 'authenticated',
    email: 'a@x.io',
    phone: '',
    app_metadata: { provider: 'email', providers: ['email'] },
    user_metadata: { name: 'A', email: 'a@x.io', email_verified: true, phone_verified: false, sub: user?.id },
    is_anonymous: false,
  });
  expect(user?.identities).toMatchObject([
    { provider: 'email', id: user?.id, user_id: user?.id, email: 'a@x.io', identity_data: { sub: user?.id } },
  ]);
  const old = signedUp.data.session?.access_token ?? '';
  expect((await client.auth.signOut()).error).toBeNull();
  expect((await client.auth.getUser(old)).error).toMatchObject({ name: 'AuthSessionMissingError' });

  const bad = await client.auth.signInWithPassword({ email: 'a@x.io', password: 'bad' });
  expect(bad.error).toMatchObject({ status: 400, code: 'invalid_credentials', message: 'Invalid login credentials' });
  const good = await client.auth.signInWithPassword({ email: 'A@X.io', password: 'secret1' });
  expect(good.data.user?.id).toBe(user?.id);
});

test('a second sign-up of the same address is refused', async () => {
  await client.auth.signUp({ email: 'a@x.io', password: 'secret1' });
  const again = await client.auth.signUp({ email: 'a@x.io', password: 'secret2' });
  expect(again.error).toMatchObject({ status: 422, code: 'user_already_exists', message: 'User already registered' });
});

test.each([
  [{ email: 'no address', password: 'secret1' }, 400, 'Unable to validate email address: invalid format'],
  [{ email: 'a@x.io', password: '12345' }, 422, 'Password should be at least 6 characters.'],
  [{ email: 'a@x.io', password: 'p'.repeat(73) }, 400, 'Password cannot be longer than 72 characters'],
  [{ email: 'a@x.io', password: '' }, 400, 'Signup requires a valid password'],
])('sign-up with %o is refused', async (credentials, status, message) => {
  const { error } = await client.auth.signUp(credentials);
  expect(error).toMatchObject({ status, message });
});

test('a refresh rotates the token', async () => {
  const { data } = await client.auth.signUp({ email: 'a@x.io', password: 'secret1' });
  const first = data.session?.refresh_token ?? '';
  const refreshed = await client.auth.refreshSession({ refresh_token: first });
  expect(refreshed.error).toBeNull();
  expect(refreshed.data.session?.refresh_token).not.toBe(first);
  expect(refreshed.data.user?.email).toBe('a@x.io');
  const unknown = await client.auth.refreshSession({ refresh_token: 'unknown-refresh-token' });
  expect(unknown.error?.message).toBe('Invalid Refresh Token: Refresh Token Not Found');
});

test('a user changes data and password, which ends the other sessions', async () => {
  await client.auth.signUp({ email: 'a@x.io', password: 'secret1', options: { data: { a: 1, b: 2 } } });
  const other = connect(environment, environment.anonKey);
  await other.auth.signInWithPassword({ email: 'a@x.io', password: 'secret1' });
  const changed = await client.auth.updateUser({ data: { b: null, c: 3 } });
  expect(changed.data.user?.user_metadata).toMatchObject({ a: 1, c: 3 });
  expect(changed.data.user?.user_metadata).not.toHaveProperty('b');
  expect((await client.auth.updateUser({ password: 'secret1' })).error).toMatchObject({ status: 422, code: 'same_password' });
  expect((await client.auth.updateUser({ password: 'secret2' })).error).toBeNull();
  expect((await other.auth.refreshSession()).error).toMatchObject({ code: 'refresh_token_not_found' });
  expect((await client.auth.getUser()).data.user?.email).toBe('a@x.io');
  expect((await client.auth.signInWithPassword({ email: 'a@x.io', password: 'secret1' })).error?.code).toBe(
    'invalid_credentials',
  );
});

test('administrators list, make, change, ban and remove users', async () => {
  const made = await admin.auth.admin.createUser({
    email: 'b@x.io',
    password: 'secret1',
    email_confirm: true,
    app_metadata: { plan: 'pro' },
    user_metadata: { n: 1 },
  });
  expect(made.error).toBeNull();
  const id = made.data.user?.id ?? '';
  expect(made.data.user?.app_metadata).toEqual({ plan: 'pro', provider: 'email', providers: ['email'] });
  expect((await admin.auth.admin.createUser({ email: 'b@x.io' })).error).toMatchObject({ status: 422, code: 'email_exists' });
  for (const name of ['c', 'd', 'e']) await admin.auth.admin.createUser({ email: `${name}@x.io` });
  const page = await admin.auth.admin.listUsers({ page: 1, perPage: 2 });
  expect(page.data).toMatchObject({ total: 4, nextPage: 2, lastPage: 2, aud: 'authenticated' });
  expect(page.data.users.map((user) => user.email)).toEqual(['e@x.io', 'd@x.io']);
  expect((await admin.auth.admin.getUserById(id)).data.user?.email).toBe('b@x.io');
  const banned = await admin.auth.admin.updateUserById(id, { ban_duration: '24h', email: 'bb@x.io' });
  expect(banned.data.user).toMatchObject({ email: 'bb@x.io' });
  expect((await client.auth.signInWithPassword({ email: 'bb@x.io', password: 'secret1' })).error?.code).toBe('user_banned');
  await admin.auth.admin.updateUserById(id, { ban_duration: 'none' });
  expect((await client.auth.signInWithPassword({ email: 'bb@x.io', password: 'secret1' })).error).toBeNull();
  expect((await admin.auth.admin.deleteUser(id)).error).toBeNull();
  expect((await admin.auth.admin.getUserById(id)).error).toMatchObject({ status: 404, code: 'user_not_found' });
  expect((await client.auth.admin.listUsers()).error).toMatchObject({ status: 403, code: 'not_admin' });
});

test('settings, health and keys are public', async () => {
  const read = async (path: string) => (await environment.fetch(`${environment.url}/auth/v1${path}`)).json();
  expect(await read('/settings')).toMatchObject({
    external: { email: true, phone: false, google: false },
    mailer_autoconfirm: true,
  });
  expect(await read('/health')).toMatchObject({ name: 'GoTrue' });
  expect(await read('/.well-known/jwks.json')).toEqual({ keys: [] });
});
