/** Mails to operators: invitations, notices of new browsers, links for a new password, over a real SMTP server. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TOTP } from 'otpauth';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startMailWorker } from '#lib/control/operator-mail-worker.ts';
import { type Management, ownerEmail, ownerPassword, startManagement } from '../../support/management.ts';
import { type SmtpSink, startSmtpSink } from '../../support/smtp-sink.ts';

let management: Management;
let sink: SmtpSink;
const ask: Management['ask'] = (...call) => management.ask(...call);
const database = () => management.platform.control.context.database;
const password = 'a password of mine';

beforeEach(async () => {
  management = await startManagement();
  sink = await startSmtpSink();
  await ask('POST', '/projects', { body: { name: 'Shop & Co' } });
});
afterEach(async () => {
  await management.close();
  await sink.close();
});

const setMail = (change: Record<string, unknown> = {}) =>
  ask('PATCH', '/instance/mail', { body: { smtp_host: '127.0.0.1', smtp_port: sink.port, sender_address: 'k@x.io', ...change } });
const invite = (email: string) => ask('POST', '/projects/shop-co/invites', { body: { email, role: 'viewer' } });
const cookieOf = (headers: Headers, name: string) =>
  headers
    .getSetCookie()
    .find((one) => one.startsWith(name))
    ?.split(';')[0] ?? '';
const signIn = (email: string, secret: string, cookie?: string) =>
  ask('POST', '/sign-in', { token: null, body: { email, password: secret }, ...(cookie === undefined ? {} : { cookie }) });

/** Waits until the worker has sent everything that is due. */
async function sent(count: number) {
  await expect.poll(() => sink.received.length, { timeout: 5000 }).toBe(count);
  await expect.poll(() => database().operatorMail.count({ where: { status: 'queued' } }), { timeout: 5000 }).toBe(0);
}

/** A new operator of the shop, by the link that was mailed. */
async function joinByMail(email: string) {
  const before = sink.received.length;
  await invite(email);
  await sent(before + 1);
  const token = /accept-invite#token=([\w-]+)/.exec(sink.received.at(-1)?.body ?? '')?.[1];
  expect((await ask('POST', '/invites/accept', { token: null, body: { token, name: 'Ada', password } })).status).toBe(200);
}

test('without a mail server an invitation is its link alone, and no reset is offered', async () => {
  expect(await invite('ada@x.io')).toMatchObject({ status: 201, body: { mail: null, link: expect.stringContaining('#token=') } });
  expect(await database().operatorMail.count()).toBe(0);
  expect((await ask('GET', '/sign-in/options', { token: null })).body).toEqual({ sso: null, password_reset: false });
  const refused = await ask('POST', '/password-reset', { token: null, body: { email: ownerEmail } });
  expect(refused).toMatchObject({ status: 409, body: { code: 'mail_not_configured' } });
  expect(await ask('POST', '/instance/mail/test')).toMatchObject({ status: 409, body: { code: 'mail_not_configured' } });
});

test('an invitation is mailed; link and mail are the same, and what was sent is not kept', async () => {
  await setMail();
  const invited = await invite('ada@x.io');
  expect(invited.fields.mail).toBe('queued');
  await sent(1);
  const [mail] = sink.received;
  expect(mail?.to).toEqual(['ada@x.io']);
  const token = String(invited.fields.link).split('#token=')[1] ?? '';
  expect(mail?.body).toContain(`/accept-invite#token=${token}`);
  expect(mail?.body).toContain('Shop &amp; Co');
  expect((await ask('GET', '/projects/shop-co/invites')).body).toMatchObject([{ email: 'ada@x.io', mail: 'sent' }]);
  expect(await database().operatorMail.findFirst()).toMatchObject({ status: 'sent', sealedContent: null });
  expect((await ask('GET', '/instance/mails')).body).toMatchObject([
    { template: 'operator_invite', recipient: 'ada@x.io', status: 'sent', attempts: 1, error: null, next_attempt_at: null },
  ]);
});

test('a mail server that is down delays the mail; what waits is sealed, and a withdrawn invitation is not sent', async () => {
  await setMail();
  sink.refuseWith(451);
  const invited = await invite('ada@x.io');
  const token = String(invited.fields.link).split('#token=')[1] ?? '';
  await expect
    .poll(() => database().operatorMail.findFirst(), { timeout: 5000 })
    .toMatchObject({ status: 'queued', attempts: 1 });
  const waiting = await database().operatorMail.findFirstOrThrow();
  expect(waiting.nextAttemptAt.getTime()).toBeGreaterThan(Date.now());
  expect(waiting.error).toContain('not now');
  // Told to platform owners; an admin of a project sees that it waits.
  expect((await ask('GET', '/projects/shop-co/invites')).text).not.toContain('not now');
  for (const file of ['control.db', 'control.db-wal']) {
    expect(readFileSync(join(management.home, file)).includes(token), file).toBe(false);
  }
  sink.refuseWith(null);
  await database().operatorMail.updateMany({ data: { nextAttemptAt: new Date() } });
  await sent(1);

  sink.refuseWith(451);
  const second = await invite('bob@x.io');
  await ask('DELETE', `/projects/shop-co/invites/${String(second.fields.id)}`);
  expect(await database().operatorMail.count({ where: { recipient: 'bob@x.io' } })).toBe(0);
});

