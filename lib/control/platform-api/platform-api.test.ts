/** The API over HTTP: what it answers, what it refuses, and that every answer is what its schema says. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '#lib/control/platform-api/routes.ts';
import { addOperator, call, makeTestControl, ownerEmail, ownerPassword, type TestControl } from '#lib/control/test-control.ts';

let started: TestControl;
beforeAll(async () => {
  started = await makeTestControl();
});
afterAll(() => started.close());

const answered = new Set<string>();

/** As the owner; checks the answer against its route's schema. */
async function ask(method: string, path: string, body?: unknown) {
  const answer = await call(started.control, method, path, { token: started.token, body });
  const route = routes.find((one) => {
    const pattern = new RegExp(`^${one.path.replace(/\{\w+\}/g, '[^/]+')}$`);
    return one.method === method && pattern.test(path.split('?')[0] ?? '');
  });
  if (route !== undefined && answer.status < 300) {
    expect(answer.status).toBe(route.status);
    expect(route.response.safeParse(answer.body).error, route.id).toBeUndefined();
    answered.add(route.id);
  }
  return answer;
}

test('a project from its making to its end', async () => {
  const made = await ask('POST', '/projects', { name: 'Über Shop', compliance: { gdpr: true } });
  expect(made).toMatchObject({
    status: 201,
    body: {
      ref: 'uber-shop',
      name: 'Über Shop',
      status: 'active',
      role: 'owner',
      compliance: { hipaa: false, gdpr: true, ccpa: false },
      environments: [{ ref: 'uber-shop', name: 'production', kind: 'production', status: 'active' }],
    },
  });
  expect((await ask('POST', '/projects', { name: 'Über Shop' })).fields.id).toBe(made.fields.id);
  expect((await ask('POST', '/projects', { name: 'Other', ref: 'uber-shop' })).body).toMatchObject({ code: 'ref_taken' });
  expect((await ask('PATCH', '/projects/uber-shop', { name: 'Store', compliance: { gdpr: false } })).body).toMatchObject({
    name: 'Store',
    compliance: { gdpr: false },
  });
  const staging = await ask('POST', '/projects/uber-shop/environments', { kind: 'staging' });
  expect(staging.body).toMatchObject({ ref: 'uber-shop-staging', kind: 'staging', status: 'active' });
  const branch = await ask('POST', '/projects/uber-shop/environments', { kind: 'branch', name: 'PR 42' });
  expect(branch.body).toMatchObject({ ref: 'uber-shop-pr-42', name: 'PR 42' });
  expect((await ask('GET', '/projects/uber-shop-staging')).body).toMatchObject({ ref: 'uber-shop', name: 'Store' });
  const list = await ask('GET', '/projects/uber-shop-staging/environments');
  expect(list.rows.map((one) => one.ref)).toEqual(['uber-shop', 'uber-shop-staging', 'uber-shop-pr-42']);
  expect((await ask('DELETE', '/projects/uber-shop/environments/uber-shop')).body).toMatchObject({ code: 'production_stays' });
  expect((await ask('DELETE', '/projects/uber-shop-staging')).body).toMatchObject({ code: 'not_a_project' });
  expect((await ask('DELETE', '/projects/uber-shop/environments/uber-shop-staging')).status).toBe(204);
  expect((await ask('DELETE', '/projects/uber-shop')).body).toMatchObject({ ref: 'uber-shop', name: 'Store' });
  expect((await ask('GET', '/projects/uber-shop')).status).toBe(404);
  expect((await ask('GET', '/projects')).body).toEqual([]);
});

