/** Attacks on the OAuth server: on its redirects, its codes, its tokens, and through a client on the user's account. */

import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyToken } from '#lib/identity/jwt.ts';
import { type AuthEnvironment, openAuthEnvironment } from '../support/auth-environment.ts';
import { ask, signIn } from '../support/auth-http.ts';
import {
  addClient,
  answerRequest,
  authorize,
  callback,
  claimsOf,
  codeFor,
  exchange,
  newVerifier,
  oauthOn,
  post,
  renew,
  request,
  type TestClient,
  tokensFor,
} from '../support/oauth-flow.ts';

let environment: AuthEnvironment;
let client: TestClient;
let token: string;

beforeEach(async () => {
  environment = await openAuthEnvironment({ settings: oauthOn });
  client = await addClient(environment);
  token = (await signIn(environment)).access_token ?? '';
});
afterEach(() => environment.close());

const alive = async (accessToken: unknown) =>
  (await ask(environment, '/oauth/userinfo', { token: String(accessToken) })).status === 200;
const sessions = (clientId: string) =>
  environment.database.read((connection) =>
    Number(connection.value('SELECT count(*) FROM _koyalite_sessions WHERE oauth_client_id = ?', clientId)),
  );

test.each([
  'https://evil.example/callback',
  'https://client.example/callback/',
  'https://client.example/callback?x=1',
  'https://client.example/callback#x',
  'https://client.example/Callback',
  'https://CLIENT.example/callback',
  'https://client.example:443/callback',
  'https://client.example/callback/../evil',
  'https://client.example/%63allback',
  'https://client.example@evil.example/callback',
  'https://client.example.evil.example/callback',
  'https://client.example/callback%00',
  ' https://client.example/callback',
  '//client.example/callback',
  'javascript:alert(1)',
  '*',
])('an answer never goes to %s', async (uri) => {
  for (const more of [{}, { response_type: 'token' }, { code_challenge: undefined }, { scope: 'everything' }]) {
    const { answer, location } = await authorize(environment, client, { redirect_uri: uri, ...more });
    expect([answer.status, location]).toEqual([400, null]);
    expect(answer.body.error).toBe('invalid_request');
  }
});

test.each([
  'http://evil.example/cb',
  'https://evil.example/cb#x',
  'https://user@evil.example/cb',
  'https://evil.example\\@client.example/cb',
  'https://evil.example/cb\n',
  'https://*.example/cb',
  'javascript://x/%0aalert(1)',
  'data://x/y',
  'file:///etc/passwd',
  '/relative',
  'https:',
  '',
])('no client is registered at %j', async (uri) => {
  const body = { client_name: 'x', redirect_uris: [callback, uri] };
  const answer = await ask(environment, '/admin/oauth/clients', { token: environment.serviceKey, body });
  expect([answer.status, answer.body.code]).toEqual([400, 'validation_failed']);
});

test('neither is one whose pages run or whose name turns around', async () => {
  for (const fields of [
    { client_uri: 'javascript:alert(1)' },
    { logo_uri: 'data:image/svg+xml,x' },
    { client_name: 'Bank\u202Egnp.' },
  ]) {
    const body = { client_name: 'x', redirect_uris: [callback], ...fields };
    expect((await ask(environment, '/admin/oauth/clients', { token: environment.serviceKey, body })).status).toBe(400);
  }
});

test('a parameter that comes twice is refused, not chosen from', async () => {
  const { challenge } = newVerifier();
  const query = new URLSearchParams({ client_id: client.id, redirect_uri: 'https://evil.example', code_challenge: challenge });
  query.append('redirect_uri', callback);
  const answer = await ask(environment, `/oauth/authorize?${query}`);
  expect([answer.status, answer.headers.get('location'), answer.body.error]).toEqual([400, null, 'invalid_request']);
});

