/** The OAuth server through the unmodified auth-js: clients, consent and grants, and what a client's token carries. */

import type { SupabaseClient } from '@supabase/supabase-js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AuthEnvironment, connect, openAuthEnvironment } from '../../support/auth-environment.ts';
import { ask } from '../../support/auth-http.ts';
import {
  addClient,
  authorize,
  callback,
  claimsOf,
  exchange,
  oauthOn,
  post,
  request,
  tokensFor,
} from '../../support/oauth-flow.ts';

let environment: AuthEnvironment;
let admin: SupabaseClient;
let user: SupabaseClient;
let userToken: string;

beforeEach(async () => {
  environment = await openAuthEnvironment({ settings: oauthOn });
  admin = connect(environment, environment.serviceKey);
  user = connect(environment, environment.anonKey);
  const metadata = { full_name: 'Ada Lovelace', avatar_url: 'https://x.io/ada.png' };
  await admin.auth.admin.createUser({ email: 'ada@x.io', password: 'secret1', email_confirm: true, user_metadata: metadata });
  const { data } = await user.auth.signInWithPassword({ email: 'ada@x.io', password: 'secret1' });
  userToken = data.session?.access_token ?? '';
});
afterEach(() => environment.close());

const actions = () =>
  environment.database.read((connection) =>
    connection.all('SELECT action FROM _koyalite_auth_audit ORDER BY id').map((row) => row.action),
  );

test('off, every door of it says so, and administrators alone learn it at theirs', async () => {
  environment.set({ oauth_server_enabled: false });
  for (const [path, method, token] of [
    ['/oauth/authorize', 'GET', undefined],
    ['/oauth/token', 'POST', undefined],
    ['/oauth/revoke', 'POST', undefined],
    ['/oauth/userinfo', 'GET', userToken],
    ['/oauth/clients/register', 'POST', undefined],
    ['/oauth/authorizations/x', 'GET', userToken],
    ['/oauth/authorizations/x/consent', 'POST', userToken],
    ['/user/oauth/grants', 'GET', userToken],
    ['/.well-known/openid-configuration', 'GET', undefined],
    ['/.well-known/oauth-authorization-server', 'GET', undefined],
    ['/admin/oauth/clients', 'GET', environment.serviceKey],
  ] as const) {
    const answer = await ask(environment, path, { method, ...(token === undefined ? {} : { token }) });
    expect([path, answer.status, answer.body]).toEqual([
      path,
      404,
      { code: 'feature_disabled', message: 'OAuth server is disabled' },
    ]);
  }
  expect((await ask(environment, '/admin/oauth/clients', { token: userToken })).body.code).toBe('not_admin');
});

test('clients are made, listed, changed and removed; a secret is shown once and kept as a hash', async () => {
  const made = await admin.auth.admin.oauth.createClient({ client_name: 'Planner', redirect_uris: [callback] });
  expect(made.data).toMatchObject({
    client_type: 'confidential',
    token_endpoint_auth_method: 'client_secret_basic',
    registration_type: 'manual',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    client_secret: expect.any(String),
  });
  const id = made.data?.client_id ?? '';
  const stored = environment.database.read((connection) =>
    JSON.stringify(connection.all('SELECT * FROM _koyalite_oauth_clients')),
  );
  expect(stored).not.toContain(made.data?.client_secret);
  expect((await admin.auth.admin.oauth.getClient(id)).data).not.toHaveProperty('client_secret');
  const renewed = await admin.auth.admin.oauth.regenerateClientSecret(id);
  expect(renewed.data?.client_secret).not.toBe(made.data?.client_secret);
  const changed = await admin.auth.admin.oauth.updateClient(id, { client_name: 'Diary', logo_uri: 'https://x.io/l.png' });
  expect(changed.data).toMatchObject({ client_name: 'Diary', logo_uri: 'https://x.io/l.png', redirect_uris: [callback] });
  const open = await addClient(environment, { token_endpoint_auth_method: 'none' });
  expect(open.secret).toBe('');
  expect((await admin.auth.admin.oauth.regenerateClientSecret(open.id)).error).toMatchObject({ status: 400 });
  const first = await admin.auth.admin.oauth.listClients({ page: 1, perPage: 1 });
  expect(first.data).toMatchObject({ clients: [{ client_id: open.id }], total: 2, nextPage: 2, lastPage: 2 });
  expect((await admin.auth.admin.oauth.deleteClient(id)).error).toBeNull();
  expect((await admin.auth.admin.oauth.getClient(id)).error).toMatchObject({ status: 404, code: 'oauth_client_not_found' });
  expect((await user.auth.admin.oauth.listClients()).error).not.toBeNull();
  expect(actions()).toEqual(
    expect.arrayContaining([
      'oauth_client_created',
      'oauth_client_secret_regenerated',
      'oauth_client_updated',
      'oauth_client_deleted',
    ]),
  );
});

