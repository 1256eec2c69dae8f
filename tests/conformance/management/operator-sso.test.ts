/** Operators sign in through a real OpenID provider: who gets in, who must agree first, and what is refused. */

import { TOTP } from 'otpauth';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { verifyAudit } from '#lib/control/audit.ts';
import { addOperator } from '#lib/control/test-control.ts';
import { type Answered, type Management, ownerEmail, ownerPassword, startManagement } from '../../support/management.ts';
import { type OidcServer, oidcClient, startOidcServer } from '../../support/oidc-server.ts';

let provider: OidcServer;
let management: Management;
const ask: Management['ask'] = (...call) => management.ask(...call);
const database = () => management.platform.control.context.database;
const password = 'a password of mine';

beforeAll(async () => {
  provider = await startOidcServer('http://localhost:3000/sso');
});
afterAll(() => provider.close());
beforeEach(async () => {
  management = await startManagement();
  await ask('POST', '/projects', { body: { name: 'Shop' } });
  await set({});
});
afterEach(() => management.close());

async function set(change: Record<string, unknown>): Promise<void> {
  const body = {
    sso_enabled: true,
    sso_name: 'Acme',
    sso_issuer: provider.issuer,
    sso_client_id: oidcClient.id,
    sso_client_secret: oidcClient.secret,
    ...change,
  };
  expect((await ask('PATCH', '/instance/sign-in', { body })).status).toBe(200);
}

const cookieOf = ({ headers }: Answered, name: string) =>
  headers
    .getSetCookie()
    .findLast((one) => one.startsWith(`koyalite_${name}=`))
    ?.split(';')[0] ?? '';

/** Out to the provider and back, to what the page would send. */
async function travel() {
  const started = await ask('POST', '/sso/start', { token: null, body: { next: '/account' } });
  expect(started.status).toBe(200);
  const { searchParams } = await provider.signIn(String(started.fields.url));
  const arrival = Object.fromEntries(['code', 'state', 'iss'].map((name) => [name, searchParams.get(name) ?? undefined]));
  return { arrival, cookie: cookieOf(started, 'sso') };
}

const finish = (cookie: string, body: Record<string, unknown>) => ask('POST', '/sso/finish', { token: null, cookie, body });

async function signIn(): Promise<Answered> {
  const { arrival, cookie } = await travel();
  return finish(cookie, { arrival });
}

const profile = (answer: Answered) => ask('GET', '/profile', { cookie: cookieOf(answer, 'session') });
const verified = (sub: string, email: string) => provider.be({ sub, email, email_verified: true, name: 'Ada L' });

/** An operator with a password, by invitation. */
async function join(email: string): Promise<void> {
  const invited = await ask('POST', '/projects/shop/invites', { body: { email, role: 'viewer' } });
  const token = String(invited.fields.link).split('#token=')[1];
  expect((await ask('POST', '/invites/accept', { token: null, body: { token, password } })).status).toBe(200);
}

test('the page is told of it, and the address of the provider carries PKCE, state and nonce', async () => {
  expect((await ask('GET', '/sign-in/options', { token: null })).fields.sso).toEqual({ name: 'Acme', required: false });
  const started = await ask('POST', '/sso/start', { token: null, body: {} });
  const { searchParams } = new URL(String(started.fields.url));
  expect(Object.fromEntries(searchParams)).toMatchObject({
    response_type: 'code',
    code_challenge_method: 'S256',
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    state: expect.stringMatching(/^[\w-]{43}$/),
    nonce: expect.stringMatching(/^[\w-]{43}$/),
    redirect_uri: 'http://localhost:3000/sso',
    scope: 'openid email profile',
  });
  const cookie = started.headers.getSetCookie()[0] ?? '';
  expect(cookie).toMatch(/; HttpOnly; SameSite=Lax/);
  expect(cookie).not.toContain(searchParams.get('state') ?? 'state');
  await set({ sso_enabled: false });
  expect((await ask('GET', '/sign-in/options', { token: null })).fields.sso).toBeNull();
  expect(await ask('POST', '/sso/start', { token: null, body: {} })).toMatchObject({ status: 409, body: { code: 'sso_off' } });
});