test.each([
  [{ code_challenge_method: 'plain' }, 'invalid_request'],
  [{ code_challenge_method: undefined }, 'invalid_request'],
  [{ code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
  [{ code_challenge: 'x'.repeat(128) }, 'invalid_request'],
  [{ code_challenge: 'short' }, 'invalid_request'],
  [{ response_type: 'token' }, 'unsupported_response_type'],
  [{ response_type: 'code id_token' }, 'unsupported_response_type'],
  [{ response_mode: 'fragment' }, 'invalid_request'],
  [{ scope: 'openid admin' }, 'invalid_scope'],
  [{ prompt: 'none' }, 'interaction_required'],
  [{ request: 'eyJ' }, 'request_not_supported'],
  [{ request_uri: 'http://169.254.169.254/' }, 'request_uri_not_supported'],
  [{ resource: 'not a uri' }, 'invalid_request'],
  [{ state: 'x'.repeat(3000) }, 'invalid_request'],
])('%o is told to the client, with the state and the issuer', async (parameters, error) => {
  const { answer, location } = await authorize(environment, client, parameters);
  expect(answer.status).toBe(302);
  expect(location?.href.startsWith(`${callback}?`)).toBe(true);
  expect(location?.searchParams.get('error')).toBe(error);
  expect(location?.searchParams.get('iss')).toBe(`${environment.url}/auth/v1`);
  expect(location?.searchParams.get('state')).toMatch(/^x/);
});

test('of 20 parallel exchanges of one code exactly one succeeds, and then nobody keeps what it opened', async () => {
  const grant = await codeFor(environment, client, token);
  const answers = await Promise.all(Array.from({ length: 20 }, () => exchange(environment, client, grant)));
  const [won, ...more] = answers.filter(({ status }) => status === 200);
  expect(more).toEqual([]);
  expect(answers.filter(({ body }) => body.error === 'invalid_grant')).toHaveLength(19);
  expect(await alive(won?.body.access_token)).toBe(false);
  expect((await renew(environment, client, won?.body.refresh_token)).body.error).toBe('invalid_grant');
  expect(sessions(client.id)).toBe(0);
});

test('a code that is stolen is worth nothing without its verifier, client and time', async () => {
  const other = await addClient(environment);
  const open = await addClient(environment, { token_endpoint_auth_method: 'none' });
  // The user let these in as well: their codes are no more each other's for it.
  for (const one of [other, open]) await tokensFor(environment, one, token);
  const grant = await codeFor(environment, client, token);
  const { verifier } = newVerifier();
  const refused = async (answer: ReturnType<typeof exchange>) => expect((await answer).body.error).toBe('invalid_grant');
  await refused(exchange(environment, client, { code: grant.code, verifier }));
  await refused(exchange(environment, client, { code: grant.code, verifier: '' }));
  await refused(exchange(environment, other, grant));
  await refused(exchange(environment, open, grant));
  await refused(exchange(environment, client, grant, { redirect_uri: 'https://evil.example' }));
  await refused(exchange(environment, client, grant, { resource: 'https://other.example' }));
  await refused(exchange(environment, client, { ...grant, code: grant.code.toLowerCase() }));
  environment.pass(61);
  await refused(exchange(environment, client, grant));
  expect(sessions(client.id)).toBe(0);
});

test('a code bound to nobody any more opens nothing', async () => {
  const grant = await codeFor(environment, client, token);
  await ask(environment, `/user/oauth/grants?client_id=${client.id}`, { method: 'DELETE', token });
  expect((await exchange(environment, client, grant)).body.error).toBe('invalid_grant');
  const again = await codeFor(environment, client, token);
  // As an operator bans, past the auth service.
  await environment.database.write((connection) => connection.run("UPDATE _koyalite_users SET banned_until = '2999-01-01'"));
  expect((await exchange(environment, client, again)).body.error).toBe('invalid_grant');
});

test('a new password voids what a thief has just agreed to', async () => {
  const grant = await codeFor(environment, client, token);
  const tokens = await tokensFor(environment, client, token);
  expect((await ask(environment, '/user', { method: 'PUT', token, body: { password: 'another-secret-2' } })).status).toBe(200);
  expect((await exchange(environment, client, grant)).body.error).toBe('invalid_grant');
  expect(await alive(tokens.access_token)).toBe(false);
});

test('a confidential client is nobody without its secret, by the way it registered', async () => {
  const grant = await codeFor(environment, client, token);
  const bare = { grant_type: 'authorization_code', code: grant.code, code_verifier: grant.verifier };
  for (const form of [
    { ...bare, client_id: client.id },
    { ...bare, client_id: client.id, client_secret: client.secret },
    { ...bare, client_id: client.id, client_secret: 'wrong' },
    { ...bare, client_id: '00000000-0000-4000-8000-000000000000' },
    { ...bare, client_id: "x' OR 1=1" },
    bare,
  ]) {
    const answer = await post(environment, '/oauth/token', null, form);
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
  }
  const wrong = await exchange(environment, { id: client.id, secret: 'wrong' }, grant);
  expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="oauth"']);
  const both = await exchange(environment, client, grant, { client_secret: client.secret });
  expect(both.body.error).toBe('invalid_request');
  const mixed = await exchange(environment, client, grant, { client_id: (await addClient(environment)).id });
  expect(mixed.body.error).toBe('invalid_request');
  expect((await exchange(environment, client, grant)).status).toBe(200);
});

test('a renewed secret and a removed client are dead at once', async () => {
  const tokens = await tokensFor(environment, client, token);
  await ask(environment, `/admin/oauth/clients/${client.id}/regenerate_secret`, {
    method: 'POST',
    token: environment.serviceKey,
  });
  expect((await renew(environment, client, tokens.refresh_token)).body.error).toBe('invalid_client');
  expect(await alive(tokens.access_token)).toBe(true);
  await ask(environment, `/admin/oauth/clients/${client.id}`, { method: 'DELETE', token: environment.serviceKey });
  expect(await alive(tokens.access_token)).toBe(false);
});

test('addresses taken from a client end its requests under way', async () => {
  const grant = await codeFor(environment, client, token);
  const { id } = await request(environment, client);
  const body = { redirect_uris: ['https://client.example/new'] };
  await ask(environment, `/admin/oauth/clients/${client.id}`, { method: 'PUT', token: environment.serviceKey, body });
  expect((await exchange(environment, client, grant)).body.error).toBe('invalid_grant');
  expect((await ask(environment, `/oauth/authorizations/${id}`, { token })).status).toBe(404);
});

test('refresh tokens rotate, serve one client, and end the session when one comes back late', async () => {
  environment.set({ refresh_token_rotation_enabled: false });
  const other = await addClient(environment);
  const first = await tokensFor(environment, client, token);
  for (const more of [{}, { scope: 'phone' }])
    expect((await renew(environment, other, first.refresh_token, more)).body.error).toBe('invalid_grant');
  const asApp = await ask(environment, '/token?grant_type=refresh_token', { body: { refresh_token: first.refresh_token } });
  expect(asApp.body.code).toBe('refresh_token_not_found');
  const second = (await renew(environment, client, first.refresh_token)).body;
  expect(second.refresh_token).not.toBe(first.refresh_token);
  expect(claimsOf(second.access_token)).toMatchObject({ client_id: client.id, scope: 'openid profile email' });
  environment.pass(11);
  expect((await renew(environment, client, first.refresh_token)).body.error).toBe('invalid_grant');
  expect((await renew(environment, client, second.refresh_token)).body.error).toBe('invalid_grant');
  expect(await alive(second.access_token)).toBe(false);
});

test("the app's own refresh token is no client's", async () => {
  const own = await signIn(environment);
  expect((await renew(environment, client, own.refresh_token)).body.error).toBe('invalid_grant');
  expect((await ask(environment, '/token?grant_type=refresh_token', { body: { refresh_token: own.refresh_token } })).status).toBe(
    200,
  );
});

test('a refresh may ask for less, never for more', async () => {
  const tokens = await tokensFor(environment, client, token, { scope: 'openid email' });
  const more = await renew(environment, client, tokens.refresh_token, { scope: 'openid email phone' });
  expect(more.body.error).toBe('invalid_scope');
  const less = (await renew(environment, client, tokens.refresh_token, { scope: 'openid' })).body;
  expect(claimsOf(less.access_token)).toMatchObject({ scope: 'openid', email: '' });
  expect((await ask(environment, '/oauth/userinfo', { token: String(less.access_token) })).body).not.toHaveProperty('email');
  const back = (await renew(environment, client, less.refresh_token)).body;
  expect(back.scope).toBe('openid email');
});

test("a request is answered by the one user who opened it, and by nobody's client", async () => {
  const eve = (await signIn(environment, 'eve@x.io')).access_token ?? '';
  const clientToken = String((await tokensFor(environment, client, token)).access_token);
  const { id } = await request(environment, client, { scope: 'openid phone' });
  const consent = (as: string) =>
    ask(environment, `/oauth/authorizations/${id}/consent`, { token: as, body: { action: 'approve' } });
  expect((await consent(eve)).status).toBe(404);
  expect((await ask(environment, `/oauth/authorizations/${id}`, { token })).status).toBe(200);
  expect((await ask(environment, `/oauth/authorizations/${id}`, { token: eve })).status).toBe(404);
  expect((await consent(eve)).status).toBe(404);
  expect((await consent(clientToken)).body.code).toBe('oauth_client_not_allowed');
  expect((await ask(environment, `/oauth/authorizations/${id}`, { token: clientToken })).body.code).toBe(
    'oauth_client_not_allowed',
  );
  expect((await ask(environment, `/oauth/authorizations/${id}`)).status).toBe(401);
  const foreign = await ask(environment, `/oauth/authorizations/${id}/consent`, {
    token,
    body: { action: 'approve' },
    headers: { Origin: 'https://evil.example' },
  });
  expect(foreign.body.message).toBe('unauthorized request origin');
  const answers = await Promise.all(Array.from({ length: 10 }, () => consent(token)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  // Answered, it is still nobody else's to know of.
  expect((await ask(environment, `/oauth/authorizations/${id}`, { token: eve })).status).toBe(404);
});

test('with a second factor enrolled, the first alone lets no app in', async () => {
  const { id } = await request(environment, client);
  await tokensFor(environment, client, token);
  const sub = String(claimsOf(token).sub);
  await environment.database.write((connection) =>
    connection.run(
      `INSERT INTO _koyalite_mfa_factors(id, user_id, friendly_name, factor_type, status, created_at, updated_at)
       VALUES ('6ba7b810-9dad-41d1-80b4-00c04fd430c8', ?, 'app', 'totp', 'verified', '2026', '2026')`,
      sub,
    ),
  );
  // Agreed before, yet not passed on unasked.
  expect((await ask(environment, `/oauth/authorizations/${id}`, { token })).body).not.toHaveProperty('redirect_url');
  const answer = await ask(environment, `/oauth/authorizations/${id}/consent`, { token, body: { action: 'approve' } });
  expect([answer.status, answer.body.code]).toEqual([401, 'insufficient_aal']);
});

test("a client changes nothing of the user's account, whatever the scopes", async () => {
  const scope = 'openid profile email phone';
  const clientToken = String((await tokensFor(environment, client, token, { scope })).access_token);
  const uuid = '6ba7b810-9dad-41d1-80b4-00c04fd430c8';
  environment.set({ passkeys_enabled: true, security_manual_linking_enabled: true });
  for (const [method, path, body] of [
    ['PUT', '/user', { password: 'taken-over-1' }],
    ['PUT', '/user', { email: 'eve@x.io' }],
    ['PUT', '/user', { data: { role: 'admin' } }],
    ['GET', '/reauthenticate', undefined],
    ['POST', '/factors', { factor_type: 'totp' }],
    ['DELETE', `/factors/${uuid}`, undefined],
    ['POST', `/factors/${uuid}/challenge`, {}],
    ['POST', `/factors/${uuid}/verify`, { challenge_id: uuid, code: '123456' }],
    ['POST', '/factors/recovery-codes', {}],
    ['GET', '/factors/recovery-codes', undefined],
    ['DELETE', '/factors/recovery-codes', undefined],
    ['POST', '/factors/recovery-codes/regenerate', {}],
    ['GET', '/user/identities/authorize?provider=github', undefined],
    ['DELETE', `/user/identities/${uuid}`, undefined],
    ['POST', '/passkeys/registration/options', {}],
    ['POST', '/passkeys/registration/verify', {}],
    ['GET', '/passkeys', undefined],
    ['PATCH', `/passkeys/${uuid}`, { friendly_name: 'x' }],
    ['DELETE', `/passkeys/${uuid}`, undefined],
    ['GET', '/user/oauth/grants', undefined],
    ['DELETE', `/user/oauth/grants?client_id=${client.id}`, undefined],
  ] as const) {
    const answer = await ask(environment, path, { method, token: clientToken, ...(body === undefined ? {} : { body }) });
    expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 403, 'oauth_client_not_allowed']);
  }
  expect((await ask(environment, '/user', { token: clientToken })).body).not.toHaveProperty('factors');
  // Signing out ends the client's own session alone, even "everywhere".
  expect((await ask(environment, '/logout?scope=global', { method: 'POST', token: clientToken })).status).toBe(204);
  expect(await alive(clientToken)).toBe(false);
  expect((await ask(environment, '/user', { token })).status).toBe(200);
});

test("a client of an administrator's account is no administrator", async () => {
  const sub = String(claimsOf(token).sub);
  await ask(environment, `/admin/users/${sub}`, { method: 'PUT', token: environment.serviceKey, body: { role: 'service_role' } });
  const clientToken = String((await tokensFor(environment, client, token)).access_token);
  expect(claimsOf(clientToken).role).toBe('service_role');
  expect((await ask(environment, '/admin/users', { token: clientToken })).body.code).toBe('not_admin');
});

test('an ID token opens nothing: not auth, not the data APIs, not the client it was not made for', async () => {
  const tokens = await tokensFor(environment, client, token);
  const idToken = String(tokens.id_token);
  expect(claimsOf(idToken)).toMatchObject({ aud: client.id, iss: `${environment.url}/auth/v1` });
  expect(verifyToken(idToken, environment.signingKeys, environment.now() / 1000).ok).toBe(false);
  expect((await ask(environment, '/user', { token: idToken })).body.code).toBe('bad_jwt');
  const info = await ask(environment, '/oauth/userinfo', { token: idToken });
  expect([info.status, info.body.error]).toEqual([401, 'invalid_token']);
  expect(info.headers.get('www-authenticate')).toContain('invalid_token');
  for (const [name, value] of Object.entries(tokens)) {
    if (name === 'refresh_token') expect((await ask(environment, '/user', { token: String(value) })).body.code).toBe('bad_jwt');
  }
});

test('a hook cannot take the client off a token', async () => {
  await environment.close();
  environment = await openAuthEnvironment({
    settings: {
      ...oauthOn,
      hook_custom_access_token_enabled: true,
      hook_custom_access_token_uri: 'pg-functions://postgres/public/strip',
    },
    runFunction: async () => ({ claims: { role: 'authenticated', client_id: null, scope: 'everything' } }),
  });
  const own = await addClient(environment);
  const { access_token: user = '' } = await signIn(environment);
  const tokens = await tokensFor(environment, own, user, { scope: 'openid' });
  expect(claimsOf(tokens.access_token)).toMatchObject({ client_id: own.id, scope: 'openid' });
});

test('no secret, code, request id or token is in the file', async () => {
  const { id } = await request(environment, client);
  const grant = await codeFor(environment, client, token);
  const tokens = (await exchange(environment, client, grant)).body;
  const tables = ['clients', 'authorizations', 'consents'].map((name) => `_koyalite_oauth_${name}`);
  const stored = environment.database.read((connection) =>
    JSON.stringify(
      [...tables, '_koyalite_refresh_tokens', '_koyalite_auth_audit'].map((name) => connection.all(`SELECT * FROM ${name}`)),
    ),
  );
  for (const secret of [id, grant.code, client.secret, tokens.refresh_token, tokens.access_token])
    expect(stored).not.toContain(String(secret));
});

test('requests, guesses and registrations are limited by address; a proven client is not', async () => {
  environment.set({
    rate_limit_oauth_authorize: 3,
    rate_limit_oauth_token: 3,
    rate_limit_oauth_register: 3,
    oauth_server_allow_dynamic_registration: true,
  });
  const fourth = async (send: () => Promise<{ status: number; headers: Headers; body: Record<string, unknown> }>) => {
    const answers = [await send(), await send(), await send(), await send()];
    expect(answers.map(({ status }) => status === 429)).toEqual([false, false, false, true]);
    expect(answers[3]?.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(answers[3]?.body.error).toBe('temporarily_unavailable');
  };
  await fourth(() => ask(environment, `/oauth/authorize?client_id=${client.id}`));
  await fourth(() => exchange(environment, { id: client.id, secret: 'guess' }, { code: 'x', verifier: 'x' }));
  await fourth(() => ask(environment, '/oauth/clients/register', { body: { redirect_uris: [callback] } }));
  for (let index = 0; index < 5; index++)
    expect((await exchange(environment, client, { code: 'x', verifier: 'x' })).body.error).toBe('invalid_grant');
});

test('malformed bodies are the sender’s fault', async () => {
  for (const [body, type] of [
    ['{"grant_type":', 'application/json'],
    ['[1,2]', 'application/json'],
    ['{"grant_type":{"$ne":""},"client_id":1}', 'application/json'],
    ['%ff%fe&&=', 'application/x-www-form-urlencoded'],
    ['', 'text/plain'],
  ] as const) {
    const answer = await ask(environment, '/oauth/token', { method: 'POST', body, headers: { 'Content-Type': type } });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(Object.keys(answer.body)).toEqual(['error', 'error_description']);
  }
  const deep = await ask(environment, '/admin/oauth/clients', { token: environment.serviceKey, body: { redirect_uris: 'x' } });
  expect(deep.status).toBe(400);
  expect(await answerRequest(environment, token, 'unknown').catch((error: Error) => error.message)).toContain('not_found');
});
