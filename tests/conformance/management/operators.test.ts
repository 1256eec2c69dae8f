/** Operators: members and invitations, their own account, second factors, and what a personal token may. */

import { TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyAudit } from '#lib/control/audit.ts';
import { addOperator } from '#lib/control/test-control.ts';
import { newAuthenticator } from '../../support/authenticator.ts';
import { type Management, ownerEmail, ownerPassword, startManagement } from '../../support/management.ts';

let management: Management;
beforeAll(async () => {
  management = await startManagement();
  await management.ask('POST', '/projects', { body: { name: 'Shop' } });
  await management.ask('POST', '/projects', { body: { name: 'Other' } });
});
afterAll(() => management.close());

const ask: Management['ask'] = (...call) => management.ask(...call);
const cookieOf = (headers: Headers) => headers.get('set-cookie')?.split(';')[0] ?? '';
const signIn = (body: Record<string, unknown>) => ask('POST', '/sign-in', { token: null, body });
const password = 'a password of mine';

/** A new viewer of the shop by invitation, signed in. */
async function join(email: string) {
  const invited = await ask('POST', '/projects/shop/invites', { body: { email, role: 'viewer' } });
  const token = String(invited.fields.link).split('#token=')[1];
  const accepted = await ask('POST', '/invites/accept', { token: null, body: { token, name: 'Ada', password } });
  expect(accepted).toMatchObject({ status: 200, body: { email, platform_role: 'member' } });
  return { id: String(accepted.fields.id), token, cookie: cookieOf((await signIn({ email, password })).headers) };
}

test('an invitation makes an operator once, lets them into its project alone, and never takes away', async () => {
  const ada = await join('ada@x.io');
  expect((await ask('GET', '/projects', { cookie: ada.cookie })).body).toMatchObject([{ ref: 'shop', role: 'viewer' }]);
  const again = { token: ada.token, password };
  expect(await ask('POST', '/invites/accept', { token: null, body: again })).toMatchObject({ status: 404 });
  await ask('PATCH', `/projects/shop/members/${ada.id}`, { body: { role: 'developer' } });
  const second = await ask('POST', '/projects/shop/invites', { body: { email: 'ada@x.io', role: 'viewer' } });
  const token = String(second.fields.link).split('#token=')[1];
  const stolen = { token, password: 'not her password' };
  expect(await ask('POST', '/invites/accept', { token: null, body: stolen })).toMatchObject({ status: 401 });
  expect((await ask('POST', '/invites/accept', { token: null, body: { token, password } })).status).toBe(200);
  expect((await ask('GET', '/projects/shop/members')).body).toMatchObject([
    { email: ownerEmail, role: 'owner' },
    { email: 'ada@x.io', name: 'Ada', role: 'developer' },
  ]);
  const weak = await ask('POST', '/projects/shop/invites', { body: { email: 'weak@x.io', role: 'viewer' } });
  const body = { token: String(weak.fields.link).split('#token=')[1], password: 'short' };
  expect(await ask('POST', '/invites/accept', { token: null, body })).toMatchObject({ status: 422 });
  expect((await ask('GET', '/projects/shop/invites')).body).toMatchObject([{ email: 'weak@x.io', role: 'viewer' }]);
  expect((await ask('DELETE', `/projects/shop/invites/${String(weak.fields.id)}`)).status).toBe(204);
  expect(await ask('POST', '/invites/accept', { token: null, body: { ...body, password } })).toMatchObject({ status: 404 });
});

test('an admin decides about everyone but owners', async () => {
  const admin = await addOperator(management.platform.control, { ref: 'shop', role: 'admin' });
  const viewer = await addOperator(management.platform.control);
  const as = { token: admin.token };
  const member = { email: viewer.actor.email, role: 'viewer' };
  const added = await ask('POST', '/projects/shop/members', { ...as, body: member });
  expect(added).toMatchObject({ status: 201, body: { id: viewer.actor.operatorId, role: 'viewer' } });
  expect(await ask('POST', '/projects/shop/members', { ...as, body: member })).toMatchObject({ status: 409 });
  const path = `/projects/shop/members/${viewer.actor.operatorId}`;
  expect(await ask('PATCH', path, { ...as, body: { role: 'owner' } })).toMatchObject({ status: 403 });
  const invite = { email: 'x@x.io', role: 'owner' };
  expect(await ask('POST', '/projects/shop/invites', { ...as, body: invite })).toMatchObject({ status: 403 });
  await ask('PATCH', path, { body: { role: 'owner' } });
  expect(await ask('DELETE', path, as)).toMatchObject({ status: 403 });
  expect((await ask('DELETE', path)).status).toBe(204);
  expect(await ask('GET', '/projects/shop', { token: viewer.token })).toMatchObject({ status: 404 });
  expect(await ask('GET', '/operators', as)).toMatchObject({ status: 403 });
});

