/** The methods of `auth.admin` that are about users, their factors and passkeys. */

import { expect } from 'vitest';
import { newestMail } from '../../support/auth-http.ts';
import { credentials, dataOf, enrollApp, type MethodCase, site } from './method-world.ts';

const nobody = '00000000-0000-4000-8000-000000000000';

export const adminMethodCases: readonly MethodCase[] = [
  {
    method: 'auth.admin.createUser',
    async check({ admin, connect }) {
      const made = { email: 'b@x.io', password: 'secret1', email_confirm: true, app_metadata: { plan: 'pro' } };
      const { user } = dataOf(await admin.auth.admin.createUser(made));
      expect(user).toMatchObject({ email: 'b@x.io', app_metadata: { plan: 'pro', provider: 'email' } });
      expect((await connect().auth.signInWithPassword({ email: 'b@x.io', password: 'secret1' })).data.user?.id).toBe(user.id);
      expect((await connect().auth.admin.createUser(made)).error).toMatchObject({ status: 403, code: 'not_admin' });
    },
  },
  {
    method: 'auth.admin.listUsers',
    async check({ admin, connect }) {
      for (const name of ['b', 'c']) await admin.auth.admin.createUser({ email: `${name}@x.io` });
      const page = await admin.auth.admin.listUsers({ page: 1, perPage: 2 });
      expect(page.data).toMatchObject({ total: 3, nextPage: 2, lastPage: 2, users: [{ email: 'c@x.io' }, { email: 'b@x.io' }] });
      expect((await connect().auth.admin.listUsers()).error).toMatchObject({ status: 403, code: 'not_admin' });
    },
  },
  {
    method: 'auth.admin.getUserById',
    async check({ admin, userId }) {
      expect(dataOf(await admin.auth.admin.getUserById(userId)).user).toMatchObject({ id: userId, email: 'a@x.io' });
      expect((await admin.auth.admin.getUserById(nobody)).error).toMatchObject({ status: 404, code: 'user_not_found' });
    },
  },
  {
    method: 'auth.admin.updateUserById',
    async check({ admin, userId, connect }) {
      const { user } = dataOf(await admin.auth.admin.updateUserById(userId, { email: 'z@x.io', ban_duration: '24h' }));
      expect(user).toMatchObject({ email: 'z@x.io', banned_until: expect.any(String) });
      expect((await connect().auth.signInWithPassword({ ...credentials, email: 'z@x.io' })).error?.code).toBe('user_banned');
    },
  },
  {
    method: 'auth.admin.deleteUser',
    async check({ admin, userId, connect }) {
      expect((await admin.auth.admin.deleteUser(userId)).error).toBeNull();
      expect((await connect().auth.signInWithPassword(credentials)).error?.code).toBe('invalid_credentials');
    },
  },
  {
    method: 'auth.admin.inviteUserByEmail',
    async check({ admin, environment }) {
      const { user } = dataOf(await admin.auth.admin.inviteUserByEmail('i@x.io', { data: { team: 'red' } }));
      expect(user).toMatchObject({ email: 'i@x.io', invited_at: expect.any(String), user_metadata: { team: 'red' } });
      expect(newestMail(environment, 'i@x.io').link).toContain('type=invite');
    },
  },
  {
    method: 'auth.admin.generateLink',
    async check({ admin, connect, userId }) {
      const options = { redirectTo: `${site}/in` };
      const { properties, user } = dataOf(await admin.auth.admin.generateLink({ type: 'magiclink', email: 'a@x.io', options }));
      expect(user?.id).toBe(userId);
      expect(properties).toMatchObject({
        verification_type: 'magiclink',
        redirect_to: `${site}/in`,
        email_otp: expect.stringMatching(/^\d{6}$/),
      });
      const token_hash = properties?.hashed_token ?? '';
      expect(dataOf(await connect().auth.verifyOtp({ type: 'magiclink', token_hash })).user?.id).toBe(userId);
    },
  },
  {
    method: 'auth.admin.signOut',
    async check({ admin, client }) {
      const token = dataOf(await client.auth.getSession()).session?.access_token ?? '';
      expect(await admin.auth.admin.signOut(token)).toEqual({ data: null, error: null });
      expect((await client.auth.getUser(token)).error?.name).toBe('AuthSessionMissingError');
      expect((await admin.auth.admin.signOut('garbage')).error?.message).toMatch(/^invalid JWT/);
    },
  },
  {
    method: 'auth.admin.mfa.listFactors',
    async check(world) {
      const { id } = await enrollApp(world);
      const { factors } = dataOf(await world.admin.auth.admin.mfa.listFactors({ userId: world.userId }));
      expect(factors).toMatchObject([{ id, status: 'verified', factor_type: 'totp' }]);
    },
  },
  {
    method: 'auth.admin.mfa.deleteFactor',
    async check(world) {
      const { id } = await enrollApp(world);
      const { userId } = world;
      // The client wraps what the server answered once more.
      expect(await world.admin.auth.admin.mfa.deleteFactor({ userId, id })).toMatchObject({
        data: { data: { id } },
        error: null,
      });
      expect(dataOf(await world.admin.auth.admin.mfa.listFactors({ userId })).factors).toEqual([]);
    },
  },
];
