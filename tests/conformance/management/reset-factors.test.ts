/** A lost phone: an owner resets another operator's second factors. Who may, what ends, and what the password alone opens. */

import { TOTP } from 'otpauth';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { verifyAudit } from '#lib/control/audit.ts';
import { addPasskey, confirmTotp, startTotp } from '#lib/control/operator-account.ts';
import { newAuthenticator } from '../../support/authenticator.ts';
import { type Management, ownerEmail, ownerPassword, startManagement } from '../../support/management.ts';
import { type SmtpSink, startSmtpSink } from '../../support/smtp-sink.ts';

let management: Management;
let sink: SmtpSink;
beforeEach(async () => {
  management = await startManagement();
  sink = await startSmtpSink();
  await ask('POST', '/projects', { body: { name: 'Shop' } });
});
afterEach(async () => {
  await management.close();
  await sink.close();
});

const ask: Management['ask'] = (...call) => management.ask(...call);
const database = () => management.platform.control.context.database;
const password = 'a password of mine';
const cookieOf = (headers: Headers) => headers.get('set-cookie')?.split(';')[0] ?? '';
const signIn = (email: string, secret: string, more: object = {}) =>
  ask('POST', '/sign-in', { token: null, body: { email, password: secret, ...more } });
const reset = (id: string, by: object, current_password: string | null = ownerPassword) =>
  ask('POST', `/operators/${id}/factors/reset`, { ...by, body: { current_password } });

const listed = z.array(
  z.object({ id: z.string(), email: z.string(), second_factors: z.number(), recovery_codes_left: z.number() }),
);
async function find(email: string) {
  const found = listed.parse((await ask('GET', '/operators')).body).find((one) => one.email === email);
  if (found === undefined) throw new Error(`no operator ${email}`);
  return found;
}

async function enroll(cookie: string, secret: string): Promise<TOTP> {
  const started = await ask('POST', '/profile/totp', { cookie, body: { current_password: secret } });
  const totp = new TOTP({ secret: String(started.fields.secret) });
  expect((await ask('POST', '/profile/totp/confirm', { cookie, body: { code: totp.generate() } })).status).toBe(200);
  return totp;
}

/** An operator of the shop with an authenticator app, signed in, with a personal token. */
async function join(email: string, role = 'viewer') {
  const invited = await ask('POST', '/projects/shop/invites', { body: { email, role } });
  const token = String(invited.fields.link).split('#token=')[1];
  await ask('POST', '/invites/accept', { token: null, body: { token, name: 'Ada', password } });
  const cookie = cookieOf((await signIn(email, password)).headers);
  const totp = await enroll(cookie, password);
  const made = await ask('POST', '/profile/tokens', { cookie, body: { name: 'mine', scope: 'admin' } });
  return { id: (await find(email)).id, cookie, totp, token: String(made.fields.token) };
}

async function ownerCookie() {
  return cookieOf((await signIn(ownerEmail, ownerPassword)).headers);
}

async function events(action: string) {
  const rows = await database().auditEntry.findMany({ where: { action }, orderBy: { seq: 'asc' } });
  return rows.map(({ actor, subject, before, after }) => ({
    actor,
    subject,
    before: JSON.parse(before ?? 'null'),
    after: JSON.parse(after ?? 'null'),
  }));
}