test('a user sees who asks, agrees, and the client gets tokens that say what for', async () => {
  const client = await addClient(environment, { client_uri: 'https://client.example', logo_uri: 'https://client.example/l.png' });
  const { id, verifier } = await request(environment, client);
  const details = await user.auth.oauth.getAuthorizationDetails(id);
  expect(details.data).toMatchObject({
    authorization_id: id,
    redirect_uri: callback,
    client: { id: client.id, name: 'Planner', uri: 'https://client.example', logo_uri: 'https://client.example/l.png' },
    user: { email: 'ada@x.io' },
    scope: 'openid profile email',
  });
  const agreed = await user.auth.oauth.approveAuthorization(id);
  const back = new URL(agreed.data?.redirect_url ?? '');
  expect(back.origin + back.pathname).toBe(callback);
  expect(Object.fromEntries(back.searchParams)).toMatchObject({ state: 'xyz', iss: `${environment.url}/auth/v1` });
  const { status, body, headers } = await exchange(environment, client, { code: back.searchParams.get('code') ?? '', verifier });
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(body).toMatchObject({ token_type: 'bearer', expires_in: 3600, scope: 'openid profile email' });
  expect(body).not.toHaveProperty('user');
  expect(claimsOf(body.access_token)).toMatchObject({
    aud: 'authenticated',
    role: 'authenticated',
    client_id: client.id,
    scope: 'openid profile email',
    aal: 'aal1',
    amr: [{ method: 'oauth_provider/authorization_code' }],
    email: 'ada@x.io',
  });
  const info = await ask(environment, '/oauth/userinfo', { token: String(body.access_token) });
  expect(info.body).toMatchObject({
    sub: details.data !== null && 'user' in details.data ? details.data.user.id : '',
    email: 'ada@x.io',
    email_verified: true,
    name: 'Ada Lovelace',
    picture: 'https://x.io/ada.png',
  });
  expect(actions()).toContain('oauth_consent_approved');
});

test('a refusal goes back to the client, and an answered request is not answered twice', async () => {
  const client = await addClient(environment);
  const { id } = await request(environment, client);
  await user.auth.oauth.getAuthorizationDetails(id);
  const denied = await user.auth.oauth.denyAuthorization(id);
  expect(Object.fromEntries(new URL(denied.data?.redirect_url ?? '').searchParams)).toMatchObject({
    error: 'access_denied',
    state: 'xyz',
  });
  expect((await user.auth.oauth.approveAuthorization(id)).error).toMatchObject({ status: 400, code: 'validation_failed' });
  expect((await user.auth.oauth.listGrants()).data).toEqual([]);
  expect(actions()).toContain('oauth_consent_denied');
});

test('who agreed before is not asked again, unless there is more to agree to or the client wants it', async () => {
  const client = await addClient(environment);
  await tokensFor(environment, client, userToken, { scope: 'openid email' });
  const details = async (parameters: Record<string, string>) => {
    const { id } = await request(environment, client, parameters);
    return (await user.auth.oauth.getAuthorizationDetails(id)).data;
  };
  expect(await details({ scope: 'email' })).toEqual({ redirect_url: expect.stringContaining('code=') });
  expect(await details({ scope: 'email phone' })).toHaveProperty('authorization_id');
  expect(await details({ scope: 'email', prompt: 'consent' })).toHaveProperty('authorization_id');
  expect(actions()).toContain('oauth_consent_reused');
});

test('a public client that any app could pose as asks each time', async () => {
  const uri = 'http://127.0.0.1:8976/cb';
  const client = await addClient(environment, { token_endpoint_auth_method: 'none', redirect_uris: [uri, callback] });
  await tokensFor(environment, client, userToken);
  const again = await request(environment, client, { redirect_uri: uri });
  expect((await user.auth.oauth.getAuthorizationDetails(again.id)).data).toHaveProperty('authorization_id');
  const atHome = await request(environment, client);
  expect((await user.auth.oauth.getAuthorizationDetails(atHome.id)).data).toHaveProperty('redirect_url');
});

test('a user lists the apps that were let in and shows one out: its tokens end', async () => {
  const client = await addClient(environment);
  const tokens = await tokensFor(environment, client, userToken);
  expect((await user.auth.oauth.listGrants()).data).toMatchObject([
    { client: { id: client.id, name: 'Planner' }, scopes: ['openid', 'profile', 'email'], granted_at: expect.any(String) },
  ]);
  expect((await user.auth.oauth.revokeGrant({ clientId: client.id })).error).toBeNull();
  expect((await user.auth.oauth.listGrants()).data).toEqual([]);
  expect((await user.auth.oauth.revokeGrant({ clientId: client.id })).error).toMatchObject({ code: 'oauth_consent_not_found' });
  expect((await ask(environment, '/oauth/userinfo', { token: String(tokens.access_token) })).status).toBe(401);
  const renewed = await post(environment, '/oauth/token', client, {
    grant_type: 'refresh_token',
    refresh_token: String(tokens.refresh_token),
  });
  expect(renewed.body.error).toBe('invalid_grant');
  expect((await user.auth.getUser()).error).toBeNull();
  expect(actions()).toContain('oauth_consent_revoked');
});

