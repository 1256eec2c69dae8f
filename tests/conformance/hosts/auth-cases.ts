/** What every host does alike for the unmodified auth client: each case makes users of its own. */

import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { TOTP } from 'otpauth';
import { expect } from 'vitest';
import type { Host } from './hosts.ts';

export interface AuthCase {
  readonly name: string;
  check(world: AuthWorld): Promise<void>;
}

export interface AuthWorld {
  readonly host: Host;
  readonly admin: SupabaseClient;
  /** A client of nobody. */
  connect(): SupabaseClient;
  /** An address nobody has. */
  address(): string;
}

const password = 'correct horse battery';
let count = 0;
const next = (): number => {
  count += 1;
  return count;
};

export function openAuthWorld(host: Host): AuthWorld {
  const client = (key: string): SupabaseClient =>
    createClient(`${host.url}/api/shop`, key, {
      global: { fetch: host.fetch },
      auth: { autoRefreshToken: false, persistSession: false, storageKey: `case-${next()}` },
    });
  return {
    host,
    admin: client(host.keys.service),
    connect: () => client(host.keys.anon),
    address: () => `user-${next()}@example.com`,
  };
}

/** Somebody who is signed in. */
async function someone({ connect, address }: AuthWorld) {
  const client = connect();
  const email = address();
  const { data, error } = await client.auth.signUp({ email, password, options: { data: { name: 'Ada' } } });
  expect(error).toBeNull();
  return { client, email, user: present(data.user), session: present(data.session) };
}

function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('There is none');
  return value;
}

