/** Failed sign-ins are in the environment's record, bounded per account; those of nobody are counted and nowhere else. */

import { randomUUID } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyEnvironmentChain } from '#lib/engine/audit/environment-audit.ts';
import { type AuthEnvironment, openAuthEnvironment } from '../support/auth-environment.ts';
import { ask, newestMail, signIn } from '../support/auth-http.ts';

let environment: AuthEnvironment;
let counted: string[];
beforeEach(async () => {
  counted = [];
  const countRefusal = (_ref: string, method: string, known: boolean) => void counted.push(`${method} ${known}`);
  environment = await openAuthEnvironment({
    ports: { countRefusal },
  });
});
afterEach(() => environment.close());

interface Refusal {
  action: string;
  actor_kind: string;
  actor_id: string | null;
  subject_id: string | null;
  ip_address: string | null;
  traits: Record<string, string>;
}

function refusals(): Refusal[] {
  const sql = `SELECT * FROM _koyalite_auth_audit WHERE action IN ('sign_in_failed', 'rate_limited') ORDER BY id`;
  return environment.database.read((connection) =>
    connection.all(sql).map((row) => ({ ...Object(row), traits: JSON.parse(String(row.traits)) })),
  );
}
const entries = () =>
  environment.database.read((connection) => Number(connection.value('SELECT count(*) FROM _koyalite_auth_audit')));
const password = (email: string, given = 'wrong') =>
  ask(environment, '/token?grant_type=password', { body: { email, password: given } });
const userId = () => environment.database.read((connection) => String(connection.value('SELECT id FROM _koyalite_users')));

test('A16 a wrong password is on record with whose account, from where and why', async () => {
  await signIn(environment);
  expect((await password('A@x.io ')).status).toBe(400);
  expect(refusals()).toMatchObject([
    {
      action: 'sign_in_failed',
      actor_kind: 'anonymous',
      actor_id: null,
      subject_id: userId(),
      ip_address: '203.0.113.7',
      traits: { method: 'password', reason: 'invalid_credentials' },
    },
  ]);
  expect(JSON.stringify(refusals())).not.toContain('wrong');
  const verdict = environment.database.read((connection) => verifyEnvironmentChain(connection, environment.sealingKey, null));
  expect(verdict.firstBadSeq).toBeNull();
});

test('A14 A16 what is asked for nobody is counted and leaves the record as it is', async () => {
  await signIn(environment);
  const before = entries();
  const email = `nobody-${randomUUID()}@x.io`;
  const known = await password('a@x.io');
  const unknown = await password(email);
  expect([unknown.status, unknown.body]).toEqual([known.status, known.body]);
  expect(entries()).toBe(before + 1);
  for (const [path, body] of [
    ['/recover', { email }],
    ['/resend', { email, type: 'signup' }],
    ['/verify', { email, type: 'recovery', token: '123456' }],
  ] as const)
    await ask(environment, path, { body });
  expect(entries()).toBe(before + 1);
  expect(counted).toEqual(['password true', 'password false', 'otp false']);
});

test('A16 the limit bounds the record: its trips are one entry, however many there are', async () => {
  environment.set({ rate_limit_failed_passwords: 3 });
  await signIn(environment);
  for (let attempt = 0; attempt < 12; attempt++) await password('a@x.io');
  expect((await password('a@x.io', 'secret1')).status).toBe(429);
  expect(refusals().map(({ action, traits }) => `${action} ${traits.reason}`)).toEqual([
    ...Array.from({ length: 3 }, () => 'sign_in_failed invalid_credentials'),
    'rate_limited over_request_rate_limit',
  ]);
});

test('A16 without a limit the record is bounded all the same', async () => {
  await signIn(environment);
  for (let attempt = 0; attempt < 23; attempt++) {
    await ask(environment, '/verify', { body: { email: 'a@x.io', type: 'recovery', token: '123456' } });
  }
  expect(refusals()).toHaveLength(20);
});

test('A17 wrong codes are on record: mailed, of an app, of paper', async () => {
  const { access_token: token = '' } = await signIn(environment);
  await ask(environment, '/recover', { body: { email: 'a@x.io' } });
  const { code } = newestMail(environment, 'a@x.io');
  const wrong = (right: string) => (right === '123456' ? '654321' : '123456');
  await ask(environment, '/verify', { body: { email: 'a@x.io', type: 'recovery', token: wrong(code) } });
  const { body: factor } = await ask(environment, '/factors', { token, body: { factor_type: 'totp' } });
  const right = new TOTP({ secret: Secret.fromBase32(String(Object(factor.totp).secret)) }).generate({
    timestamp: environment.now(),
  });
  const challenge = await ask(environment, `/factors/${factor.id}/challenge`, { token, body: {} });
  const answer = (given: string) =>
    ask(environment, `/factors/${factor.id}/verify`, { token, body: { challenge_id: challenge.body.id, code: given } });
  await answer(wrong(right));
  const lifted = String((await answer(right)).body.access_token);
  await ask(environment, '/factors/recovery-codes', { token: lifted, body: {} });
  await ask(environment, '/factors/recovery-codes/verify', { token: lifted, body: { code: 'wrong' } });
  await ask(environment, '/reauthenticate', { token: lifted, body: { current_password: 'wrong' } });
  const id = userId();
  expect(refusals()).toMatchObject([
    { subject_id: id, actor_kind: 'anonymous', traits: { method: 'otp', reason: 'otp_expired', type: 'recovery' } },
    { subject_id: id, actor_id: id, traits: { method: 'totp', reason: 'mfa_verification_failed' } },
    { subject_id: id, actor_id: id, traits: { method: 'recovery_code', reason: 'mfa_verification_failed' } },
    { subject_id: id, actor_id: id, traits: { method: 'reauthentication', reason: 'current_password_invalid' } },
  ]);
  expect(JSON.stringify(refusals())).not.toContain(wrong(right));
});
