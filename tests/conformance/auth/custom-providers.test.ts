/** Custom providers through `auth.admin.customProviders`: added, used to sign in, changed and removed; secrets stay inside. */

import type { SupabaseClient } from '@supabase/supabase-js';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AuthEnvironment, connect, openAuthEnvironment } from '../../support/auth-environment.ts';
import { ask } from '../../support/auth-http.ts';
import { type OidcServer, oidcClient, startOidcServer } from '../../support/oidc-server.ts';

const ref = 'custom-providers';
let server: OidcServer;
let environment: AuthEnvironment;
let admin: SupabaseClient;
let client: SupabaseClient;

beforeAll(async () => {
  server = await startOidcServer(`http://${ref}.example.test/auth/v1/callback`);
});
afterAll(() => server.close());
beforeEach(async () => {
  const settled = {
    provider_type: 'oauth2',
    identifier: 'settled',
    name: 'Settled',
    client_id: 'c',
    client_secret: 'of-the-settings',
  };
  environment = await openAuthEnvironment({ ref, ports: { fetch }, settings: { custom_providers: [settled] } });
  admin = connect(environment, environment.serviceKey);
  client = connect(environment, environment.anonKey);
});
afterEach(() => environment.close());

const acme = () => ({
  provider_type: 'oidc' as const,
  identifier: 'custom:acme',
  name: 'Acme',
  client_id: oidcClient.id,
  client_secret: oidcClient.secret,
  issuer: server.issuer,
});
const endpoints = { authorization_url: 'https://x.io/a', token_url: 'https://x.io/t', userinfo_url: 'https://x.io/u' };

/** From the button to what the browser ends at. */
async function signIn(provider = 'custom:acme'): Promise<URLSearchParams> {
  const { data } = await client.auth.signInWithOAuth({
    provider: provider as 'keycloak',
    options: { skipBrowserRedirect: true, redirectTo: 'https://app.example.com/in' },
  });
  const started = await environment.fetch(data.url ?? '', { redirect: 'manual' });
  const callback = await server.signIn(started.headers.get('location') ?? '');
  const arrived = await environment.fetch(callback, { redirect: 'manual' });
  return new URLSearchParams(new URL(arrived.headers.get('location') ?? '').hash.slice(1));
}

test('a provider is added, signs a user in, is changed and removed', async () => {
  const { customProviders } = admin.auth.admin;
  const made = await customProviders.createProvider(acme());
  expect(made.data).toMatchObject({ identifier: 'custom:acme', enabled: true, pkce_enabled: true, id: expect.any(String) });
  expect(made.data).not.toHaveProperty('client_secret');
  server.be({ sub: 'a1', email: 'ada@idp.example', email_verified: true, name: 'Ada' });
  const { data } = await client.auth.getUser((await signIn()).get('access_token') ?? '');
  expect(data.user).toMatchObject({ email: 'ada@idp.example', app_metadata: { provider: 'custom:acme' } });
  expect((await customProviders.listProviders()).data.providers.map(({ identifier }) => identifier)).toEqual([
    'custom:settled',
    'custom:acme',
  ]);
  expect((await customProviders.listProviders({ type: 'oidc' })).data.providers).toHaveLength(1);
  const changed = await customProviders.updateProvider('custom:acme', { name: 'Acme Ltd', enabled: false });
  expect(changed.data).toMatchObject({ name: 'Acme Ltd', enabled: false, client_id: oidcClient.id, issuer: server.issuer });
  const off = await ask(environment, '/authorize?provider=custom:acme');
  expect(off.body.message).toMatch(/^Unsupported provider/);
  await customProviders.updateProvider('custom:acme', { enabled: true });
  expect((await signIn()).get('access_token')).toBeTruthy();
  expect((await customProviders.deleteProvider('custom:acme')).error).toBeNull();
  expect((await customProviders.getProvider('custom:acme')).error).toMatchObject({
    status: 404,
    code: 'custom_provider_not_found',
  });
  const actions = environment.database.read((connection) => connection.all('SELECT action FROM _koyalite_auth_audit'));
  for (const action of ['custom_provider_created', 'custom_provider_updated', 'custom_provider_deleted'])
    expect(actions).toContainEqual({ action });
});

test('secrets are sealed, and no answer has them', async () => {
  await admin.auth.admin.customProviders.createProvider(acme());
  const file = environment.database.read((connection) =>
    JSON.stringify([
      ...connection.all('SELECT * FROM _koyalite_custom_oauth_providers'),
      ...connection.all('SELECT traits FROM _koyalite_auth_audit'),
    ]),
  );
  const list = await admin.auth.admin.customProviders.listProviders();
  for (const text of [file, JSON.stringify(list.data)])
    expect(text).not.toMatch(new RegExp(`${oidcClient.secret}|of-the-settings`));
});

