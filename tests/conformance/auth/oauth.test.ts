/** OAuth through a real OpenID provider: sign-in, linking, ID tokens, and what must not be linked. */

import type { SupabaseClient } from '@supabase/supabase-js';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createOutboundFetch } from '#lib/ports/outbound.ts';
import { type AuthEnvironment, connect, openAuthEnvironment } from '../../support/auth-environment.ts';
import { ask } from '../../support/auth-http.ts';
import { addClient, codeFor, exchange, request } from '../../support/oauth-flow.ts';
import { type OidcServer, oidcClient, startOidcServer } from '../../support/oidc-server.ts';

const ref = 'oauth-test';
let server: OidcServer;
let environment: AuthEnvironment;
let client: SupabaseClient;
let admin: SupabaseClient;

beforeAll(async () => {
  server = await startOidcServer(`http://${ref}.example.test/auth/v1/callback`);
});
afterAll(() => server.close());

beforeEach(async () => {
  environment = await openAuthEnvironment({
    ref,
    ports: { fetch: createOutboundFetch(true) },
    settings: {
      mailer_autoconfirm: false,
      security_manual_linking_enabled: true,
      custom_providers: [
        {
          provider_type: 'oidc',
          identifier: 'idp',
          name: 'Test IdP',
          client_id: oidcClient.id,
          client_secret: oidcClient.secret,
          issuer: server.issuer,
        },
      ],
    },
  });
  client = connect(environment, environment.anonKey);
  admin = connect(environment, environment.serviceKey);
});
afterEach(() => environment.close());

const locationOf = (response: Response): URL => new URL(response.headers.get('location') ?? 'x:');
const fragmentOf = (url: URL): URLSearchParams => new URLSearchParams(url.hash.slice(1));

/** From our authorize URL through the provider and back, to where the browser ends. */
async function travel(url: string): Promise<URL> {
  const started = await environment.fetch(url, { redirect: 'manual' });
  expect(started.status).toBe(302);
  const callback = await server.signIn(locationOf(started).href);
  const arrived = await environment.fetch(callback, { redirect: 'manual' });
  expect(arrived.status).toBe(303);
  return locationOf(arrived);
}

async function authorizeUrl(target = client): Promise<string> {
  const { data } = await target.auth.signInWithOAuth({
    provider: 'custom:idp' as 'keycloak',
    options: { skipBrowserRedirect: true, redirectTo: 'https://app.example.com/in' },
  });
  return data.url ?? '';
}

test('the implicit flow ends with a session of a new user', async () => {
  server.be({ sub: 'n1', email: 'new@idp.example', email_verified: true, name: 'New' });
  const end = await travel(await authorizeUrl());
  expect(end.origin + end.pathname).toBe('https://app.example.com/in');
  const fragment = fragmentOf(end);
  expect(fragment.get('provider_token')).toBeTruthy();
  const { data } = await client.auth.getUser(fragment.get('access_token') ?? '');
  expect(data.user).toMatchObject({
    email: 'new@idp.example',
    app_metadata: { provider: 'custom:idp', providers: ['custom:idp'] },
    user_metadata: { full_name: 'New', email_verified: true },
    identities: [{ provider: 'custom:idp', id: 'n1' }],
  });
});

test('the PKCE flow ends with a code and the provider token', async () => {
  server.be({ sub: 'p1', email: 'p1@idp.example', email_verified: true });
  const pkce = connect(environment, environment.anonKey, { flowType: 'pkce' });
  const end = await travel(await authorizeUrl(pkce));
  const { data, error } = await pkce.auth.exchangeCodeForSession(end.searchParams.get('code') ?? '');
  expect(error).toBeNull();
  expect(data.session).toMatchObject({ provider_token: expect.any(String), user: { email: 'p1@idp.example' } });
});