test('pausing stops one environment or all, restoring undoes it', async () => {
  await ask('POST', '/projects', { name: 'Paused' });
  await ask('POST', '/projects/paused/environments', { kind: 'dev' });
  const statuses = () => ['paused', 'paused-dev'].map((ref) => started.control.directory.find(ref)?.status);
  await ask('POST', '/projects/paused-dev/pause');
  expect(statuses()).toEqual(['active', 'paused']);
  expect((await ask('POST', '/projects/paused/pause')).body).toMatchObject({ status: 'paused' });
  expect(statuses()).toEqual(['paused', 'paused']);
  expect((await ask('POST', '/projects/paused/database/query', { query: 'select 1' })).body).toMatchObject({
    code: 'environment_not_active',
    hint: 'POST /projects/paused/restore',
  });
  expect((await ask('POST', '/projects/paused/restore')).body).toMatchObject({ status: 'active' });
  expect(statuses()).toEqual(['active', 'active']);
});

test('keys, signing keys, tokens', async () => {
  await ask('POST', '/projects', { name: 'Keys' });
  expect((await ask('GET', '/projects/keys/api-keys')).body).toHaveLength(4);
  const revealed = (await ask('GET', '/projects/keys/api-keys?reveal=true')).rows;
  expect(revealed.every((key) => typeof key.api_key === 'string')).toBe(true);
  const made = (await ask('POST', '/projects/keys/api-keys', { type: 'publishable', name: 'web' })).fields;
  expect(made.api_key).toMatch(/^sb_publishable_/);
  expect((await ask('POST', '/projects/keys/api-keys/rotate', { id: made.id })).body).toHaveLength(5);
  const keys = (await ask('POST', '/projects/keys/api-keys/rotate')).rows;
  const web = keys.find((key) => key.name === 'web');
  expect((await ask('DELETE', `/projects/keys/api-keys/${web?.id}`)).status).toBe(204);
  const signing = (await ask('GET', '/projects/keys/config/auth/signing-keys')).rows;
  const previous = signing.find((key) => key.status === 'previous');
  expect((await ask('DELETE', `/projects/keys/config/auth/signing-keys/${previous?.id}`)).status).toBe(204);
  const { token } = (await ask('POST', '/projects/keys/tokens', { sub: 'someone', claims: { team: 7 }, expires_in: 60 })).fields;
  const claims = JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString());
  expect(claims).toMatchObject({ role: 'authenticated', sub: 'someone', team: 7, ref: 'keys' });
  expect(claims.exp - claims.iat).toBe(60);
});

test('settings merge, null resets, what is unknown is refused', async () => {
  await ask('POST', '/projects', { name: 'Set' });
  expect((await ask('GET', '/projects/set/settings')).body).toMatchObject({ api: { maxRows: 1000 }, durability: 'full' });
  const patched = await ask('PATCH', '/projects/set/settings', { api: { maxRows: 7, plan: true } });
  expect(patched.body).toMatchObject({ api: { maxRows: 7, plan: true } });
  expect(started.control.directory.find('set')?.settings.api.maxRows).toBe(7);
  const reset = await ask('PATCH', '/projects/set/settings', { api: { maxRows: null } });
  expect(reset.body).toMatchObject({ api: { maxRows: 1000, plan: true } });
  expect((await ask('PATCH', '/projects/set/settings', { api: { nope: 1 } })).body).toMatchObject({
    code: 'invalid_settings',
    message: 'There is no setting "api.nope".',
  });
});

test('the rest of the table', async () => {
  expect((await call(started.control, 'GET', '/health')).body).toEqual({ status: 'ok' });
  await ask('GET', '/health');
  expect((await ask('GET', '/profile')).body).toMatchObject({ email: ownerEmail, platform_role: 'owner' });
  await ask('POST', '/sign-in', { email: ownerEmail, password: ownerPassword });
  expect((await ask('POST', '/sign-out')).status).toBe(204);
  expect((await ask('GET', '/projects/set/logs?min_elapsed_ms=100')).body).toEqual([]);
  expect((await ask('GET', '/projects/set/advisors/security')).body).toEqual({ lints: [] });
  const audit = (await ask('GET', '/audit?limit=3')).rows;
  expect(audit).toHaveLength(3);
  const oldest = Number(audit[2]?.seq);
  expect((await ask('GET', `/audit?before=${oldest}&limit=1`)).body).toMatchObject([{ seq: oldest - 1 }]);
  expect((await ask('GET', '/projects/set/audit')).body).toMatchObject([
    { action: 'settings.update' },
    {},
    { action: 'project.create' },
  ]);
  expect((await ask('GET', '/openapi.json')).body).toMatchObject({ openapi: '3.1.0' });
});