export const authCases: readonly AuthCase[] = [
  {
    name: 'sign-up gives a user and a session',
    async check(world) {
      const { email, user, session } = await someone(world);
      expect(user).toMatchObject({ email, aud: 'authenticated', role: 'authenticated', user_metadata: { name: 'Ada' } });
      expect(user.identities).toMatchObject([{ provider: 'email', user_id: user.id }]);
      expect(session).toMatchObject({ token_type: 'bearer', expires_in: 3600, refresh_token: expect.any(String) });
    },
  },
  {
    name: 'an address that is taken, a short password and no address are refused in the client’s words',
    async check(world) {
      const { email } = await someone(world);
      const client = world.connect();
      expect((await client.auth.signUp({ email, password })).error).toMatchObject({ status: 422, code: 'user_already_exists' });
      const short = await client.auth.signUp({ email: world.address(), password: 'a' });
      expect(short.error).toMatchObject({ name: 'AuthWeakPasswordError', status: 422, reasons: ['length'] });
      const odd = await client.auth.signUp({ email: 'nothing', password });
      expect(odd.error?.message).toBe('Unable to validate email address: invalid format');
      expect((await client.auth.signInAnonymously()).error?.message).toBe('Anonymous sign-ins are disabled');
    },
  },
  {
    name: 'a password signs in, a wrong one and an unknown address do not, alike',
    async check(world) {
      const { email, user } = await someone(world);
      const client = world.connect();
      expect((await client.auth.signInWithPassword({ email, password })).data.user?.id).toBe(user.id);
      const wrong = await client.auth.signInWithPassword({ email, password: 'wrong' });
      const unknown = await client.auth.signInWithPassword({ email: world.address(), password });
      expect(wrong.error).toMatchObject({ status: 400, code: 'invalid_credentials', message: 'Invalid login credentials' });
      expect({ ...unknown.error }).toEqual({ ...wrong.error });
    },
  },
  {
    name: 'a session is refreshed, and a token nobody made is refused',
    async check(world) {
      const { client, session } = await someone(world);
      const renewed = present((await client.auth.refreshSession()).data.session);
      expect(renewed.refresh_token).not.toBe(session.refresh_token);
      expect(renewed.user.id).toBe(session.user.id);
      const made = await client.auth.refreshSession({ refresh_token: 'nonsense' });
      expect(made.error).toMatchObject({ status: 400 });
      expect(made.error?.message).toMatch(/^(Invalid Refresh Token|Refresh token is not valid)/);
    },
  },
  {
    name: 'fifty refreshes at once leave one session alive',
    async check(world) {
      const { session } = await someone(world);
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => world.connect().auth.refreshSession({ refresh_token: session.refresh_token })),
      );
      expect(new Set(answers.map(({ data }) => data.session?.refresh_token)).size).toBe(1);
    },
  },
  {
    name: 'a link of an administrator signs in once, by its hash and by its code',
    async check(world) {
      const { email, user } = await someone(world);
      const link = present((await world.admin.auth.admin.generateLink({ type: 'magiclink', email })).data.properties);
      const client = world.connect();
      const entered = await client.auth.verifyOtp({ token_hash: link.hashed_token, type: 'magiclink' });
      expect(entered.data.user?.id).toBe(user.id);
      const again = await client.auth.verifyOtp({ token_hash: link.hashed_token, type: 'magiclink' });
      expect(again.error).toMatchObject({ status: 403, code: 'otp_expired' });
      const other = present((await world.admin.auth.admin.generateLink({ type: 'magiclink', email })).data.properties);
      expect((await client.auth.verifyOtp({ email, token: other.email_otp, type: 'email' })).data.user?.id).toBe(user.id);
    },
  },
  {
    name: 'a link that is followed leads back with a session, or says why not',
    async check(world) {
      const { email } = await someone(world);
      const link = present((await world.admin.auth.admin.generateLink({ type: 'magiclink', email })).data.properties);
      const follow = () =>
        world.host.fetch(link.action_link.replace(/^https?:\/\/[^/]+/, world.host.url), { redirect: 'manual' });
      const first = await follow();
      expect(first.status).toBe(303);
      expect(first.headers.get('location')).toMatch(/#access_token=.+&refresh_token=.+&type=magiclink/);
      expect((await follow()).headers.get('location')).toContain('error_code=otp_expired');
    },
  },
  {
    name: 'a user is changed, and a new password ends the other sessions',
    async check(world) {
      const { client, email } = await someone(world);
      const other = world.connect();
      await other.auth.signInWithPassword({ email, password });
      const changed = await client.auth.updateUser({ password: 'another horse battery', data: { name: null, team: 'red' } });
      expect(changed.data.user?.user_metadata).toMatchObject({ team: 'red' });
      expect(changed.data.user?.user_metadata).not.toHaveProperty('name');
      expect((await other.auth.getUser()).error).toMatchObject({ name: 'AuthSessionMissingError' });
      expect((await client.auth.updateUser({ password: 'another horse battery' })).error?.code).toBe('same_password');
    },
  },
  {
    name: 'signing out ends the session for the data API too',
    async check(world) {
      const { client, session } = await someone(world);
      const read = () =>
        world.host.fetch(`${world.host.url}/api/shop/rest/v1/notes?select=id`, {
          headers: { apikey: world.host.keys.anon, authorization: `Bearer ${session.access_token}` },
        });
      expect((await read()).status).toBe(200);
      expect((await client.auth.signOut()).error).toBeNull();
      expect((await read()).status).toBe(401);
      const gone = await world.connect().auth.refreshSession({ refresh_token: session.refresh_token });
      expect(gone.error).toMatchObject({ status: 400 });
    },
  },
  {
    name: 'an authenticator app lifts the session to aal2',
    async check(world) {
      const { client } = await someone(world);
      const { data } = await client.auth.mfa.enroll({ factorType: 'totp' });
      if (data?.type !== 'totp') throw new Error('no factor');
      expect(data.totp.qr_code).toMatch(/^data:image\/svg\+xml;utf-8,<svg/);
      const wrong = await client.auth.mfa.challengeAndVerify({ factorId: data.id, code: '000000' });
      expect(wrong.error?.message).toContain('Invalid TOTP code');
      const code = new TOTP({ secret: data.totp.secret }).generate();
      expect((await client.auth.mfa.challengeAndVerify({ factorId: data.id, code })).error).toBeNull();
      const level = await client.auth.mfa.getAuthenticatorAssuranceLevel();
      expect(level.data).toMatchObject({ currentLevel: 'aal2', nextLevel: 'aal2' });
      expect((await client.auth.mfa.listFactors()).data?.totp).toMatchObject([{ id: data.id, status: 'verified' }]);
    },
  },
  {
    name: 'administration is for the service role, with pages that count',
    async check(world) {
      const email = world.address();
      const made = await world.admin.auth.admin.createUser({
        email,
        password,
        email_confirm: true,
        app_metadata: { plan: 'pro' },
      });
      const id = present(made.data.user).id;
      const page = await world.admin.auth.admin.listUsers({ page: 1, perPage: 1 });
      expect(page.data.users).toMatchObject([{ id }]);
      expect(page.data).toMatchObject({ nextPage: 2, total: expect.any(Number) });
      await world.admin.auth.admin.updateUserById(id, { ban_duration: '1h' });
      const banned = await world.connect().auth.signInWithPassword({ email, password });
      expect(banned.error).toMatchObject({ status: 400, code: 'user_banned' });
      expect((await world.admin.auth.admin.deleteUser(id)).error).toBeNull();
      expect((await world.admin.auth.admin.getUserById(id)).error).toMatchObject({ status: 404, code: 'user_not_found' });
      expect((await world.connect().auth.admin.listUsers()).error).toMatchObject({ status: 403, code: 'not_admin' });
    },
  },
  {
    name: 'claims are those of the row security, and metadata of the app cannot be set by its user',
    async check(world) {
      const { client, user, session } = await someone(world);
      const claims = present((await client.auth.getClaims(session.access_token)).data).claims;
      expect(claims).toMatchObject({ sub: user.id, role: 'authenticated', aal: 'aal1', is_anonymous: false });
      const response = await world.host.fetch(`${world.host.url}/api/shop/auth/v1/user`, {
        method: 'PUT',
        headers: {
          apikey: world.host.keys.anon,
          authorization: `Bearer ${session.access_token}`,
          'content-type': 'application/json',
          'x-supabase-api-version': '2024-01-01',
        },
        body: JSON.stringify({ app_metadata: { role: 'admin' } }),
      });
      expect([response.status, response.headers.get('x-supabase-api-version')]).toEqual([403, '2024-01-01']);
      expect(await response.json()).toMatchObject({ code: 'not_admin' });
    },
  },
  {
    name: 'recovery tells nobody who has an account',
    async check(world) {
      const { email } = await someone(world);
      const client = world.connect();
      const known = await client.auth.resetPasswordForEmail(email);
      const unknown = await client.auth.resetPasswordForEmail(world.address());
      expect([known.error, unknown.error]).toEqual([null, null]);
      expect(known.data).toEqual(unknown.data);
    },
  },
  {
    name: 'what is off says so',
    async check(world) {
      const { client } = await someone(world);
      expect((await client.auth.signInWithSSO({ domain: 'x.io' })).error).toMatchObject({ code: 'saml_provider_disabled' });
      expect((await client.auth.linkIdentity({ provider: 'github' })).error).toMatchObject({ code: 'manual_linking_disabled' });
      expect((await client.auth.signInWithOtp({ phone: '+15551234567' })).error).toMatchObject({
        status: 400,
        code: 'phone_provider_disabled',
      });
      expect((await client.auth.oauth.listGrants()).error).toMatchObject({ status: 404, code: 'feature_disabled' });
    },
  },
];