test('A11 a vouched-for email leads to the existing account; an unproven account is emptied first', async () => {
  await client.auth.signUp({ email: 'victim@idp.example', password: 'attacker1', options: { data: { admin: true } } });
  server.be({ sub: 'v1', email: 'victim@idp.example', email_verified: true });
  const end = await travel(await authorizeUrl());
  const { data } = await client.auth.getUser(fragmentOf(end).get('access_token') ?? '');
  expect(data.user?.user_metadata).not.toHaveProperty('admin');
  expect(data.user?.app_metadata.providers).toEqual(['custom:idp']);
  expect(data.user?.identities?.map((identity) => identity.provider)).toEqual(['custom:idp']);
  const attacker = await client.auth.signInWithPassword({ email: 'victim@idp.example', password: 'attacker1' });
  expect(attacker.error?.code).toBe('invalid_credentials');

  await admin.auth.admin.createUser({ email: 'known@idp.example', password: 'secret1', email_confirm: true });
  server.be({ sub: 'k1', email: 'known@idp.example', email_verified: true });
  await travel(await authorizeUrl());
  const kept = await client.auth.signInWithPassword({ email: 'known@idp.example', password: 'secret1' });
  expect(kept.data.user?.identities?.map((identity) => identity.provider)).toEqual(['email', 'custom:idp']);
});

test('what an unproven account agreed to with other apps goes with it', async () => {
  environment.set({ oauth_server_enabled: true, mailer_autoconfirm: true });
  const attacker = await client.auth.signUp({ email: 'prey@idp.example', password: 'attacker1' });
  const spy = await addClient(environment);
  const codes = await codeFor(environment, spy, attacker.data.session?.access_token ?? '');
  await environment.database.write((connection) => connection.run('UPDATE _koyalite_users SET email_confirmed_at = NULL'));
  server.be({ sub: 'prey', email: 'prey@idp.example', email_verified: true });
  const token = fragmentOf(await travel(await authorizeUrl())).get('access_token') ?? '';
  expect((await exchange(environment, spy, codes)).body.error).toBe('invalid_grant');
  const { id } = await request(environment, spy);
  const details = await ask(environment, `/oauth/authorizations/${id}`, { token });
  expect(details.body).toMatchObject({ client: { id: spy.id }, user: { email: 'prey@idp.example' } });
});

test('A12 an email nobody vouches for is not linked', async () => {
  await admin.auth.admin.createUser({ email: 'known@idp.example', password: 'secret1', email_confirm: true });
  server.be({ sub: 'x1', email: 'known@idp.example', email_verified: false });
  const end = await travel(await authorizeUrl());
  expect(fragmentOf(end).get('error_code')).toBe('provider_email_needs_verification');
  expect(fragmentOf(end).get('access_token')).toBeNull();
});

test('A10 a callback without a state of ours signs nobody in, and a state works once', async () => {
  const base = `${environment.url}/auth/v1/callback`;
  const elsewhere = await openAuthEnvironment({ settings: { external_google_enabled: true, external_google_client_id: 'app' } });
  const foreign = locationOf(
    await elsewhere.fetch(`${elsewhere.url}/auth/v1/authorize?provider=google`, { redirect: 'manual' }),
  ).searchParams.get('state');
  await elsewhere.close();
  expect(foreign).toBeTruthy();
  for (const query of ['?code=abc', '?code=abc&state=forged', `?code=abc&state=${foreign}`]) {
    const refused = await environment.fetch(base + query, { redirect: 'manual' });
    expect([query, refused.status, refused.headers.get('set-cookie')]).toEqual([query, 400, null]);
  }
  server.be({ sub: 's1', email: 's1@idp.example', email_verified: true });
  const started = await environment.fetch(await authorizeUrl(), { redirect: 'manual' });
  const callback = await server.signIn(locationOf(started).href);
  expect((await environment.fetch(callback, { redirect: 'manual' })).status).toBe(303);
  const replay = await environment.fetch(callback, { redirect: 'manual' });
  expect(replay.status).toBe(400);
  expect(await replay.json()).toMatchObject({ error_code: 'bad_oauth_state' });
});

