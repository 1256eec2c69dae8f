/** The OAuth server as a certified relying party meets it: openid-client against the real server, without a key of the app. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import * as openid from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../faults/start-server.ts';
import { createTestProject, type TestProject } from '../../faults/test-project.ts';

const callback = 'https://client.example/callback';
const sql = `
  create table notes (id integer primary key, owner uuid not null default (auth.uid()), body text);
  create policy own on notes for select to authenticated using (owner = auth.uid());
  create policy written on notes for insert to authenticated with check (owner = auth.uid());
  create policy named on notes as restrictive for insert to authenticated with check (auth.jwt() ->> 'client_id' is null);
`;

const home = mkdtempSync(join(tmpdir(), 'koyalite-relying-party-'));
let server: RunningServer;
let project: TestProject;
let url: string;
let issuer: URL;
let user: SupabaseClient;

beforeAll(async () => {
  server = await startServer(home);
  project = await createTestProject(server, 'Relied on', sql, '00000000-0000-4000-8000-000000000001');
  url = `${server.url}${project.path}`;
  issuer = new URL(`${url}/auth/v1`);
  const settings = { oauth_server_enabled: true, oauth_server_allow_dynamic_registration: true, site_url: 'https://app.example' };
  await server.platform('PATCH', `/projects/${project.ref}/config/auth`, settings);
  // An app's own pages need its key; a client of the app must not.
  await server.platform('PATCH', `/projects/${project.ref}/settings`, { api: { requireApiKey: true } });
  user = createClient(url, project.headers.apikey ?? '', { auth: { persistSession: false, autoRefreshToken: false } });
  await user.auth.signUp({ email: 'ada@x.io', password: 'secret1', options: { data: { name: 'Ada' } } });
  await user.from('notes').insert({ body: "Ada's" });
});
afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

const insecure = { execute: [openid.allowInsecureRequests] };

/** The library would send the secret by POST whatever it registered. */
const ways: Record<string, (secret?: string) => openid.ClientAuth> = {
  client_secret_basic: openid.ClientSecretBasic,
  client_secret_post: openid.ClientSecretPost,
};

/** Registers and discovers in one, as an MCP client does. */
async function register(metadata: Partial<openid.ClientMetadata>, algorithm: 'oauth2' | 'oidc' = 'oidc') {
  const fields = { client_name: 'Planner', redirect_uris: [callback], ...metadata };
  const made = await openid.dynamicClientRegistration(issuer, fields, undefined, { ...insecure, algorithm });
  const registered = made.clientMetadata();
  const way = ways[String(registered.token_endpoint_auth_method)] ?? openid.None;
  const config = new openid.Configuration(made.serverMetadata(), registered.client_id, registered, way(registered.client_secret));
  openid.allowInsecureRequests(config);
  return config;
}

/** The browser and the user: from the client's request to the address it is called back at. */
async function agree(config: openid.Configuration, parameters: Record<string, string>): Promise<URL> {
  const to = openid.buildAuthorizationUrl(config, { redirect_uri: callback, ...parameters });
  const answer = await fetch(to, { redirect: 'manual' });
  const page = new URL(answer.headers.get('location') ?? '');
  expect(page.origin + page.pathname).toBe('https://app.example/oauth/consent');
  const id = page.searchParams.get('authorization_id') ?? '';
  const { data: details } = await user.auth.oauth.getAuthorizationDetails(id);
  if (details !== null && 'redirect_url' in details) return new URL(details.redirect_url);
  const { data } = await user.auth.oauth.approveAuthorization(id, { skipBrowserRedirect: true });
  return new URL(data?.redirect_url ?? '');
}

async function signIn(config: openid.Configuration, scope: string) {
  const [verifier, state, nonce] = [openid.randomPKCECodeVerifier(), openid.randomState(), openid.randomNonce()];
  const challenge = await openid.calculatePKCECodeChallenge(verifier);
  const asked = { scope, state, nonce, code_challenge: challenge, code_challenge_method: 'S256', max_age: '3600' };
  const back = await agree(config, asked);
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true, maxAge: 3600 };
  return openid.authorizationCodeGrant(config, back, checks);
}

test.each(['client_secret_basic', 'client_secret_post', 'none'])('a whole sign-in by %s', async (method) => {
  const config = await register({ token_endpoint_auth_method: method });
  const tokens = await signIn(config, 'openid profile email');
  const { sub = '', ...claims } = tokens.claims() ?? {};
  expect(claims).toMatchObject({ iss: issuer.href, aud: config.clientMetadata().client_id, email: 'ada@x.io', name: 'Ada' });
  expect(await openid.fetchUserInfo(config, tokens.access_token, sub)).toMatchObject({ sub, email: 'ada@x.io', name: 'Ada' });
  const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
  expect(renewed.refresh_token).not.toBe(tokens.refresh_token);
  await openid.tokenRevocation(config, renewed.refresh_token ?? '');
  await expect(openid.refreshTokenGrant(config, renewed.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
});

test('ID tokens are signed so that anybody can check them, in an environment whose own tokens are HS256', async () => {
  const config = await register({ token_endpoint_auth_method: 'none' });
  // Checks the signature against the published keys, which over TLS a client may leave out.
  openid.enableNonRepudiationChecks(config);
  expect((await signIn(config, 'openid')).claims()).toMatchObject({ aud: config.clientMetadata().client_id });
});

test('the documents are found where OpenID Connect and RFC 8414 put them', async () => {
  const config = await register({ token_endpoint_auth_method: 'none' }, 'oauth2');
  expect(config.serverMetadata()).toMatchObject({
    issuer: issuer.href,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    registration_endpoint: `${issuer.href}/oauth/clients/register`,
  });
  const inserted = await fetch(`${server.url}/.well-known/oauth-authorization-server${project.path}/auth/v1`);
  const appended = await fetch(`${issuer.href}/.well-known/openid-configuration`);
  expect(await inserted.json()).toEqual(await appended.json());
  expect((await fetch(`${server.url}/.well-known/oauth-authorization-server/api/nobody/auth/v1`)).status).toBe(404);
});

test('an answer of another server is not taken for this one’s (mix-up)', async () => {
  const config = await register({ token_endpoint_auth_method: 'none' });
  const verifier = openid.randomPKCECodeVerifier();
  const challenge = await openid.calculatePKCECodeChallenge(verifier);
  const back = await agree(config, { scope: 'openid', code_challenge: challenge, code_challenge_method: 'S256' });
  back.searchParams.set('iss', 'https://evil.example');
  await expect(openid.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier })).rejects.toMatchObject({
    cause: { message: expect.stringContaining('"iss"') },
  });
});

test('a token opens the rows of its user as far as policies let its client, until the user shows it out', async () => {
  const config = await register({});
  const { access_token: token } = await signIn(config, 'openid');
  const asClient = createClient(url, project.headers.apikey ?? '', { global: { headers: { Authorization: `Bearer ${token}` } } });
  expect((await asClient.from('notes').select('body')).data).toEqual([{ body: "Ada's" }]);
  expect((await asClient.from('notes').insert({ body: 'x' })).error?.code).toBe('42501');
  await user.auth.oauth.revokeGrant({ clientId: config.clientMetadata().client_id });
  expect((await asClient.from('notes').select('body')).error?.code).toBe('PGRST301');
  expect((await user.from('notes').select('body')).data).toEqual([{ body: "Ada's" }]);
});