test('what the scopes leave out is in no token and no answer', async () => {
  const client = await addClient(environment);
  const bare = await tokensFor(environment, client, userToken, { scope: 'openid' });
  for (const token of [bare.access_token, bare.id_token]) {
    expect(JSON.stringify(claimsOf(token))).not.toMatch(/ada@x\.io|Lovelace/);
  }
  const info = await ask(environment, '/oauth/userinfo', { token: String(bare.access_token) });
  expect(Object.keys(info.body)).toEqual(['sub']);
  expect(JSON.stringify((await ask(environment, '/user', { token: String(bare.access_token) })).body)).not.toMatch(
    /ada@x|Lovelace/,
  );
  const profile = await tokensFor(environment, client, userToken, { scope: 'openid profile' });
  const shown = await ask(environment, '/oauth/userinfo', { token: String(profile.access_token) });
  expect(shown.body).toMatchObject({ name: 'Ada Lovelace' });
  expect(JSON.stringify(shown.body)).not.toContain('ada@x.io');
  const unasked = await tokensFor(environment, client, userToken, { scope: undefined });
  expect(unasked).toMatchObject({ scope: 'email' });
  expect(unasked).not.toHaveProperty('id_token');
});

test('a client registers itself when that is on, and gets what there is', async () => {
  const body = {
    client_name: 'MCP',
    redirect_uris: ['http://localhost:9/cb'],
    token_endpoint_auth_method: 'none',
    scope: 'email mcp:all',
  };
  const refused = await ask(environment, '/oauth/clients/register', { body });
  expect([refused.status, refused.body.code]).toEqual([403, 'oauth_dynamic_client_registration_disabled']);
  environment.set({ oauth_server_allow_dynamic_registration: true });
  const made = await ask(environment, '/oauth/clients/register', { body });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ registration_type: 'dynamic', client_type: 'public', scope: 'email' });
  expect(made.body).not.toHaveProperty('client_secret');
  const beyond = await authorize(
    environment,
    { id: String(made.body.client_id), secret: '' },
    { redirect_uri: 'http://localhost:9/cb' },
  );
  expect(beyond.location?.searchParams.get('error')).toBe('invalid_scope');
  const bad = await ask(environment, '/oauth/clients/register', { body: { ...body, redirect_uris: ['http://evil.example/cb'] } });
  expect(bad.body).toMatchObject({ error: 'invalid_redirect_uri' });
  environment.pass(31 * 86_400);
  await ask(environment, '/oauth/clients/register', { body });
  const { data } = await admin.auth.admin.oauth.listClients();
  expect(data.clients).toHaveLength(1);
});

test('lifetimes are settings: request, code, access token and session', async () => {
  environment.set({ oauth_server_access_token_exp: 300, oauth_server_session_exp: 7200 });
  const client = await addClient(environment);
  const tokens = await tokensFor(environment, client, userToken);
  expect(tokens.expires_in).toBe(300);
  const { iat, exp } = claimsOf(tokens.access_token);
  expect(Number(exp) - Number(iat)).toBe(300);
  const late = await request(environment, client);
  environment.pass(601);
  expect((await user.auth.oauth.getAuthorizationDetails(late.id)).error).toMatchObject({ code: 'oauth_authorization_not_found' });
  environment.pass(7200 - 601 - 60);
  const renew = (token: unknown) =>
    post(environment, '/oauth/token', client, { grant_type: 'refresh_token', refresh_token: String(token) });
  const renewed = await renew(tokens.refresh_token);
  expect(renewed.status).toBe(200);
  environment.pass(61);
  expect((await renew(renewed.body.refresh_token)).body).toMatchObject({ error: 'invalid_grant' });
});

test('a client hands a token back, and only its own', async () => {
  const [client, other] = [await addClient(environment), await addClient(environment)];
  const tokens = await tokensFor(environment, client, userToken);
  const alive = async () => (await ask(environment, '/oauth/userinfo', { token: String(tokens.access_token) })).status === 200;
  for (const token of [tokens.refresh_token, tokens.access_token, 'unknown'])
    expect((await post(environment, '/oauth/revoke', other, { token: String(token) })).status).toBe(200);
  expect(await alive()).toBe(true);
  expect((await post(environment, '/oauth/revoke', client, { token: String(tokens.refresh_token) })).status).toBe(200);
  expect(await alive()).toBe(false);
});

test('a client that may not renew gets no refresh token', async () => {
  const client = await addClient(environment, { grant_types: ['authorization_code'] });
  const tokens = await tokensFor(environment, client, userToken);
  expect(tokens).not.toHaveProperty('refresh_token');
  const answer = await post(environment, '/oauth/token', client, {
    grant_type: 'refresh_token',
    refresh_token: 'whatever-it-is',
  });
  expect(answer.body.error).toBe('unauthorized_client');
});