describe('refused, and how it is said', () => {
  test.each([
    ['GET', '/nothing', undefined, 404, 'not_found'],
    ['GET', '/projects/', undefined, 404, 'project_not_found'],
    ['GET', '/projects/nope', undefined, 404, 'project_not_found'],
    ['GET', '/projects/%E0%A4%A', undefined, 400, 'invalid_request'],
    ['PATCH', '/projects', {}, 405, 'method_not_allowed'],
    ['POST', '/projects', { name: '' }, 400, 'invalid_request'],
    ['POST', '/projects', { name: 7 }, 400, 'invalid_request'],
    ['POST', '/projects', [], 400, 'invalid_request'],
    ['POST', '/projects', { name: 'Platform' }, 400, 'reserved_ref'],
    ['POST', '/projects', { name: 'x', ref: '../x' }, 400, 'invalid_ref'],
    ['POST', '/projects', { name: '!!!' }, 400, 'invalid_ref'],
    ['GET', '/audit?limit=0', undefined, 400, 'invalid_request'],
    ['GET', '/audit?limit=9999999', undefined, 400, 'invalid_request'],
    ['POST', '/projects/set/environments', { kind: 'moon' }, 400, 'invalid_request'],
    ['POST', '/projects/set/environments', { kind: 'branch', name: '***' }, 400, 'invalid_environment_name'],
    ['DELETE', '/projects/set/environments/none', undefined, 404, 'project_not_found'],
    ['DELETE', '/projects/set/api-keys/none', undefined, 404, 'api_key_not_found'],
    ['POST', '/projects/set/tokens', { expires_in: 0 }, 400, 'invalid_request'],
    ['POST', '/projects/set/tokens', { role: 'nobody' }, 400, 'unknown_role'],
    ['PATCH', '/projects/set/settings', { api: { maxRows: 'many' } }, 400, 'invalid_settings'],
    ['PATCH', '/projects/set/settings', { __proto__: null, constructor: {} }, 400, 'invalid_settings'],
  ])('%s %s %j → %i %s', async (method, path, body, status, code) => {
    const answer = await ask(method, path, body);
    expect(answer).toMatchObject({ status, body: { code, message: expect.any(String) } });
    expect(answer.body).toHaveProperty('hint');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('a body that is no JSON, of another type, or too large', async () => {
    const { token } = started;
    const send = (text: string, type: string) =>
      call(started.control, 'POST', '/projects', {
        token,
        body: new TextEncoder().encode(text),
        headers: { 'content-type': type },
      });
    expect(await send('{"name":', 'application/json')).toMatchObject({ status: 400, body: { code: 'invalid_json' } });
    const deep = `{"name":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    expect(await send(deep, 'application/json')).toMatchObject({ status: 400, body: { code: 'invalid_json' } });
    expect(await send('{"name":"x"}', 'text/plain')).toMatchObject({ status: 415 });
    expect(await send('name=x', 'application/x-www-form-urlencoded')).toMatchObject({ status: 415 });
    expect(await send(`{"name":"${'x'.repeat(1 << 20)}"}`, 'application/json')).toMatchObject({ status: 413 });
  });

  test('an unexpected error is logged, and only its number told', async () => {
    const logged: Record<string, unknown>[] = [];
    const broken = await makeTestControl({ logger: { info: () => undefined, error: (fields) => void logged.push(fields) } });
    await broken.control.context.database.$executeRaw`DROP TABLE memberships`;
    const { token } = broken;
    const answer = await call(broken.control, 'POST', '/projects', { token, body: { name: 'Shop' } });
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal_error', message: 'Something went wrong.' } });
    expect(answer.text).not.toMatch(/memberships|prisma|sqlite/i);
    expect(logged).toMatchObject([{ request_id: answer.fields.request_id, err: expect.any(Error) }]);
    await broken.close();
  });
});

describe('with a cookie', () => {
  let cookie: string;
  beforeAll(async () => {
    const answer = await call(started.control, 'POST', '/sign-in', { body: { email: ownerEmail, password: ownerPassword } });
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  });
  const change = (headers: Record<string, string>) =>
    call(started.control, 'PATCH', '/projects/set', { headers: { cookie, ...headers }, body: { name: 'Set' } });

  test.each([[{ 'sec-fetch-site': 'same-origin' }], [{ origin: 'http://localhost:3000' }]])(
    'a change from the dashboard passes: %j',
    async (headers) => {
      expect((await change(headers)).status).toBe(200);
    },
  );

  test.each([
    [{}],
    [{ origin: 'http://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: 'http://localhost:3001' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'cross-site', origin: 'http://localhost:3000' }],
    [{ 'sec-fetch-site': 'none' }],
  ])('a change from elsewhere is refused: %j', async (headers) => {
    expect(await change(headers)).toMatchObject({ status: 403, body: { code: 'cross_origin' } });
  });

  test('reading needs no origin; nobody can be signed in from another site', async () => {
    expect((await call(started.control, 'GET', '/projects', { headers: { cookie } })).status).toBe(200);
    const body = { email: ownerEmail, password: ownerPassword };
    const foreign = await call(started.control, 'POST', '/sign-in', { body, headers: { origin: 'http://evil.example' } });
    expect(foreign).toMatchObject({ status: 403, body: { code: 'cross_origin' } });
    expect(foreign.headers.has('set-cookie')).toBe(false);
  });
});

test('everything but the public routes needs someone, and HEAD is a GET without a body', async () => {
  const open = routes.filter((route) => route.access === 'public').map((route) => route.id);
  expect(open).toEqual([
    'getHealth',
    'signIn',
    'signOut',
    'getSignInOptions',
    'startSso',
    'finishSso',
    'requestPasswordReset',
    'resetPassword',
    'acceptInvite',
  ]);
  const { token } = await addOperator(started.control);
  const head = await call(started.control, 'HEAD', '/projects', { token });
  expect(head).toMatchObject({ status: 200, text: '' });
  expect(await call(started.control, 'GET', '/projects')).toMatchObject({ status: 401, body: { code: 'not_signed_in' } });
  expect(await call(started.control, 'GET', '/projects', { token: 'wrong' })).toMatchObject({ status: 401 });
});

/** What needs the data plane beside it is answered in tests/conformance. */
const elsewhere =
  /^(runQuery|importDatabase|impersonate|(list|end)Impersonations?|getSignInOptions|requestPasswordReset|(start|finish)Sso|(get|update|list|send)Instance\w+|(list|remove)OwnIdentit(y|ies)|verifyAudit|verifyAuthAudit|acceptAuditRestore|(list|create|change|delete|set|grant|revoke)AppRole.*|(list|create|update|delete|renew)OAuthClient\w*|revokeOAuthGrant|listAuthUserGrants|(list|try)Policies|listSlowRequests|(list|create|get|update|delete)AuthUsers?|(list|end)AuthUserSessions|(get|update)AuthConfig|hardenAuth|listMails|(get|resend)Mail|(list|add|change|remove)Members?|(list|create|revoke|accept)Invites?|(list|change|remove)Operators?|resetOperatorFactors|.*(OwnSessions?|OwnTokens?|OwnFactors|Totp|Passkey|RecoveryCodes|OtherSessions|Password))$/;

test('every other route was answered above, by its schema', () => {
  const missing = routes.map((route) => route.id).filter((id) => !answered.has(id) && !elsewhere.test(id));
  expect(missing).toEqual([]);
});
