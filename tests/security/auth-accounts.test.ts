/** Security cases A14–A22: who has an account, guessing, malformed input, weak passwords, levels and mass assignment. */

import { Secret, TOTP } from 'otpauth';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashUserPassword, verifyUserPassword } from '#lib/identity/password-hashes.ts';
import { type AuthEnvironment, openAuthEnvironment } from '../support/auth-environment.ts';
import { ask, newestMail, signIn } from '../support/auth-http.ts';

let environment: AuthEnvironment;
beforeEach(async () => {
  environment = await openAuthEnvironment({ settings: { mailer_autoconfirm: false } });
});
afterEach(() => environment.close());

const stored = (email: string) =>
  environment.database.read((connection) => connection.get('SELECT * FROM _koyalite_users WHERE email = ?', email) ?? {});

test.each([
  ['/signup', { password: 'secret1' }],
  ['/recover', {}],
  ['/otp', {}],
  ['/magiclink', {}],
  ['/resend', { type: 'signup' }],
  ['/token?grant_type=password', { password: 'wrong' }],
])('A14 A15 %s answers a known and an unknown address alike', async (path, body) => {
  await signIn(environment, 'known@x.io');
  const known = await ask(environment, path, { body: { email: 'known@x.io', ...body } });
  const unknown = await ask(environment, path, { body: { email: 'nobody@x.io', ...body } });
  expect(known.status).toBe(unknown.status);
  expect(Object.keys(known.body).sort()).toEqual(Object.keys(unknown.body).sort());
  expect([...known.headers.keys()].sort()).toEqual([...unknown.headers.keys()].sort());
});

test('A14 the pause between mails is the same whether or not the address has an account', async () => {
  await signIn(environment, 'known@x.io');
  environment.set({ smtp_max_frequency: 60 });
  for (const email of ['known@x.io', 'nobody@x.io']) {
    expect((await ask(environment, '/recover', { body: { email } })).status).toBe(200);
    const again = await ask(environment, '/recover', { body: { email } });
    expect(again).toMatchObject({ status: 429, body: { code: 'over_email_send_rate_limit' } });
    expect(again.body.message).toMatch(/^For security purposes, you can only request this after \d+ seconds\.$/);
    expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(0);
  }
});

