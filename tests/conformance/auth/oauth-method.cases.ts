/** The methods of the OAuth server, and those that manage an environment's own identity providers. */

import { expect } from 'vitest';
import { addClient, callback, codeFor, oauthOn, request, type TestClient } from '../../support/oauth-flow.ts';
import { dataOf, type MethodCase, type World } from './method-world.ts';

interface Asked {
  readonly app: TestClient;
  /** What the consent page is opened with. */
  readonly id: string;
}

/** A server that is on, an app that is registered with it, and what the app asks of the user. */
async function ask({ environment }: World): Promise<Asked> {
  environment.set(oauthOn);
  const app = await addClient(environment);
  return { app, id: (await request(environment, app)).id };
}

async function agree({ environment, client }: World, app: TestClient): Promise<void> {
  const { data } = await client.auth.getSession();
  await codeFor(environment, app, data.session?.access_token ?? '');
}

const planner = { client_name: 'Planner', redirect_uris: [callback] };

export const oauthMethodCases: readonly MethodCase[] = [
  {
    method: 'auth.oauth.getAuthorizationDetails',
    async check(world) {
      const { app, id } = await ask(world);
      expect(dataOf(await world.client.auth.oauth.getAuthorizationDetails(id))).toMatchObject({
        authorization_id: id,
        client: { id: app.id, name: 'Planner' },
        user: { id: world.userId, email: 'a@x.io' },
        scope: 'openid profile email',
      });
      world.environment.set({ ...oauthOn, oauth_server_enabled: false });
      const off = await world.client.auth.oauth.getAuthorizationDetails(id);
      expect(off.error).toMatchObject({ status: 404, code: 'feature_disabled', message: 'OAuth server is disabled' });
    },
  },
  {
    method: 'auth.oauth.approveAuthorization',
    async check(world) {
      const { id } = await ask(world);
      await world.client.auth.oauth.getAuthorizationDetails(id);
      const { redirect_url } = dataOf(await world.client.auth.oauth.approveAuthorization(id, { skipBrowserRedirect: true }));
      expect(redirect_url.startsWith(callback)).toBe(true);
      expect(new URL(redirect_url).searchParams.get('code')).toBeTruthy();
    },
  },
  {
    method: 'auth.oauth.denyAuthorization',
    async check(world) {
      const { id } = await ask(world);
      await world.client.auth.oauth.getAuthorizationDetails(id);
      const { redirect_url } = dataOf(await world.client.auth.oauth.denyAuthorization(id, { skipBrowserRedirect: true }));
      expect(new URL(redirect_url).searchParams.get('error')).toBe('access_denied');
      expect(dataOf(await world.client.auth.oauth.listGrants())).toEqual([]);
    },
  },
  {
    method: 'auth.oauth.listGrants',
    async check(world) {
      const { app } = await ask(world);
      await agree(world, app);
      expect(dataOf(await world.client.auth.oauth.listGrants())).toMatchObject([
        { client: { id: app.id, name: 'Planner' }, scopes: ['openid', 'profile', 'email'], granted_at: expect.any(String) },
      ]);
    },
  },
  {
    method: 'auth.oauth.revokeGrant',
    async check(world) {
      const { app } = await ask(world);
      await agree(world, app);
      expect((await world.client.auth.oauth.revokeGrant({ clientId: app.id })).error).toBeNull();
      expect(dataOf(await world.client.auth.oauth.listGrants())).toEqual([]);
    },
  },
  {
    method: 'auth.admin.oauth.listClients',
    async check(world) {
      const { app } = await ask(world);
      const { clients } = dataOf(await world.admin.auth.admin.oauth.listClients());
      expect(clients).toMatchObject([{ client_id: app.id, client_name: 'Planner' }]);
      expect(clients[0]).not.toHaveProperty('client_secret');
    },
  },
  {
    method: 'auth.admin.oauth.createClient',
    async check({ environment, admin, client }) {
      environment.set(oauthOn);
      expect(dataOf(await admin.auth.admin.oauth.createClient(planner))).toMatchObject({
        ...planner,
        client_id: expect.any(String),
        client_secret: expect.any(String),
      });
      expect((await client.auth.admin.oauth.createClient(planner)).error).toMatchObject({ status: 403, code: 'not_admin' });
    },
  },
  {
    method: 'auth.admin.oauth.getClient',
    async check(world) {
      const { app } = await ask(world);
      expect(dataOf(await world.admin.auth.admin.oauth.getClient(app.id))).toMatchObject({ client_id: app.id, ...planner });
      const gone = await world.admin.auth.admin.oauth.getClient(world.userId);
      expect(gone.error).toMatchObject({ status: 404, code: 'oauth_client_not_found' });
    },
  },
  {
    method: 'auth.admin.oauth.updateClient',
    async check(world) {
      const { app } = await ask(world);
      const changed = dataOf(await world.admin.auth.admin.oauth.updateClient(app.id, { client_name: 'Diary' }));
      expect(changed).toMatchObject({ client_name: 'Diary', redirect_uris: [callback] });
    },
  },
  {
    method: 'auth.admin.oauth.deleteClient',
    async check(world) {
      const { app } = await ask(world);
      expect((await world.admin.auth.admin.oauth.deleteClient(app.id)).error).toBeNull();
      expect(dataOf(await world.admin.auth.admin.oauth.listClients()).clients).toEqual([]);
    },
  },
  {
    method: 'auth.admin.oauth.regenerateClientSecret',
    async check(world) {
      const { app } = await ask(world);
      const { client_secret } = dataOf(await world.admin.auth.admin.oauth.regenerateClientSecret(app.id));
      expect(client_secret).toEqual(expect.any(String));
      expect(client_secret).not.toBe(app.secret);
    },
  },
];