test('without an invitation nobody gets an account; with one the account is there, in its project', async () => {
  verified('s1', 'ada@acme.example');
  expect(await signIn()).toMatchObject({ status: 403, body: { code: 'sso_not_invited' } });
  expect(await database().operator.count({ where: { email: 'ada@acme.example' } })).toBe(0);
  expect(await database().auditEntry.count({ where: { action: 'operator.sso_refused', subject: 'ada@acme.example' } })).toBe(1);
  await ask('POST', '/projects/shop/invites', { body: { email: 'ada@acme.example', role: 'developer' } });
  const first = await signIn();
  expect(first).toMatchObject({
    status: 200,
    body: { operator: { email: 'ada@acme.example', name: 'Ada L' }, next: '/account' },
  });
  expect(await profile(first)).toMatchObject({ body: { platform_role: 'member', has_password: false } });
  const cookie = cookieOf(first, 'session');
  expect((await ask('GET', '/projects', { cookie })).body).toMatchObject([{ ref: 'shop', role: 'developer' }]);
  expect((await ask('GET', '/projects/shop/invites')).body).toEqual([]);
  // Known from now on by what the provider calls them, whatever their address becomes.
  provider.be({ sub: 's1', email: 'ada.married@acme.example', email_verified: true });
  const again = await signIn();
  expect(again).toMatchObject({ status: 200, body: { operator: { email: 'ada@acme.example' } } });
  const entry = await database().auditEntry.findFirst({ where: { action: 'operator.sign_in' }, orderBy: { seq: 'desc' } });
  expect(JSON.parse(entry?.after ?? '')).toMatchObject({ method: 'sso' });
  // No password fits an account without one.
  const tried = await ask('POST', '/sign-in', { token: null, body: { email: 'ada@acme.example', password: ' ' } });
  expect(tried.status).toBe(401);
  expect(await verifyAudit(management.platform.control.context)).toMatchObject({ firstBadSeq: null });
});

test('an allowed domain makes accounts of its own role; others and unverified addresses are refused', async () => {
  await set({ sso_allowed_domains: ['Acme.example'], sso_new_operators: 'viewer' });
  for (const [email, code] of [
    ['eve@evil.example', 'sso_domain_refused'],
    ['eve@acme.example.evil.example', 'sso_domain_refused'],
    ['eve@sub.acme.example', 'sso_domain_refused'],
  ] as const) {
    verified(`d-${email}`, email);
    expect(await signIn(), email).toMatchObject({ status: 403, body: { code } });
  }
  provider.be({ sub: 'd4', email: 'eve@acme.example', email_verified: false });
  expect(await signIn()).toMatchObject({ status: 403, body: { code: 'sso_email_unverified' } });
  const refused = await database().auditEntry.findMany({ where: { action: 'operator.sso_refused' }, orderBy: { seq: 'asc' } });
  const codes = refused.map(({ after }) => JSON.parse(after ?? '{}').code);
  expect(codes).toContain('sso_domain_refused');
  expect(codes.at(-1)).toBe('sso_email_unverified');
  expect(await database().operator.count()).toBe(1);
  verified('d5', 'Bob@Acme.example');
  const bob = await signIn();
  expect(bob).toMatchObject({ status: 200, body: { operator: { email: 'bob@acme.example', platform_role: 'viewer' } } });
  expect((await ask('GET', '/projects', { cookie: cookieOf(bob, 'session') })).body).toMatchObject([
    { ref: 'shop', role: 'viewer' },
  ]);
});

test('an account that exists is taken over by nobody: its password connects it, once', async () => {
  await join('pat@acme.example');
  verified('p1', 'pat@acme.example');
  const asked = await signIn();
  expect(asked).toMatchObject({ status: 401, body: { code: 'sso_link_required', details: { email: 'pat@acme.example' } } });
  expect(cookieOf(asked, 'session')).toBe('');
  const wrong = await finish(cookieOf(asked, 'sso'), { password: 'not the password' });
  expect(wrong).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
  expect(await database().operatorIdentity.count()).toBe(0);
  // The step before is used up: a copy of its cookie is worth nothing.
  expect(await finish(cookieOf(asked, 'sso'), { password })).toMatchObject({ body: { code: 'sso_flow_lost' } });
  const connected = await finish(cookieOf(wrong, 'sso'), { password });
  expect(connected).toMatchObject({ status: 200, body: { operator: { email: 'pat@acme.example' } } });
  expect((await signIn()).status).toBe(200);
  // Another person at the provider with the same address is not Pat.
  verified('p2', 'pat@acme.example');
  expect(await signIn()).toMatchObject({ status: 401, body: { code: 'sso_link_required' } });
  const cookie = cookieOf(connected, 'session');
  expect((await ask('GET', '/profile/identities', { cookie })).body).toMatchObject([
    { issuer: provider.issuer, subject: 'p1', email: 'pat@acme.example' },
  ]);
  const body = { issuer: provider.issuer, subject: 'p1', current_password: password };
  const without = { ...body, current_password: null };
  expect(await ask('DELETE', '/profile/identities', { cookie, body: without })).toMatchObject({ status: 403 });
  expect((await ask('DELETE', '/profile/identities', { cookie, body })).status).toBe(204);
  verified('p1', 'pat@acme.example');
  expect(await signIn()).toMatchObject({ status: 401, body: { code: 'sso_link_required' } });
});