test('A15 signing in nobody costs a password hash, as signing in somebody does', async () => {
  await signIn(environment, 'known@x.io');
  const cost = async (email: string) => {
    const before = process.cpuUsage();
    await ask(environment, '/token?grant_type=password', { body: { email, password: 'wrong' } });
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  await cost('known@x.io');
  let [known, unknown] = [0, 0];
  // In turns: what else the process does falls on both.
  for (let i = 0; i < 8; i++) {
    known += await cost('known@x.io');
    unknown += await cost('nobody@x.io');
  }
  expect(unknown / known).toBeGreaterThan(0.5);
  expect(unknown / known).toBeLessThan(2);
});

test('A16 guessing is stopped per account in every spelling, and not for good', async () => {
  environment.set({ rate_limit_failed_passwords: 10 });
  await signIn(environment, 'known@x.io');
  const spellings = ['known@x.io', 'KNOWN@x.io', ' Known@X.io '];
  const statuses: number[] = [];
  for (let i = 0; i < 12; i++) {
    const answer = await ask(environment, '/token?grant_type=password', { body: { email: spellings[i % 3], password: 'wrong' } });
    statuses.push(answer.status);
    if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(300);
  }
  expect(statuses.slice(0, 10)).toEqual(Array(10).fill(400));
  expect(statuses.slice(10)).toEqual([429, 429]);
});

test('A16 guessing over many accounts from one address is stopped too', async () => {
  environment.set({ rate_limit_failed_passwords: 10 });
  const statuses: number[] = [];
  for (let i = 0; i < 11; i++) {
    statuses.push(
      (await ask(environment, '/token?grant_type=password', { body: { email: `u${i}@x.io`, password: 'wrong' } })).status,
    );
  }
  expect(statuses.at(-1)).toBe(429);
});

test('A16 guesses sent all at once are stopped as well, the right one among them', async () => {
  environment.set({ rate_limit_failed_passwords: 10 });
  await ask(environment, '/admin/users', {
    token: environment.serviceKey,
    body: { email: 'p@x.io', password: 'secret1', email_confirm: true },
  });
  const guesses = [...Array.from({ length: 29 }, (_, i) => `wrong${i}`), 'secret1'];
  const statuses = await Promise.all(
    guesses.map(
      async (password) => (await ask(environment, '/token?grant_type=password', { body: { email: 'p@x.io', password } })).status,
    ),
  );
  expect(statuses.filter((status) => status === 400)).toHaveLength(10);
  expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(1);
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(19);
});

test('A17 a code dies after five wrong tries, lives ten minutes, and works once in parallel', async () => {
  const verify = (token: string) => ask(environment, '/verify', { body: { type: 'email', email: 'a@x.io', token } });
  const fresh = async () => {
    await ask(environment, '/otp', { body: { email: 'a@x.io' } });
    return newestMail(environment, 'a@x.io').code;
  };
  const guessed = await fresh();
  for (let i = 0; i < 5; i++) expect((await verify(guessed === '000000' ? '111111' : '000000')).status).toBe(403);
  expect((await verify(guessed)).status).toBe(403);
  const late = await fresh();
  environment.pass(601);
  expect((await verify(late)).status).toBe(403);
  const code = await fresh();
  const answers = await Promise.all(Array.from({ length: 50 }, () => verify(code)));
  expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
});

test.each([{ $ne: '' }, ['a'], 1, true, null])('A18 %o in place of text is a 400', async (value) => {
  const bodies: [string, object][] = [
    ['/signup', { email: value, password: 'secret1' }],
    ['/signup', { email: 'a@x.io', password: value }],
    ['/token?grant_type=password', { email: value, password: 'secret1' }],
    ['/token?grant_type=password', { email: 'a@x.io', password: value }],
    ['/token?grant_type=refresh_token', { refresh_token: value }],
    ['/token?grant_type=pkce', { auth_code: value, code_verifier: value }],
    ['/verify', { type: 'email', email: 'a@x.io', token: value }],
    ['/verify', { type: 'signup', token_hash: value }],
    ['/recover', { email: value }],
  ];
  for (const [path, body] of bodies) expect((await ask(environment, path, { body })).status).toBe(400);
});

test.each(['{', '[]', '"text"', 'null', '\u0000', '{"email":'])('A18 the body %s is a 400', async (body) => {
  expect(await ask(environment, '/signup', { body })).toMatchObject({ status: 400, body: { code: 'bad_json' } });
});

test('A18 a body nested deeper than anything means is a 400, wherever it goes', async () => {
  const { access_token: token = '' } = await signIn(environment);
  const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
  const answers = [
    await ask(environment, '/signup', { body: `{"email":"d@x.io","password":"secret1","data":${deep}}` }),
    await ask(environment, '/otp', { body: `{"email":"d@x.io","data":${deep}}` }),
    await ask(environment, '/user', { method: 'PUT', token, body: `{"data":${deep}}` }),
    await ask(environment, '/admin/users', { token: environment.serviceKey, body: `{"email":"d@x.io","app_metadata":${deep}}` }),
  ];
  for (const answer of answers) expect(answer).toMatchObject({ status: 400, body: { code: 'bad_json' } });
  const fine = `{"data":${'{"a":'.repeat(90)}1${'}'.repeat(90)}}`;
  expect((await ask(environment, '/user', { method: 'PUT', token, body: fine })).status).toBe(200);
});

test('A18 a body over the limit is a 413', async () => {
  const body = { email: 'a@x.io', password: 'x'.repeat(1_000_001) };
  expect(await ask(environment, '/signup', { body })).toMatchObject({ status: 413, body: { code: 'request_entity_too_large' } });
});

test('A19 every character of a password counts', async () => {
  const base = 'p'.repeat(64);
  const hash = await hashUserPassword(base);
  expect(await verifyUserPassword(base, hash)).toEqual({ holds: true, rehash: false });
  for (const other of [`${base}x`, base.slice(1), `${base}\0`, `\0${base}`, base.toUpperCase()]) {
    expect((await verifyUserPassword(other, hash)).holds).toBe(false);
  }
  expect((await verifyUserPassword('caf\u00e9-cafe', await hashUserPassword('cafe\u0301-cafe'))).holds).toBe(true);
  expect((await ask(environment, '/signup', { body: { email: 'b@x.io', password: `${'p'.repeat(72)}suffix` } })).status).toBe(
    400,
  );
  expect((await ask(environment, '/signup', { body: { email: 'b@x.io', password: base } })).status).toBe(200);
});

test('A19 short, plain and leaked passwords are refused with the reasons', async () => {
  environment.set({
    password_breach_check: 'offline',
    password_min_length: 8,
    password_required_characters: 'abcdefghijklmnopqrstuvwxyz:0123456789',
  });
  const reasons = async (password: string) =>
    (await ask(environment, '/signup', { body: { email: 'b@x.io', password } })).body.weak_password;
  expect(await reasons('zqxjk')).toEqual({ reasons: ['length', 'characters'] });
  expect(await reasons('password1')).toEqual({ reasons: ['pwned'] });
  expect(await reasons('Password1')).toEqual({ reasons: ['pwned'] });
  expect(await reasons('x9 correct horse')).toBeUndefined();
});

test('A20 an old session changes no password without a mailed code or the present password; the other sessions end', async () => {
  environment.set({ security_update_password_require_reauthentication: true });
  const { access_token: token = '' } = await signIn(environment);
  const other = await signIn(environment);
  const change = (body: object) => ask(environment, '/user', { method: 'PUT', token, body });
  environment.pass(15 * 60 + 1);
  expect(await change({ password: 'secret2' })).toMatchObject({ status: 400, body: { code: 'reauthentication_needed' } });
  expect(await change({ password: 'secret2', nonce: '000000' })).toMatchObject({ status: 422 });
  environment.set({
    security_update_password_require_reauthentication: false,
    security_update_password_require_current_password: true,
  });
  expect((await change({ password: 'secret2' })).body.code).toBe('current_password_required');
  expect((await change({ password: 'secret2', current_password: 'wrong' })).body.code).toBe('current_password_invalid');
  const signedIn = (password: string) => ask(environment, '/token?grant_type=password', { body: { email: 'a@x.io', password } });
  expect((await signedIn('secret2')).status).toBe(400);
  expect((await ask(environment, '/user', { token: other.access_token ?? '' })).status).toBe(200);
  expect((await change({ password: 'secret2', current_password: 'secret1' })).status).toBe(200);
  expect((await ask(environment, '/user', { token: other.access_token ?? '' })).status).toBe(403);
  expect((await ask(environment, '/user', { token })).status).toBe(200);
});

test('A21 a code works once, and a password reset does not skip the second factor', async () => {
  const session = await signIn(environment);
  const token = session.access_token ?? '';
  const enrolled = await ask(environment, '/factors', { token, body: { factor_type: 'totp' } });
  const secret = String(Object(enrolled.body.totp).secret);
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: environment.now() });
  const attempt = async (bearer: string) => {
    const challenge = await ask(environment, `/factors/${enrolled.body.id}/challenge`, { token: bearer, body: {} });
    return ask(environment, `/factors/${enrolled.body.id}/verify`, {
      token: bearer,
      body: { challenge_id: challenge.body.id, code },
    });
  };
  const lifted = await attempt(token);
  expect(lifted.status).toBe(200);
  expect((await attempt(String(lifted.body.access_token))).status).toBe(422);
  await ask(environment, '/recover', { body: { email: 'a@x.io' } });
  const recovered = await ask(environment, '/verify', {
    body: { type: 'recovery', token_hash: newestMail(environment, 'a@x.io').hash },
  });
  const changed = await ask(environment, '/user', {
    method: 'PUT',
    token: String(recovered.body.access_token),
    body: { password: 'secret2' },
  });
  expect(changed).toMatchObject({ status: 401, body: { code: 'insufficient_aal' } });
});

