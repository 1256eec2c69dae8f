import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemActor } from '#lib/control/actor.ts';
import { type Control, createControl } from '#lib/control/control.ts';
import { createEngine } from '#lib/engine/create-engine.ts';

const engine = createEngine();
const email = 'ada@example.com';
const password = 'analytical engine';
let home: string;
let control: Control;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'control-'));
  control = await createControl({ config: { home, masterKey: null, publicUrl: null }, engine });
  await control.operators.create(systemActor, { email, password, platformRole: 'owner' });
});

afterEach(() => control.close());

const from = (ip: string) => ({ ip, userAgent: 'test' });
const signIn = (address = email, word = password, ip = '192.0.2.1') =>
  control.operators.signIn({ email: address, password: word }, from(ip));
const find = (credentials: { cookie?: string; bearer?: string }) =>
  control.operators.find({ cookie: credentials.cookie ?? null, bearer: credentials.bearer ?? null }, from('192.0.2.1'));
const toCookie = (setCookie: string) => setCookie.split(';')[0] ?? '';
const status = (work: Promise<unknown>) =>
  work.then(
    () => 200,
    (error: { status?: number }) => error.status ?? error,
  );

test('an operator signs in, is known by the cookie, and is forgotten after signing out', async () => {
  const { operator, setCookie } = await signIn(' ADA@Example.com ');
  expect(operator.email).toBe(email);
  const cookie = toCookie(setCookie);
  expect(await find({ cookie })).toMatchObject({ byCookie: true, actor: { email, platformRole: 'owner', ip: '192.0.2.1' } });
  await control.operators.signOut({ cookie, bearer: null }, from('192.0.2.1'));
  expect(await find({ cookie })).toBeNull();
});

test('each sign-in makes a session of its own: one planted before is not taken over', async () => {
  const first = toCookie((await signIn()).setCookie);
  const second = toCookie((await signIn()).setCookie);
  expect(second).not.toBe(first);
});

test('a wrong password and an unknown email get the same answer', async () => {
  const answers = await Promise.allSettled([signIn(email, 'wrong password!'), signIn('nobody@example.com', 'wrong password!')]);
  const [wrong, unknown] = answers.map((answer) =>
    answer.status === 'rejected' ? { ...answer.reason, message: answer.reason.message } : null,
  );
  expect(wrong).toMatchObject({ status: 401, code: 'invalid_credentials' });
  expect(unknown).toEqual(wrong);
});

test('the eleventh guess at one account is refused from any address, whatever the spelling, even with the right password', async () => {
  const guesses = Array.from({ length: 10 }, (_, index) => {
    return status(signIn(index % 2 === 0 ? email : ` ${email.toUpperCase()}`, 'wrong password!', `192.0.2.${index}`));
  });
  expect(new Set(await Promise.all(guesses))).toEqual(new Set([401]));
  expect(await status(signIn(email, password, '198.51.100.1'))).toBe(429);
});

test('the eleventh guess from one address is refused for any account', async () => {
  const guesses = Array.from({ length: 10 }, (_, index) =>
    status(signIn(`user-${index}@example.com`, 'wrong password!', `2001:db8::${index}`)),
  );
  await Promise.all(guesses);
  expect(await status(signIn(email, password, '2001:db8::ffff'))).toBe(429);
  expect(await status(signIn(email, password, '2001:db9::1'))).toBe(200);
});

test('successes do not use the allowance up', async () => {
  for (let count = 0; count < 12; count++) expect(await status(signIn())).toBe(200);
});

test('the local token acts as the first owner until the next start renews it', async () => {
  const first = await control.operators.renewLocalToken();
  expect(await find({ bearer: first })).toMatchObject({ byCookie: false, actor: { email, platformRole: 'owner' } });
  const second = await control.operators.renewLocalToken();
  expect(await find({ bearer: first })).toBeNull();
  expect(await find({ bearer: second })).not.toBeNull();
});

test('an expired token, a wrong one and a stored hash open nothing', async () => {
  const token = await control.operators.renewLocalToken();
  const { operatorToken } = control.context.database;
  const row = await operatorToken.findFirstOrThrow();
  expect(await find({ bearer: row.hash })).toBeNull();
  expect(await find({ bearer: `${token}x` })).toBeNull();
  await operatorToken.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
  expect(await find({ bearer: token })).toBeNull();
});

test("a deleted operator's session and token end with it", async () => {
  const cookie = toCookie((await signIn()).setCookie);
  const bearer = await control.operators.renewLocalToken();
  await control.context.database.operator.deleteMany({ where: { email } });
  expect(await find({ cookie })).toBeNull();
  expect(await find({ bearer })).toBeNull();
});

test('one email is one operator, and a weak password makes none', async () => {
  const create = (address: string, word: string) =>
    status(control.operators.create(systemActor, { email: address, password: word }));
  expect(await create('Ada@EXAMPLE.com', 'another password')).toBe(409);
  expect(await create('new@example.com', 'short')).toBe(422);
  expect(await control.context.database.operator.count()).toBe(1);
});

test('no password, cookie or token lies on disk in plain text', async () => {
  const id = toCookie((await signIn()).setCookie).replace('koyalite_session=', '');
  const token = await control.operators.renewLocalToken();
  for (const name of readdirSync(home).filter((file) => file.startsWith('control.db'))) {
    const bytes = readFileSync(join(home, name));
    for (const secret of [password, id, token]) expect(bytes.includes(secret)).toBe(false);
  }
});

test('sign-ins, sign-outs and new operators are recorded with address and agent', async () => {
  const cookie = toCookie((await signIn()).setCookie);
  await control.operators.signOut({ cookie, bearer: null }, from('192.0.2.9'));
  const entries = await control.context.database.auditEntry.findMany({ orderBy: { seq: 'asc' } });
  expect(entries.map(({ action, actor, ip, userAgent }) => [action, actor, ip, userAgent])).toEqual([
    ['operator.create', 'system', null, null],
    ['operator.sign_in', email, '192.0.2.1', 'test'],
    ['operator.sign_out', email, '192.0.2.9', 'test'],
  ]);
});