test('a second factor set up here is asked for here, connected or not', async () => {
  await join('tom@acme.example');
  const byPassword = await ask('POST', '/sign-in', { token: null, body: { email: 'tom@acme.example', password } });
  const cookie = cookieOf(byPassword, 'session');
  const started = await ask('POST', '/profile/totp', { cookie, body: { current_password: password } });
  const totp = new TOTP({ secret: String(started.fields.secret) });
  const confirmed = await ask('POST', '/profile/totp/confirm', { cookie, body: { code: totp.generate() } });
  const [first = '', second = ''] = confirmed.fields.recovery_codes as string[];

  verified('t1', 'tom@acme.example');
  const asked = await signIn();
  const noCode = await finish(cookieOf(asked, 'sso'), { password });
  expect(noCode).toMatchObject({ status: 401, body: { code: 'mfa_required' } });
  expect(await database().operatorIdentity.count()).toBe(0);
  const linked = await finish(cookieOf(noCode, 'sso'), { password, code: first });
  expect(linked.status).toBe(200);

  const later = await signIn();
  expect(later).toMatchObject({ status: 401, body: { code: 'mfa_required', details: { methods: ['totp', 'recovery_code'] } } });
  expect(cookieOf(later, 'session')).toBe('');
  // A password replaces nothing once the two are connected.
  const withPassword = await finish(cookieOf(later, 'sso'), { password });
  expect(withPassword).toMatchObject({ status: 401, body: { code: 'mfa_required' } });
  const wrong = await finish(cookieOf(withPassword, 'sso'), { code: '000000' });
  expect(wrong).toMatchObject({ status: 401, body: { code: 'invalid_second_factor' } });
  expect((await finish(cookieOf(wrong, 'sso'), { code: second })).status).toBe(200);
});

test('guesses at the missing step are counted with those at the password', async () => {
  await join('gus@acme.example');
  verified('g1', 'gus@acme.example');
  let answer = await signIn();
  for (let tries = 0; tries < 10; tries++) answer = await finish(cookieOf(answer, 'sso'), { password: `wrong ${tries}` });
  expect(answer).toMatchObject({ status: 401 });
  answer = await finish(cookieOf(answer, 'sso'), { password });
  expect(answer).toMatchObject({ status: 429, body: { code: 'too_many_attempts' } });
  const where = { action: { in: ['operator.sign_in_failed', 'operator.rate_limited'] }, subject: 'gus@acme.example' };
  await expect.poll(() => database().auditEntry.count({ where })).toBe(11);
});

test('an answer that belongs to another browser, state, issuer or time signs nobody in', async () => {
  await ask('POST', '/projects/shop/invites', { body: { email: 'mia@acme.example', role: 'viewer' } });
  verified('m1', 'mia@acme.example');
  const lost = { status: 400, body: { code: 'sso_flow_lost' } };
  const mine = await travel();
  const other = await travel();
  expect(await finish('', { arrival: mine.arrival })).toMatchObject(lost);
  expect(await finish(other.cookie, { arrival: mine.arrival })).toMatchObject(lost);
  expect(await finish(mine.cookie, { arrival: { ...mine.arrival, state: 'x' } })).toMatchObject(lost);
  const altered = mine.cookie.replace(/.(.{20})$/, (text) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1));
  expect(await finish(altered, { arrival: mine.arrival })).toMatchObject(lost);
  expect(await finish(mine.cookie, {})).toMatchObject(lost);
  expect((await finish(mine.cookie, { arrival: mine.arrival })).status).toBe(200);
  expect(await finish(mine.cookie, { arrival: mine.arrival })).toMatchObject(lost);
  const mixed = await travel();
  expect(await finish(mixed.cookie, { arrival: { ...mixed.arrival, iss: 'https://evil.example' } })).toMatchObject({
    status: 400,
    body: { code: 'sso_failed' },
  });
  const forged = await travel();
  expect(await finish(forged.cookie, { arrival: { ...forged.arrival, code: 'forged' } })).toMatchObject({
    status: 400,
    body: { code: 'sso_failed' },
  });
  const foreign = await management.platform.handle(
    new Request('http://localhost:3000/api/platform/v1/sso/finish', {
      method: 'POST',
      headers: {
        host: 'localhost:3000',
        origin: 'http://evil.example',
        'content-type': 'application/json',
        cookie: other.cookie,
      },
      body: JSON.stringify({ arrival: other.arrival }),
    }),
  );
  expect(foreign.status).toBe(403);
});