test('a mail survives a restart of its worker, and an address refused for good is tried once', async () => {
  await setMail();
  sink.refuseWith(451);
  await invite('ada@x.io');
  await expect.poll(() => database().operatorMail.findFirst(), { timeout: 5000 }).toMatchObject({ attempts: 1 });
  sink.refuseWith(550);
  await database().operatorMail.updateMany({ data: { nextAttemptAt: new Date() } });
  const worker = startMailWorker(management.platform.control.context);
  await worker.drain();
  await worker.stop();
  const given = await database().operatorMail.findFirstOrThrow();
  expect(given).toMatchObject({ status: 'failed', sealedContent: null });
  expect((await ask('GET', '/projects/shop-co/invites')).body).toMatchObject([{ mail: 'failed' }]);
});

test('a sign-in from a new browser is told of by mail; a known one and the first are not', async () => {
  await setMail();
  await joinByMail('ada@x.io');
  const first = await signIn('ada@x.io', password);
  const device = cookieOf(first.headers, 'koyalite_device');
  expect(device).not.toBe('');
  expect((await signIn('ada@x.io', password, device)).status).toBe(200);
  expect(sink.received).toHaveLength(1);
  // Another's cookie is no known browser, and is replaced.
  const other = await signIn('ada@x.io', password, `koyalite_device=${'x'.repeat(43)}`);
  expect(cookieOf(other.headers, 'koyalite_device')).not.toContain('xxx');
  await sent(2);
  const notice = sink.received.at(-1);
  expect(notice?.to).toEqual(['ada@x.io']);
  expect(notice?.body).toMatch(/Subject: New sign-in to your account/);
  expect(notice?.body).toContain('/account');
  const entry = await database().auditEntry.findFirst({ where: { action: 'operator.sign_in' }, orderBy: { seq: 'desc' } });
  expect(JSON.parse(entry?.after ?? '')).toEqual({ method: 'password', new_device: true });
});

const requestReset = (email: string) => ask('POST', '/password-reset', { token: null, body: { email } });
const confirm = (token: string, next: string) =>
  ask('POST', '/password-reset/confirm', { token: null, body: { token, password: next } });

test('a forgotten password: one link, one use, every session ends, the second factor stays', async () => {
  await setMail();
  const { cookie } = { cookie: cookieOf((await signIn(ownerEmail, ownerPassword)).headers, 'koyalite_session') };
  const made = await ask('POST', '/profile/tokens', { cookie, body: { name: 'mine' } });
  expect((await ask('GET', '/projects', { token: String(made.fields.token) })).status).toBe(200);
  const started = await ask('POST', '/profile/totp', { cookie, body: { current_password: ownerPassword } });
  const totp = new TOTP({ secret: String(started.fields.secret) });
  await ask('POST', '/profile/totp/confirm', { cookie, body: { code: totp.generate() } });

  expect((await requestReset('  OWNER@example.com ')).status).toBe(204);
  await sent(1);
  const first = /reset-password#token=([\w-]+)/.exec(sink.received[0]?.body ?? '')?.[1] ?? '';
  expect((await requestReset(ownerEmail)).status).toBe(204);
  await sent(2);
  const second = /reset-password#token=([\w-]+)/.exec(sink.received[1]?.body ?? '')?.[1] ?? '';
  const next = 'a new password for me';
  // The newer link voids the older.
  expect(await confirm(first, next)).toMatchObject({ status: 404, body: { code: 'link_not_found' } });
  expect(await confirm(second, 'short')).toMatchObject({ status: 422, body: { code: 'weak_password' } });
  const both = await Promise.all([confirm(second, next), confirm(second, next)]);
  expect(both.map(({ status }) => status).sort()).toEqual([204, 404]);
  expect((await ask('GET', '/profile', { cookie })).status).toBe(401);
  expect((await ask('GET', '/projects', { token: String(made.fields.token) })).status).toBe(401);
  expect((await ask('GET', '/projects')).status).toBe(200);
  expect((await signIn(ownerEmail, ownerPassword)).status).toBe(401);
  expect(await signIn(ownerEmail, next)).toMatchObject({ status: 401, body: { code: 'mfa_required' } });
  const tokens = await database().operatorReset.count();
  expect(tokens).toBe(0);
});

