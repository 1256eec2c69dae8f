/** The methods of `auth.admin`, and those of the OAuth server. */

import { expect } from 'vitest';
import { newestMail } from '../../support/auth-http.ts';
import { credentials, dataOf, enrollApp, type MethodCase, site, type World } from './method-world.ts';

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
  {
    method: 'auth.admin.customProviders.listProviders',
    async check({ admin }) {
      const { providers } = dataOf(await admin.auth.admin.customProviders.listProviders());
      expect(providers).toMatchObject([{ identifier: 'idp', provider_type: 'oidc', client_id: 'app' }]);
      expect(providers[0]).not.toHaveProperty('client_secret');
    },
  },
  {
    method: 'auth.admin.customProviders.getProvider',
    async check({ admin }) {
      expect(dataOf(await admin.auth.admin.customProviders.getProvider('idp'))).toMatchObject({
        identifier: 'idp',
        name: 'Local',
      });
      const unknown = await admin.auth.admin.customProviders.getProvider('nobody');
      expect(unknown.error).toMatchObject({ status: 404, code: 'custom_provider_not_found' });
    },
  },
  ...(['createProvider', 'updateProvider', 'deleteProvider'] as const).map((name): MethodCase => {
    const changes = {
      createProvider: ({ admin }: World) =>
        admin.auth.admin.customProviders.createProvider({
          provider_type: 'oidc',
          identifier: 'custom:new',
          name: 'New',
          client_id: 'app',
          client_secret: 'secret',
          issuer: 'https://evil.example',
        }),
      updateProvider: ({ admin }: World) => admin.auth.admin.customProviders.updateProvider('idp', { name: 'New' }),
      deleteProvider: ({ admin }: World) => admin.auth.admin.customProviders.deleteProvider('idp'),
    };
    return {
      method: `auth.admin.customProviders.${name}`,
      difference: 'Custom providers are changed through the project’s auth settings: 422 `feature_disabled`.',
      async check(world) {
        expect((await changes[name](world)).error).toMatchObject({ status: 422, code: 'feature_disabled' });
        const { providers } = dataOf(await world.admin.auth.admin.customProviders.listProviders());
        expect(providers).toMatchObject([{ identifier: 'idp', name: 'Local' }]);
      },
    };
  }),
];

/** What each asks of a server that is none. */
const oauthCalls: Record<string, (world: World) => Promise<{ error: unknown }>> = {
  'auth.oauth.getAuthorizationDetails': ({ client }) => client.auth.oauth.getAuthorizationDetails(nobody),
  'auth.oauth.approveAuthorization': ({ client }) =>
    client.auth.oauth.approveAuthorization(nobody, { skipBrowserRedirect: true }),
  'auth.oauth.denyAuthorization': ({ client }) => client.auth.oauth.denyAuthorization(nobody, { skipBrowserRedirect: true }),
  'auth.oauth.listGrants': ({ client }) => client.auth.oauth.listGrants(),
  'auth.oauth.revokeGrant': ({ client }) => client.auth.oauth.revokeGrant({ clientId: nobody }),
  'auth.admin.oauth.listClients': ({ admin }) => admin.auth.admin.oauth.listClients(),
  'auth.admin.oauth.createClient': ({ admin }) =>
    admin.auth.admin.oauth.createClient({ client_name: 'App', redirect_uris: [`${site}/in`] }),
  'auth.admin.oauth.getClient': ({ admin }) => admin.auth.admin.oauth.getClient(nobody),
  'auth.admin.oauth.updateClient': ({ admin }) => admin.auth.admin.oauth.updateClient(nobody, { client_name: 'App' }),
  'auth.admin.oauth.deleteClient': ({ admin }) => admin.auth.admin.oauth.deleteClient(nobody),
  'auth.admin.oauth.regenerateClientSecret': ({ admin }) => admin.auth.admin.oauth.regenerateClientSecret(nobody),
};

export const oauthMethodCases: readonly MethodCase[] = Object.entries(oauthCalls).map(([method, call]) => ({
  method,
  difference: 'The OAuth server is off: 404 `feature_disabled`.',
  async check(world) {
    expect((await call(world)).error).toMatchObject({
      status: 404,
      code: 'feature_disabled',
      message: 'OAuth server is disabled',
    });
  },
}));