test('identities are linked and unlinked, never the last one', async () => {
  await admin.auth.admin.createUser({ email: 'me@x.io', password: 'secret1', email_confirm: true });
  await client.auth.signInWithPassword({ email: 'me@x.io', password: 'secret1' });
  server.be({ sub: 'l1', email: 'other@idp.example', email_verified: true });
  const { data } = await client.auth.linkIdentity({
    provider: 'custom:idp' as 'keycloak',
    options: { skipBrowserRedirect: true },
  });
  const callback = await server.signIn(data.url ?? '');
  await environment.fetch(callback, { redirect: 'manual' });
  const identities = (await client.auth.getUserIdentities()).data?.identities ?? [];
  expect(identities.map((identity) => identity.provider)).toEqual(['email', 'custom:idp']);
  const [email, external] = identities;
  if (email === undefined || external === undefined) throw new Error('two identities are needed');
  expect((await client.auth.unlinkIdentity(external)).error).toBeNull();
  expect((await client.auth.unlinkIdentity(email)).error).toMatchObject({ status: 422, code: 'single_identity_not_deletable' });
  environment.set({ security_manual_linking_enabled: false });
  expect((await client.auth.unlinkIdentity(email)).error).toMatchObject({ status: 404, code: 'manual_linking_disabled' });
});

test('unknown and disabled providers are refused', async () => {
  for (const provider of ['nobody', 'google']) {
    const response = await environment.fetch(`${environment.url}/auth/v1/authorize?provider=${provider}`);
    expect(response.status).toBe(400);
    expect((await response.json()).msg).toMatch(/^Unsupported provider/);
  }
});

test.each([
  [{ provider: 'google', token: 'x.y.z' }, 400],
  [{ provider: 'evil', token: 'x.y.z' }, 400],
  [{ provider: '', token: 'x.y.z' }, 400],
])('an ID token of %o makes no user', async ({ provider, token }, status) => {
  const { error } = await client.auth.signInWithIdToken({ provider, token });
  expect(error?.status).toBe(status);
  expect((await admin.auth.admin.listUsers()).data.users).toEqual([]);
});

test('every request of a sign-in goes through the one way out: discovery, code, keys, profile', async () => {
  const asked: string[] = [];
  const outbound = createOutboundFetch(true);
  const watched = await openAuthEnvironment({
    ref,
    ports: {
      fetch: (input, init) => {
        asked.push(new URL(input instanceof Request ? input.url : input).pathname);
        return outbound(input, init);
      },
    },
    settings: {
      custom_providers: [
        {
          provider_type: 'oauth2',
          identifier: 'idp',
          name: 'Test IdP',
          client_id: oidcClient.id,
          client_secret: oidcClient.secret,
          authorization_url: `${server.issuer}/auth`,
          token_url: `${server.issuer}/token`,
          userinfo_url: `${server.issuer}/me`,
          scopes: ['openid', 'email'],
        },
      ],
    },
  });
  server.be({ sub: 'w1', email: 'w1@idp.example', email_verified: true });
  const started = await watched.fetch(`${watched.url}/auth/v1/authorize?provider=custom:idp`, { redirect: 'manual' });
  const callback = await server.signIn(locationOf(started).href);
  const arrived = await watched.fetch(callback, { redirect: 'manual' });
  expect(fragmentOf(locationOf(arrived)).get('access_token')).toBeTruthy();
  expect(asked).toEqual(['/token', '/me']);
  await watched.close();
});

test('a token address inside a private network is not reached', async () => {
  const guarded = await openAuthEnvironment({
    ref,
    ports: { fetch: createOutboundFetch(false) },
    settings: {
      custom_providers: [
        {
          provider_type: 'oauth2',
          identifier: 'inside',
          name: 'Inside',
          client_id: 'x',
          authorization_url: 'https://idp.example/auth',
          token_url: `${server.issuer}/token`,
          userinfo_url: `${server.issuer}/me`,
        },
      ],
    },
  });
  const before = server.requests();
  const started = await guarded.fetch(`${guarded.url}/auth/v1/authorize?provider=custom:inside`, { redirect: 'manual' });
  const state = locationOf(started).searchParams.get('state') ?? '';
  const answer = await guarded.fetch(`${guarded.url}/auth/v1/callback?code=abc&state=${state}`, { redirect: 'manual' });
  expect(`${answer.headers.get('location')}`).toContain('Unable');
  expect(server.requests()).toBe(before);
  await guarded.close();
});