const acme = {
  provider_type: 'oidc' as const,
  identifier: 'custom:acme',
  name: 'Acme',
  client_id: 'app',
  client_secret: 'secret',
  issuer: 'https://idp.example',
};

export const customProviderMethodCases: readonly MethodCase[] = [
  {
    method: 'auth.admin.customProviders.listProviders',
    async check({ admin }) {
      const { providers } = dataOf(await admin.auth.admin.customProviders.listProviders());
      expect(providers).toMatchObject([{ identifier: 'custom:idp', provider_type: 'oidc', client_id: 'app' }]);
      expect(providers[0]).not.toHaveProperty('client_secret');
    },
  },
  {
    method: 'auth.admin.customProviders.getProvider',
    async check({ admin }) {
      const { customProviders } = admin.auth.admin;
      expect(dataOf(await customProviders.getProvider('custom:idp'))).toMatchObject({ identifier: 'custom:idp', name: 'Local' });
      const unknown = await customProviders.getProvider('custom:nobody');
      expect(unknown.error).toMatchObject({ status: 404, code: 'custom_provider_not_found' });
    },
  },
  {
    method: 'auth.admin.customProviders.createProvider',
    async check({ admin, client }) {
      const made = dataOf(await admin.auth.admin.customProviders.createProvider(acme));
      expect(made).toMatchObject({ identifier: 'custom:acme', name: 'Acme', enabled: true });
      expect(made).not.toHaveProperty('client_secret');
      expect((await client.auth.admin.customProviders.createProvider(acme)).error).toMatchObject({ code: 'not_admin' });
    },
  },
  {
    method: 'auth.admin.customProviders.updateProvider',
    async check({ admin }) {
      const { customProviders } = admin.auth.admin;
      await customProviders.createProvider(acme);
      expect(dataOf(await customProviders.updateProvider('custom:acme', { name: 'New' }))).toMatchObject({ name: 'New' });
      // What the settings define is changed there.
      expect((await customProviders.updateProvider('custom:idp', { name: 'New' })).error).toMatchObject({ status: 422 });
    },
  },
  {
    method: 'auth.admin.customProviders.deleteProvider',
    async check({ admin }) {
      const { customProviders } = admin.auth.admin;
      await customProviders.createProvider(acme);
      expect((await customProviders.deleteProvider('custom:acme')).error).toBeNull();
      expect(dataOf(await customProviders.listProviders()).providers).toMatchObject([{ identifier: 'custom:idp' }]);
    },
  },
];