test('the platform keeps an owner, and a removed operator is out at once', async () => {
  const everyone = await ask('GET', '/operators');
  const [owner] = everyone.body as { id: string }[];
  const demote = { body: { platform_role: 'member' } };
  expect(await ask('PATCH', `/operators/${owner?.id}`, demote)).toMatchObject({ status: 409, body: { code: 'last_owner' } });
  const other = await addOperator(management.platform.control);
  expect((await ask('DELETE', `/operators/${other.actor.operatorId}`)).status).toBe(204);
  expect(await ask('GET', '/profile', { token: other.token })).toMatchObject({ status: 401 });
});

test('a password change needs the old one and ends the other sessions', async () => {
  const { cookie } = await join('pat@x.io');
  const elsewhere = cookieOf((await signIn({ email: 'pat@x.io', password })).headers);
  expect((await ask('GET', '/profile/sessions', { cookie })).body).toMatchObject([{ current: false }, { current: true }]);
  const next = 'another password of mine';
  const change = (current_password: string) =>
    ask('POST', '/profile/password', { cookie, body: { current_password, password: next } });
  expect(await change('wrong')).toMatchObject({ status: 403, body: { code: 'wrong_password' } });
  expect((await change(password)).status).toBe(204);
  expect((await ask('GET', '/profile', { cookie: elsewhere })).status).toBe(401);
  expect((await ask('GET', '/profile', { cookie })).status).toBe(200);
  expect((await signIn({ email: 'pat@x.io', password })).status).toBe(401);
  const third = cookieOf((await signIn({ email: 'pat@x.io', password: next })).headers);
  expect((await ask('DELETE', '/profile/sessions', { cookie })).status).toBe(204);
  expect((await ask('GET', '/profile', { cookie: third })).status).toBe(401);
  const sessions = (await ask('GET', '/profile/sessions', { cookie })).body as { id: string }[];
  expect((await ask('DELETE', `/profile/sessions/${sessions[0]?.id}`, { cookie })).status).toBe(204);
  expect((await ask('GET', '/profile', { cookie })).status).toBe(401);
});

test('with an authenticator app the password alone lets nobody in; codes work once', async () => {
  const email = 'totp@x.io';
  const { cookie } = await join(email);
  const current = { current_password: password };
  const started = await ask('POST', '/profile/totp', { cookie, body: current });
  const totp = new TOTP({ secret: String(started.fields.secret) });
  expect((await signIn({ email, password })).status).toBe(200);
  expect((await ask('POST', '/profile/totp/confirm', { cookie, body: { code: '000000' } })).status).toBe(400);
  const code = totp.generate();
  const confirmed = await ask('POST', '/profile/totp/confirm', { cookie, body: { code } });
  const codes = confirmed.fields.recovery_codes as string[];
  expect(codes).toHaveLength(10);
  const missing = await signIn({ email, password });
  expect(missing).toMatchObject({ status: 401, body: { code: 'mfa_required', details: { methods: ['totp', 'recovery_code'] } } });
  expect(missing.headers.has('set-cookie')).toBe(false);
  expect(await signIn({ email, password: 'wrong', code })).toMatchObject({ body: { code: 'invalid_credentials' } });
  // The code that confirmed it is spent.
  expect(await signIn({ email, password, code })).toMatchObject({ status: 401, body: { code: 'invalid_second_factor' } });
  const next = totp.generate({ timestamp: Date.now() + 30_000 });
  const both = await Promise.all([signIn({ email, password, code: next }), signIn({ email, password, code: next })]);
  expect(both.map((answer) => answer.status).sort()).toEqual([200, 401]);
  expect((await signIn({ email, password, code: codes[0] })).status).toBe(200);
  expect((await signIn({ email, password, code: codes[0] })).status).toBe(401);
  expect((await ask('GET', '/profile/factors', { cookie })).body).toEqual({ totp: true, passkeys: [], recovery_codes_left: 9 });
  const renewed = await ask('POST', '/profile/recovery-codes', { cookie, body: current });
  expect((await signIn({ email, password, code: codes[1] })).status).toBe(401);
  expect((await signIn({ email, password, code: (renewed.fields.recovery_codes as string[])[0] })).status).toBe(200);
  expect((await ask('DELETE', '/profile/totp', { cookie, body: { current_password: 'wrong' } })).status).toBe(403);
  expect((await ask('DELETE', '/profile/totp', { cookie, body: current })).status).toBe(204);
  expect((await signIn({ email, password })).status).toBe(200);
});

