/** Operators: signing in and out, sessions, tokens, and the brake on guessing. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addOperator, call, makeTestControl, ownerEmail, ownerPassword, type TestControl } from '#lib/control/test-control.ts';

let started: TestControl;
beforeEach(async () => {
  started = await makeTestControl();
});
afterEach(() => started.close());

const nowhere = { ip: null, userAgent: null };
const toCookie = (setCookie: string): string => setCookie.split(';')[0] ?? '';

test('a session: signed in by the cookie, its id hashed, gone after signing out', async () => {
  const { operators, context } = started.control;
  const { operator, setCookie } = await operators.signIn(` ${ownerEmail.toUpperCase()} `, ownerPassword, {
    ip: '192.0.2.1',
    userAgent: 'test',
  });
  expect(operator.email).toBe(ownerEmail);
  expect(setCookie).toMatch(/^koyalite_session=[a-z0-9]{40}; HttpOnly; Max-Age=\d+; Path=\/; SameSite=Lax$/);
  const cookie = toCookie(setCookie);
  expect(await operators.find({ cookie, bearer: null }, nowhere)).toMatchObject({
    byCookie: true,
    actor: { email: ownerEmail, platformRole: 'owner' },
  });
  const files = ['control.db', 'control.db-wal'].map((file) => readFileSync(join(started.home, file), 'latin1')).join('');
  expect(files).not.toContain(cookie.split('=')[1]);
  expect(await context.database.operatorSession.findFirst()).toMatchObject({ ip: '192.0.2.1', userAgent: 'test' });
  const out = await operators.signOut({ cookie, bearer: null }, nowhere);
  expect(out.setCookie).toMatch(/^koyalite_session=; .*Max-Age=0/);
  expect(await operators.find({ cookie, bearer: null }, nowhere)).toBeNull();
});

test('sessions end unused and end absolutely', async () => {
  const { operators, context } = started.control;
  const signIn = async () => toCookie((await operators.signIn(ownerEmail, ownerPassword, nowhere)).setCookie);
  const cookie = await signIn();
  const set = (data: { expiresAt?: Date; absoluteExpiresAt?: Date }) => context.database.operatorSession.updateMany({ data });
  const past = new Date(Date.now() - 1000);
  await set({ expiresAt: past });
  expect(await operators.find({ cookie, bearer: null }, nowhere)).toBeNull();
  const other = await signIn();
  await set({ absoluteExpiresAt: past });
  expect(await operators.find({ cookie: other, bearer: null }, nowhere)).toBeNull();
});

test('a session used late in its life is prolonged', async () => {
  const { operators, context } = started.control;
  const cookie = toCookie((await operators.signIn(ownerEmail, ownerPassword, nowhere)).setCookie);
  expect(await operators.find({ cookie, bearer: null }, nowhere)).toMatchObject({ setCookie: null });
  await context.database.operatorSession.updateMany({ data: { expiresAt: new Date(Date.now() + 3_600_000) } });
  expect((await operators.find({ cookie, bearer: null }, nowhere))?.setCookie).toContain(cookie);
  const session = await context.database.operatorSession.findFirstOrThrow();
  expect(session.expiresAt.getTime()).toBeGreaterThan(Date.now() + 24 * 3_600_000);
});

test('an unknown email and a wrong password are told apart by nothing', async () => {
  const { operators } = started.control;
  const refusal = { status: 401, code: 'invalid_credentials', message: 'The email or the password is wrong.' };
  await expect(operators.signIn('nobody@example.com', ownerPassword, nowhere)).rejects.toMatchObject(refusal);
  await expect(operators.signIn(ownerEmail, 'wrong password here', nowhere)).rejects.toMatchObject(refusal);
});

test('guessing is braked per account whatever the address, and per address whatever the account', async () => {
  const { operators } = started.control;
  const guess = (email: string, ip: string) => operators.signIn(email, 'wrong password here', { ip, userAgent: null });
  for (let attempt = 0; attempt < 10; attempt++)
    await expect(guess(ownerEmail, `192.0.2.${attempt}`)).rejects.toMatchObject({ status: 401 });
  const braked = operators.signIn(ownerEmail, ownerPassword, { ip: '192.0.2.99', userAgent: null });
  await expect(braked).rejects.toMatchObject({
    status: 429,
    code: 'too_many_attempts',
    headers: ['Retry-After', expect.stringMatching(/^\d+$/)],
  });
  for (let attempt = 0; attempt < 10; attempt++) {
    await expect(guess(`${attempt}@example.com`, `2001:db8::${attempt}`)).rejects.toMatchObject({ status: 401 });
  }
  await expect(guess('other@example.com', '2001:db8::ffff')).rejects.toMatchObject({ status: 429 });
});

test('guesses made at once all count', async () => {
  const { operators } = started.control;
  const guesses = Array.from({ length: 14 }, (_, index) =>
    operators.signIn(ownerEmail, `wrong password ${index}`, nowhere).catch((error: { status: number }) => error.status),
  );
  expect((await Promise.all(guesses)).filter((status) => status === 429)).toHaveLength(4);
});

test('the local token acts as the owner until it is renewed; only its hash is kept', async () => {
  const { operators } = started.control;
  const find = (bearer: string) => operators.find({ cookie: null, bearer }, nowhere);
  const first = await operators.renewLocalToken();
  expect(await find(first)).toMatchObject({ byCookie: false, actor: { email: ownerEmail } });
  const second = await operators.renewLocalToken();
  expect(await find(first)).toBeNull();
  expect(await find(second)).not.toBeNull();
  const files = ['control.db', 'control.db-wal'].map((file) => readFileSync(join(started.home, file), 'latin1')).join('');
  expect(files).not.toContain(second);
});

test('a token that expired is dead; a wrong token is not helped by a good cookie', async () => {
  const { operators, context } = started.control;
  const { token } = await addOperator(started.control);
  await context.database.operatorToken.updateMany({ where: { kind: 'personal' }, data: { expiresAt: new Date(Date.now() - 1) } });
  expect(await operators.find({ cookie: null, bearer: token }, nowhere)).toBeNull();
  const cookie = toCookie((await operators.signIn(ownerEmail, ownerPassword, nowhere)).setCookie);
  expect(await operators.find({ cookie, bearer: token }, nowhere)).toBeNull();
});

test('only platform owners make operators, with passwords worth the name', async () => {
  const { operators } = started.control;
  const { actor } = await addOperator(started.control);
  const wanted = { email: 'new@example.com', password: 'a decent password' };
  await expect(operators.create(actor, wanted)).rejects.toMatchObject({ status: 403 });
  await expect(operators.create(started.owner, { ...wanted, password: 'short' })).rejects.toMatchObject({
    status: 422,
    code: 'weak_password',
  });
  expect(await operators.create(started.owner, wanted)).toMatchObject({ email: 'new@example.com', platformRole: 'member' });
  await expect(operators.create(started.owner, { ...wanted, email: 'NEW@example.com' })).rejects.toMatchObject({ status: 409 });
  expect((await operators.signIn('new@example.com', wanted.password, nowhere)).operator.passwordHash).toMatch(
    /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/,
  );
});

test('behind https the cookie is Secure and bound to the host', async () => {
  const { home } = started;
  const secure = await started.restart({ config: { home, masterKey: null, publicUrl: 'https://api.example.com' } });
  started = secure;
  const { setCookie } = await secure.control.operators.signIn(ownerEmail, ownerPassword, nowhere);
  expect(setCookie).toMatch(/^__Host-koyalite_session=.*; Secure/);
});

test('signing in over HTTP sets the cookie and says who', async () => {
  const answer = await call(started.control, 'POST', '/sign-in', { body: { email: ownerEmail, password: ownerPassword } });
  expect(answer).toMatchObject({ status: 200, body: { operator: { email: ownerEmail, platform_role: 'owner' } } });
  expect(answer.text).not.toContain('argon2');
  const cookie = toCookie(answer.headers.get('set-cookie') ?? '');
  expect((await call(started.control, 'GET', '/profile', { headers: { cookie } })).body).toMatchObject({ email: ownerEmail });
  const entry = await started.control.context.database.auditEntry.findFirst({ orderBy: { seq: 'desc' } });
  expect(entry).toMatchObject({ action: 'operator.sign_in', actor: ownerEmail, ip: '192.0.2.1' });
});