test('a secret that another environment sealed turns the provider off instead of failing', async () => {
  const { customProviders } = admin.auth.admin;
  await customProviders.createProvider(acme());
  await environment.database.write((connection) =>
    connection.run(
      "UPDATE _koyalite_custom_oauth_providers SET sealed_secret = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'",
    ),
  );
  expect((await customProviders.getProvider('custom:acme')).data).toMatchObject({ enabled: false });
  expect((await ask(environment, '/authorize?provider=custom:acme')).status).toBe(400);
  const mended = await customProviders.updateProvider('custom:acme', { client_secret: oidcClient.secret, enabled: true });
  expect(mended.data).toMatchObject({ enabled: true });
  expect((await ask(environment, '/authorize?provider=custom:acme')).status).toBe(302);
});

test('what the settings hold is read here and changed there', async () => {
  const { customProviders } = admin.auth.admin;
  expect((await customProviders.getProvider('custom:settled')).data).toMatchObject({ name: 'Settled' });
  expect((await customProviders.updateProvider('custom:settled', { name: 'x' })).error).toMatchObject({ status: 422 });
  expect((await customProviders.deleteProvider('custom:settled')).error).toMatchObject({ status: 422 });
  const again = { ...acme(), identifier: 'custom:settled' };
  expect((await customProviders.createProvider(again)).error).toMatchObject({ status: 400, code: 'conflict' });
});

test('nobody but the service role reads or adds any', async () => {
  await admin.auth.admin.createUser({ email: 'a@x.io', password: 'secret1', email_confirm: true });
  const { data } = await client.auth.signInWithPassword({ email: 'a@x.io', password: 'secret1' });
  const token = data.session?.access_token ?? '';
  for (const [method, path] of [
    ['GET', ''],
    ['POST', ''],
    ['GET', '/custom:settled'],
    ['PUT', '/custom:settled'],
    ['DELETE', '/custom:settled'],
  ] as const) {
    const answer = await ask(environment, `/admin/custom-providers${path}`, { method, token });
    expect([method, answer.body.code]).toEqual([method, 'not_admin']);
  }
});

test.each([
  [{ identifier: 'acme' }, /custom:/],
  [{ identifier: 'custom:Ac me' }, /identifier/],
  [{ name: '' }, /name/],
  [{ provider_type: 'saml' }, /provider_type/],
  [{ issuer: null }, /issuer/],
  [{ issuer: 'http://idp.example' }, /HTTPS/],
  [{ issuer: 'javascript:alert(1)' }, /HTTPS|issuer/],
  [{ issuer: 'https://u:p@idp.example' }, /credentials/],
  [{ issuer: 'http://127.0.0.1:1' }, /not reachable/],
  [{ provider_type: 'oauth2' }, /authorization_url/],
  [{ provider_type: 'oauth2', ...endpoints, token_url: 'http://169.254.169.254/latest' }, /HTTPS/],
  [{ authorization_params: { redirect_uri: 'https://evil.example' } }, /reserved/],
  [{ attribute_mapping: { role: 'role' } }, /attribute_mapping/],
  [{ attribute_mapping: { email_verified: 'x' } }, /attribute_mapping/],
  [{ custom_claims_allowlist: ['groups'] }, /not supported/],
  [{ pkce_enabled: false, client_secret: '' }, /client_secret/],
])('%o is refused', async (fields, message) => {
  const body = { ...acme(), ...fields };
  const { status, body: answer } = await ask(environment, '/admin/custom-providers', { token: environment.serviceKey, body });
  expect([status, answer.code]).toEqual([400, 'validation_failed']);
  expect(String(answer.message)).toMatch(message);
  expect((await admin.auth.admin.customProviders.listProviders()).data.providers).toHaveLength(1);
});

test('an added provider takes no built-in name', async () => {
  await admin.auth.admin.customProviders.createProvider({ ...acme(), identifier: 'custom:google' });
  expect((await ask(environment, '/authorize?provider=google')).body.message).toMatch(/not enabled/);
  expect((await ask(environment, '/authorize?provider=custom:google')).status).toBe(302);
});

test('mapped claims are read, and an email from another claim leads to nobody’s account', async () => {
  const { customProviders } = admin.auth.admin;
  await customProviders.createProvider({ ...acme(), attribute_mapping: { preferred_username: 'email', name: 'sub' } });
  server.be({ sub: 'm1', email: 'm1@idp.example', email_verified: true, name: 'victim@x.io' });
  const { data } = await client.auth.getUser((await signIn()).get('access_token') ?? '');
  expect(data.user?.user_metadata).toMatchObject({ full_name: 'm1', user_name: 'm1@idp.example' });
  await admin.auth.admin.createUser({ email: 'victim@x.io', password: 'secret1', email_confirm: true });
  await customProviders.updateProvider('custom:acme', { attribute_mapping: { email: 'name' } });
  server.be({ sub: 'm2', email: 'm2@idp.example', email_verified: true, name: 'victim@x.io' });
  expect((await signIn()).get('error_code')).toBe('provider_email_needs_verification');
});