test('a passkey is a second factor; its challenge is answered once', async () => {
  const email = 'key@x.io';
  const { cookie } = await join(email);
  const authenticator = newAuthenticator();
  const origin = 'http://localhost:3000';
  // A session left open must not be enough to add a way in, and with it a factor its owner does not have.
  expect(await ask('POST', '/profile/passkeys/options', { cookie, body: {} })).toMatchObject({
    status: 403,
    body: { code: 'wrong_password' },
  });
  const current = { current_password: password };
  const options = await ask('POST', '/profile/passkeys/options', { cookie, body: current });
  const { challenge_id, options: creation } = options.body as { challenge_id: string; options: never };
  const body = { challenge_id, name: 'Key', credential: authenticator.register(creation, origin) };
  const added = await ask('POST', '/profile/passkeys', { cookie, body });
  expect(added).toMatchObject({ status: 201, body: { name: 'Key' } });
  expect((await ask('POST', '/profile/passkeys', { cookie, body })).status).toBe(400);
  const missing = await signIn({ email, password });
  const { passkey } = missing.fields.details as { passkey: { challenge_id: string; options: never } };
  const answer = {
    challenge_id: passkey.challenge_id,
    credential: authenticator.authenticate(passkey.options, origin),
  };
  expect((await signIn({ email, password, passkey: answer })).status).toBe(200);
  expect(await signIn({ email, password, passkey: answer })).toMatchObject({ body: { code: 'invalid_second_factor' } });
  const path = `/profile/passkeys/${String(added.fields.id)}`;
  expect((await ask('DELETE', path, { cookie, body: { current_password: password } })).status).toBe(204);
  expect((await signIn({ email, password })).status).toBe(200);
});

test('a personal token does what its scope and project say, and nothing of its maker', async () => {
  const cookie = cookieOf((await signIn({ email: ownerEmail, password: ownerPassword })).headers);
  const make = async (body: Record<string, unknown>) => {
    const made = await ask('POST', '/profile/tokens', { cookie, body: { name: 'ci', ...body } });
    expect(made.status).toBe(201);
    return { token: String(made.fields.token), id: String(made.fields.id) };
  };
  const [read, write, shop, whole] = await Promise.all([
    make({ scope: 'read' }),
    make({ scope: 'write' }),
    make({ scope: 'admin', project_ref: 'shop' }),
    make({ scope: 'admin' }),
  ]);
  const status = async (method: string, path: string, { token }: { token: string }, body?: unknown) =>
    (await ask(method, path, { token, ...(body === undefined ? {} : { body }) })).status;
  expect(await status('GET', '/projects/shop', read)).toBe(200);
  expect(await status('GET', '/projects/shop/auth/users', read)).toBe(403);
  expect(await status('PATCH', '/projects/shop', read, { name: 'X' })).toBe(403);
  expect(await status('POST', '/projects/shop/database/query', write, { query: 'select 1' })).toBe(201);
  expect(await status('PATCH', '/projects/shop', write, { name: 'X' })).toBe(403);
  expect(await status('PATCH', '/projects/shop', shop, { name: 'Shop' })).toBe(200);
  expect(await status('GET', '/projects/other', shop)).toBe(404);
  expect((await ask('GET', '/projects', { token: shop.token })).body).toMatchObject([{ ref: 'shop' }]);
  expect(await status('POST', '/projects', shop, { name: 'New' })).toBe(403);
  expect(await status('GET', '/audit', shop)).toBe(403);
  expect(await status('GET', '/audit', whole)).toBe(200);
  for (const one of [read, write, shop, whole]) {
    expect(await status('POST', '/profile/tokens', one, { name: 'more' })).toBe(403);
    expect(await status('GET', '/profile/sessions', one)).toBe(403);
  }
  const list = await ask('GET', '/profile/tokens', { cookie });
  expect(list.text).not.toContain(read.token);
  expect(list.body).toMatchObject(Array.from({ length: 4 }, () => ({ last_used_at: expect.any(String) })));
  expect((await ask('DELETE', `/profile/tokens/${read.id}`, { cookie })).status).toBe(204);
  expect(await status('GET', '/projects/shop', read)).toBe(401);
});

test('the record holds after all of this, and knows no secret', async () => {
  const { context } = management.platform.control;
  expect(await verifyAudit(context)).toMatchObject({ firstBadSeq: null });
  expect((await ask('GET', '/audit/verify')).body).toMatchObject({ ok: true, first_bad_seq: null });
  const audit = await ask('GET', '/audit?limit=1000');
  expect(audit.text).toContain('operator.totp_enroll');
  expect(audit.text).not.toContain(password);
});