test('where SSO is required passwords are for owners alone, and an owner with a password stays', async () => {
  await join('max@acme.example');
  await set({ sso_required: true });
  const byPassword = (email: string, secret: string) =>
    ask('POST', '/sign-in', { token: null, body: { email, password: secret } });
  expect(await byPassword('max@acme.example', password)).toMatchObject({ status: 403, body: { code: 'sso_required' } });
  expect(await byPassword('max@acme.example', 'wrong')).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
  expect((await byPassword(ownerEmail, ownerPassword)).status).toBe(200);
  const invited = await ask('POST', '/projects/shop/invites', { body: { email: 'new@acme.example', role: 'viewer' } });
  const token = String(invited.fields.link).split('#token=')[1];
  expect(await ask('POST', '/invites/accept', { token: null, body: { token, password } })).toMatchObject({
    status: 409,
    body: { code: 'sso_required' },
  });
  verified('x1', 'max@acme.example');
  const asked = await signIn();
  expect((await finish(cookieOf(asked, 'sso'), { password })).status).toBe(200);

  // An owner by SSO alone is no reserve for the day the provider is gone.
  verified('n1', 'new@acme.example');
  const fresh = await signIn();
  const id = String((fresh.fields.operator as { id: string }).id);
  expect((await ask('PATCH', `/operators/${id}`, { body: { platform_role: 'owner' } })).status).toBe(200);
  const owner = await database().operator.findUniqueOrThrow({ where: { email: ownerEmail } });
  for (const [method, body] of [
    ['PATCH', { platform_role: 'admin' }],
    ['DELETE', undefined],
  ] as const) {
    const refused = await ask(method, `/operators/${owner.id}`, body === undefined ? {} : { body });
    expect(refused).toMatchObject({ status: 409, body: { code: 'last_owner' } });
  }
});

test('who has no password confirms by a sign-in of just now', async () => {
  await ask('POST', '/projects/shop/invites', { body: { email: 'zoe@acme.example', role: 'viewer' } });
  verified('z1', 'zoe@acme.example');
  const cookie = cookieOf(await signIn(), 'session');
  expect((await ask('POST', '/profile/totp', { cookie, body: {} })).status).toBe(201);
  const change = { current_password: 'x', password: 'another password of mine' };
  expect(await ask('POST', '/profile/password', { cookie, body: change })).toMatchObject({ body: { code: 'no_password' } });
  const only = { issuer: provider.issuer, subject: 'z1' };
  expect(await ask('DELETE', '/profile/identities', { cookie, body: only })).toMatchObject({ body: { code: 'only_way_in' } });
  const ago = new Date(Date.now() - 16 * 60_000);
  const { id } = await database().operator.findUniqueOrThrow({ where: { email: 'zoe@acme.example' } });
  await database().operatorSession.updateMany({ where: { operatorId: id }, data: { createdAt: ago } });
  expect(await ask('POST', '/profile/totp', { cookie, body: {} })).toMatchObject({
    status: 403,
    body: { code: 'reauthentication_needed' },
  });
  // Nor does a token stand in for it.
  const { token } = await addOperator(management.platform.control);
  expect(await ask('POST', '/profile/totp', { token, body: {} })).toMatchObject({ status: 403 });
});

test('an account made on the word of one provider follows to the next, unless the mailbox has a new owner', async () => {
  await ask('POST', '/projects/shop/invites', { body: { email: 'kim@acme.example', role: 'viewer' } });
  verified('k1', 'kim@acme.example');
  const first = await signIn();
  const id = String((first.fields.operator as { id: string }).id);
  verified('k2', 'kim@acme.example');
  expect(await signIn()).toMatchObject({ status: 401, body: { code: 'sso_link_required' } });
  await database().operatorIdentity.updateMany({ data: { issuer: 'https://old.example' } });
  expect(await signIn()).toMatchObject({ status: 200, body: { operator: { id } } });
});