test('everything that was open ends; the password needs the code, and a factor is set up anew', async () => {
  const ada = await join('ada@x.io');
  expect(await find('ada@x.io')).toMatchObject({ second_factors: 1, recovery_codes_left: 10 });
  const answer = await reset(ada.id, { cookie: await ownerCookie() });
  expect(answer).toMatchObject({ status: 200, body: { sessions_ended: 1, tokens_revoked: 1 } });
  const code = String(answer.fields.recovery_code);
  expect(code).toMatch(/^(?:[a-z2-9]{4}-){3}[a-z2-9]{4}$/);
  expect((await ask('GET', '/profile', { cookie: ada.cookie })).status).toBe(401);
  expect((await ask('GET', '/profile', { token: ada.token })).status).toBe(401);
  expect(await find('ada@x.io')).toMatchObject({ second_factors: 0, recovery_codes_left: 1 });

  // Whoever has the phone, and whoever has the password, come in no longer.
  const missing = { status: 401, body: { code: 'mfa_required', details: { methods: ['recovery_code'], passkey: null } } };
  expect(await signIn('ada@x.io', password)).toMatchObject(missing);
  const next = ada.totp.generate({ timestamp: Date.now() + 30_000 });
  expect(await signIn('ada@x.io', password, { code: next })).toMatchObject({ body: { code: 'invalid_second_factor' } });
  expect(await signIn('ada@x.io', 'wrong', { code })).toMatchObject({ body: { code: 'invalid_credentials' } });
  // It holds until there is a factor: the password alone must not become enough in between, and nothing else opens.
  expect((await signIn('ada@x.io', password, { code: code.toUpperCase().replaceAll('-', ' ') })).status).toBe(200);
  const cookie = cookieOf((await signIn('ada@x.io', password, { code })).headers);
  expect(await signIn('ada@x.io', password)).toMatchObject(missing);
  expect(await ask('GET', '/profile', { cookie })).toMatchObject({ body: { must_enroll: true } });
  expect(await ask('GET', '/projects', { cookie })).toMatchObject({ status: 403, body: { code: 'second_factor_required' } });
  const totp = await enroll(cookie, password);
  expect((await signIn('ada@x.io', password, { code })).status).toBe(401);
  expect((await signIn('ada@x.io', password, { code: totp.generate({ timestamp: Date.now() + 30_000 }) })).status).toBe(200);
  expect((await ask('GET', '/projects', { cookie })).status).toBe(200);
});

test('a passkey set up after it brings recovery codes of its own, and the code of the reset is dead', async () => {
  const ada = await join('ada@x.io');
  const code = String((await reset(ada.id, {}, null)).fields.recovery_code);
  const cookie = cookieOf((await signIn('ada@x.io', password, { code })).headers);
  const started = await ask('POST', '/profile/passkeys/options', { cookie, body: { current_password: password } });
  const { challenge_id, options } = started.body as { challenge_id: string; options: never };
  const credential = newAuthenticator().register(options, 'http://localhost:3000');
  const added = await ask('POST', '/profile/passkeys', { cookie, body: { challenge_id, name: 'Key', credential } });
  expect(added.fields.recovery_codes).toHaveLength(10);
  expect(await signIn('ada@x.io', password, { code })).toMatchObject({ body: { code: 'invalid_second_factor' } });
});

test('it is on record with what went, without the code, and the operator is told by mail, without it too', async () => {
  const mail = { smtp_host: '127.0.0.1', smtp_port: sink.port, sender_address: 'k@x.io' };
  const ada = await join('ada@x.io');
  await ask('PATCH', '/instance/mail', { body: mail });
  const answer = await reset(ada.id, { cookie: await ownerCookie() });
  const code = String(answer.fields.recovery_code);
  expect(await events('operator.factors_reset')).toEqual([
    {
      actor: ownerEmail,
      subject: 'ada@x.io',
      before: { factors: ['totp'], recovery_codes_left: 10 },
      after: { sessions_ended: 1, tokens_revoked: 1 },
    },
  ]);
  expect(JSON.stringify(await database().auditEntry.findMany())).not.toContain(code);
  expect((await verifyAudit(management.platform.control.context)).firstBadSeq).toBeNull();
  const notice = () => sink.received.find(({ to }) => to.includes('ada@x.io'))?.body ?? '';
  await expect.poll(notice, { timeout: 5000 }).toContain('Your second factors were reset');
  expect(notice()).toContain(ownerEmail);
  expect(notice()).not.toContain(code);
});

test('nobody below an owner resets anything, and what is refused changes nothing', async () => {
  const ada = await join('ada@x.io');
  const eve = await join('eve@x.io', 'owner');
  const owner = await find(ownerEmail);
  for (const platform_role of ['member', 'viewer', 'developer', 'admin']) {
    await ask('PATCH', `/operators/${eve.id}`, { body: { platform_role } });
    for (const id of [owner.id, ada.id, eve.id])
      expect(await reset(id, { cookie: eve.cookie }, password), platform_role).toMatchObject({
        status: 403,
        body: { code: 'insufficient_role' },
      });
  }
  expect(await reset(ada.id, { token: null })).toMatchObject({ status: 401 });
  expect(await find('ada@x.io')).toMatchObject({ second_factors: 1, recovery_codes_left: 10 });
  expect((await ask('GET', '/profile', { cookie: ada.cookie })).status).toBe(200);
  expect(await events('operator.factors_reset')).toEqual([]);
});