test('A22 what a user sends decides nothing about rights', async () => {
  const smuggled = {
    role: 'service_role',
    is_super_admin: true,
    app_metadata: { admin: true },
    raw_app_meta_data: { admin: true },
    email_confirmed_at: '2020-01-01T00:00:00Z',
    id: '00000000-0000-4000-8000-000000000001',
    is_anonymous: true,
    aud: 'x',
  };
  await ask(environment, '/signup', {
    body: { email: 'm@x.io', password: 'secret1', ...smuggled, data: { email_verified: true, sub: 'other', email: 'x@y.z' } },
  });
  const row = stored('m@x.io');
  expect(row).toMatchObject({
    role: 'authenticated',
    is_super_admin: null,
    email_confirmed_at: null,
    is_anonymous: 0,
    aud: 'authenticated',
  });
  expect(row.id).not.toBe(smuggled.id);
  expect(JSON.parse(String(row.raw_app_meta_data))).toEqual({ provider: 'email', providers: ['email'] });
  expect(JSON.parse(String(row.raw_user_meta_data))).toMatchObject({ email_verified: false, sub: row.id, email: 'm@x.io' });
  const { access_token: token = '' } = await signIn(environment);
  expect((await ask(environment, '/user', { method: 'PUT', token, body: { app_metadata: { admin: true } } })).body.code).toBe(
    'not_admin',
  );
  const { app_metadata: _refused, ...rest } = smuggled;
  await ask(environment, '/user', { method: 'PUT', token, body: { ...rest, data: { email_verified: false, sub: 'other' } } });
  const after = stored('a@x.io');
  expect(after).toMatchObject({ role: 'authenticated', is_super_admin: null, is_anonymous: 0 });
  expect(JSON.parse(String(after.raw_user_meta_data))).toEqual({ email_verified: true });
});