test('nobody learns who has an account, and nobody is flooded', async () => {
  await setMail();
  const [known, unknown] = [await requestReset(ownerEmail), await requestReset('nobody@x.io')];
  expect([known.status, known.text]).toEqual([unknown.status, unknown.text]);
  await sent(1);
  for (const email of [ownerEmail, 'nobody@x.io']) {
    await requestReset(email);
    await requestReset(email);
    expect(await requestReset(email), email).toMatchObject({ status: 429, body: { code: 'too_many_attempts' } });
  }
  expect(sink.received.every(({ to }) => to[0] === ownerEmail)).toBe(true);
});

test('a link that is too old sets nothing', async () => {
  await setMail();
  await requestReset(ownerEmail);
  await sent(1);
  const token = /reset-password#token=([\w-]+)/.exec(sink.received[0]?.body ?? '')?.[1] ?? '';
  await database().operatorReset.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
  expect(await confirm(token, 'a new password for me')).toMatchObject({ status: 404 });
  expect((await signIn(ownerEmail, ownerPassword)).status).toBe(200);
});

test('the settings are for owners, secrets are sealed and masked, and what does not fit is refused', async () => {
  const { addOperator } = await import('#lib/control/test-control.ts');
  const admin = await addOperator(management.platform.control, { ref: 'shop-co', role: 'owner' });
  for (const path of ['/instance/mail', '/instance/sign-in', '/instance/mails']) {
    expect(await ask('GET', path, { token: admin.token }), path).toMatchObject({ status: 403 });
  }
  for (const path of ['/instance/mail', '/instance/sign-in'])
    expect(await ask('PATCH', path, { token: admin.token, body: {} }), path).toMatchObject({ status: 403 });
  expect(await ask('POST', '/instance/mail/test', { token: admin.token })).toMatchObject({ status: 403 });

  expect((await setMail({ smtp_user: 'u', smtp_pass: 'geheim-4711' })).fields).toMatchObject({ smtp_pass: '********' });
  expect((await setMail({ smtp_pass: '********', sender_name: 'X' })).fields).toMatchObject({ sender_name: 'X' });
  const { value } = await database().setting.findUniqueOrThrow({ where: { name: 'instance.mail' } });
  expect(value).not.toContain('geheim-4711');
  const { instanceMail } = await import('#lib/control/instance-mail.ts');
  expect((await instanceMail.read(management.platform.control.context)).smtp_pass).toBe('geheim-4711');
  const refused = async (path: string, body: Record<string, unknown>) =>
    (await ask('PATCH', `/instance/${path}`, { body })).fields.message;
  expect(await refused('mail', { sender_address: null })).toBe('mail.sender_address: mails need a sender');
  expect(await refused('mail', { smtp_port: 0 })).toMatch(/^mail.smtp_port/);
  expect(await refused('mail', { nonsense: 1 })).toMatch(/nonsense/);
  expect(await refused('sign-in', { sso_enabled: true })).toMatch(/sso_issuer/);
  expect(await refused('sign-in', { sso_required: true })).toMatch(/sso_required/);
  expect(await refused('sign-in', { sso_new_operators: 'member' })).toMatch(/sso_allowed_domains/);
  expect(await refused('sign-in', { sso_issuer: 'http://idp.example.com' })).toMatch(/https/);
  const entries = await database().auditEntry.findMany({ where: { action: 'instance.mail.update' } });
  expect(entries.map(({ after }) => after).join()).not.toContain('geheim');
});

test('a test mail tells what the mail server says', async () => {
  await setMail();
  expect((await ask('POST', '/instance/mail/test')).body).toEqual({ recipient: ownerEmail });
  expect(sink.received).toHaveLength(1);
  sink.refuseWith(451);
  expect(await ask('POST', '/instance/mail/test')).toMatchObject({ status: 422, body: { code: 'mail_failed' } });
});

test('sessions last as long as the settings say', async () => {
  await ask('PATCH', '/instance/sign-in', { body: { session_idle_minutes: 5, session_absolute_hours: 1 } });
  await signIn(ownerEmail, ownerPassword);
  const session = await database().operatorSession.findFirstOrThrow({ orderBy: { createdAt: 'desc' } });
  const minutes = (at: Date) => Math.round((at.getTime() - Date.now()) / 60_000);
  expect([minutes(session.expiresAt), minutes(session.absoluteExpiresAt)]).toEqual([5, 60]);
});