test('an owner needs to be there in person, with the password, and for somebody else', async () => {
  const ada = await join('ada@x.io');
  const cookie = await ownerCookie();
  const made = await ask('POST', '/profile/tokens', { cookie, body: { name: 'ci', scope: 'admin' } });
  const byToken = await reset(ada.id, { token: String(made.fields.token) });
  expect(byToken).toMatchObject({ status: 403, body: { code: 'session_required' } });
  for (const wrong of ['wrong', null])
    expect(await reset(ada.id, { cookie }, wrong)).toMatchObject({ status: 403, body: { code: 'wrong_password' } });
  const totp = await enroll(cookie, ownerPassword);
  const { id } = await find(ownerEmail);
  expect(await reset(id, { cookie })).toMatchObject({ status: 409, body: { code: 'own_factors' } });
  expect(await find(ownerEmail)).toMatchObject({ second_factors: 1 });
  expect(await find('ada@x.io')).toMatchObject({ second_factors: 1 });
  const code = totp.generate({ timestamp: Date.now() + 30_000 });
  expect((await signIn(ownerEmail, ownerPassword, { code })).status).toBe(200);
});

test('the server’s own token resets the last owner too: whoever has the machine gets back in', async () => {
  await enroll(await ownerCookie(), ownerPassword);
  const { id } = await find(ownerEmail);
  const answer = await reset(id, {}, null);
  expect(answer.status).toBe(200);
  expect((await events('operator.factors_reset'))[0]?.after).toEqual({
    sessions_ended: 1,
    tokens_revoked: 0,
    by: 'server token',
  });
  // It is not an operator's, and stays.
  expect((await ask('GET', '/operators')).status).toBe(200);
  const code = String(answer.fields.recovery_code);
  expect((await signIn(ownerEmail, ownerPassword)).status).toBe(401);
  expect((await signIn(ownerEmail, ownerPassword, { code })).status).toBe(200);
});

test('a code that got lost is replaced by a second reset; nothing to reset and nobody there are said so', async () => {
  const ada = await join('ada@x.io');
  const first = String((await reset(ada.id, {}, null)).fields.recovery_code);
  const second = String((await reset(ada.id, {}, null)).fields.recovery_code);
  expect((await signIn('ada@x.io', password, { code: first })).status).toBe(401);
  expect((await signIn('ada@x.io', password, { code: second })).status).toBe(200);
  const invited = await ask('POST', '/projects/shop/invites', { body: { email: 'bo@x.io', role: 'viewer' } });
  const token = String(invited.fields.link).split('#token=')[1];
  await ask('POST', '/invites/accept', { token: null, body: { token, name: 'Bo', password } });
  expect(await reset((await find('bo@x.io')).id, {}, null)).toMatchObject({ status: 409, body: { code: 'no_factor' } });
  expect(await reset('nobody', {}, null)).toMatchObject({ status: 404, body: { code: 'operator_not_found' } });
});

test('of a reset link and a reset of the factors at once the link opens nothing', async () => {
  const ada = await join('ada@x.io');
  await database().operatorReset.create({
    data: { tokenHash: 'x', operatorId: ada.id, expiresAt: new Date(Date.now() + 60_000) },
  });
  await reset(ada.id, {}, null);
  expect(await database().operatorReset.count()).toBe(0);
  expect(await database().operatorDevice.count({ where: { operatorId: ada.id } })).toBe(0);
});

test('a factor under way when the reset comes is not added by the session it ended', async () => {
  const ada = await join('ada@x.io');
  const started = await ask('POST', '/profile/passkeys/options', { cookie: ada.cookie, body: { current_password: password } });
  const { challenge_id, options } = started.body as { challenge_id: string; options: never };
  const credential = newAuthenticator().register(options, 'http://localhost:3000');
  const { context, operators } = management.platform.control;
  // The request has come as far as knowing who asks.
  const signedIn = await operators.find({ cookie: ada.cookie, bearer: null }, { ip: null, userAgent: null });
  if (signedIn === null) throw new Error('not signed in');
  await reset(ada.id, {}, null);
  const adding = addPasskey(context, operators.factors, signedIn.actor, 'Key', { challenge_id, credential: { ...credential } });
  await expect(adding).rejects.toMatchObject({ status: 401, code: 'not_signed_in' });
  const { secret } = await startTotp(context, signedIn.actor, password);
  const confirming = confirmTotp(context, signedIn.actor, new TOTP({ secret }).generate());
  await expect(confirming).rejects.toMatchObject({ status: 401, code: 'not_signed_in' });
  expect(await find('ada@x.io')).toMatchObject({ second_factors: 0, recovery_codes_left: 1 });
});
