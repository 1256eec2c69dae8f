/** Security cases A01–A07: refresh tokens, access tokens, and tokens where they do not belong. */

import { createHmac, generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SigningKey } from '#lib/identity/environment.ts';
import { mintToken } from '#lib/identity/jwt.ts';
import { isTokenLive } from '#lib/services/auth/auth.ts';
import { type AuthEnvironment, newHmacKey, openAuthEnvironment } from '../support/auth-environment.ts';
import { ask, newestMail, signIn } from '../support/auth-http.ts';

let environment: AuthEnvironment;
beforeEach(async () => {
  environment = await openAuthEnvironment();
});
afterEach(() => environment.close());

const refresh = (token: unknown) => ask(environment, '/token?grant_type=refresh_token', { body: { refresh_token: token } });
const count = (sql: string) => environment.database.read((connection) => Number(connection.value(sql)));
const liveTokens = () => count('SELECT count(*) FROM _koyalite_refresh_tokens WHERE revoked = 0');

test('A01 a rotated token reused after the window ends the whole family', async () => {
  for (const generationsBack of [1, 2]) {
    const { refresh_token: first = '' } = await signIn(environment, `u${generationsBack}@x.io`);
    const line = [first];
    for (let i = 0; i < 2; i++) line.push(String((await refresh(line.at(-1))).body.refresh_token));
    environment.pass(11);
    const reused = await refresh(line.at(-1 - generationsBack));
    expect(reused).toMatchObject({
      status: 400,
      body: { code: 'refresh_token_already_used', message: 'Invalid Refresh Token: Already Used' },
    });
    expect((await refresh(line.at(-1))).status).toBe(400);
  }
  expect(count('SELECT count(*) FROM _koyalite_sessions')).toBe(0);
});

test('A02 50 parallel refreshes with one token get one child, and one token lives', async () => {
  const { refresh_token: first } = await signIn(environment);
  const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(first)));
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
  expect(new Set(answers.map((answer) => answer.body.refresh_token)).size).toBe(1);
  expect(liveTokens()).toBe(1);
  const grandchild = await refresh(answers[0]?.body.refresh_token);
  expect((await refresh(first)).body.refresh_token).toBe(grandchild.body.refresh_token);
});

test('A02 the file holds no refresh token in the clear', async () => {
  const { refresh_token: first = '' } = await signIn(environment);
  const rows = environment.database.read((connection) =>
    JSON.stringify(connection.all('SELECT * FROM _koyalite_refresh_tokens')),
  );
  expect(rows).not.toContain(first);
});

test.each([
  [
    'logout',
    (session: Record<string, string>) => ask(environment, '/logout', { method: 'POST', token: session.access_token ?? '' }),
  ],
  [
    'ban',
    (_session: Record<string, string>, id: string) =>
      ask(environment, `/admin/users/${id}`, { method: 'PUT', token: environment.serviceKey, body: { ban_duration: '24h' } }),
  ],
  [
    'password change',
    (_session: Record<string, string>, id: string) =>
      ask(environment, `/admin/users/${id}`, { method: 'PUT', token: environment.serviceKey, body: { password: 'secret2' } }),
  ],
  [
    'deletion',
    (_session: Record<string, string>, id: string) =>
      ask(environment, `/admin/users/${id}`, { method: 'DELETE', token: environment.serviceKey }),
  ],
])('A03 after %s neither token works', async (_name, end) => {
  const session = await signIn(environment);
  const id = String((await ask(environment, '/user', { token: session.access_token ?? '' })).body.id);
  const claims = JSON.parse(Buffer.from(session.access_token?.split('.')[1] ?? '', 'base64url').toString());
  const isLive = () => environment.database.read((connection) => isTokenLive(connection, claims, environment.now()));
  expect(isLive()).toBe(true);
  expect((await end(session, id)).status).toBeLessThan(300);
  expect((await refresh(session.refresh_token)).status).toBe(400);
  expect((await ask(environment, '/user', { token: session.access_token ?? '' })).status).toBe(403);
  expect((await ask(environment, '/factors', { token: session.access_token ?? '', body: { factor_type: 'totp' } })).status).toBe(
    403,
  );
  expect(isLive()).toBe(false);
});

function forge(header: object, claims: object, secret: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${part(header)}.${part(claims)}`;
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}

test('A04 A05 forged and malformed tokens are refused', async () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicJwk = { ...pair.publicKey.export({ format: 'jwk' }) };
  const es: SigningKey = {
    kid: 'e1',
    algorithm: 'ES256',
    secret: JSON.stringify(pair.privateKey.export({ format: 'jwk' })),
    publicJwk,
    status: 'standby',
  };
  const [hs = newHmacKey()] = environment.signingKeys;
  const both = await openAuthEnvironment({ signingKeys: [hs, es] });
  const session = await signIn(both);
  const id = String((await ask(both, '/user', { token: session.access_token ?? '' })).body.id);
  const claims = { sub: id, role: 'authenticated', exp: Math.floor(Date.now() / 1000) + 3600 };
  const secret = hs.secret ?? '';
  const tokens = [
    `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`,
    forge({ alg: 'HS256', kid: 'e1' }, claims, JSON.stringify(publicJwk)),
    forge({ alg: 'HS256', jwk: { kty: 'oct', k: 'bWluZQ' }, jku: 'https://evil.example' }, claims, 'mine'),
    forge({ alg: 'HS256', kid: 'unknown' }, claims, secret),
    forge({ alg: 'HS256' }, { ...claims, exp: String(claims.exp) }, secret),
    forge({ alg: 'HS256' }, { ...claims, exp: undefined }, secret),
    forge({ alg: 'HS256' }, { ...claims, exp: -1 }, secret),
    forge({ alg: 'HS256' }, { ...claims, nbf: claims.exp }, secret),
  ];
  for (const token of tokens)
    expect(await ask(both, '/user', { token })).toMatchObject({ status: 403, body: { code: 'bad_jwt' } });
  expect((await ask(both, '/user', { token: forge({ alg: 'HS256' }, claims, secret) })).status).toBe(200);
  await both.close();
});

test('A06 a token of another project is refused', async () => {
  const other = await openAuthEnvironment();
  const session = await signIn(other);
  expect(await ask(environment, '/user', { token: session.access_token ?? '' })).toMatchObject({
    status: 403,
    body: { code: 'bad_jwt' },
  });
  expect((await ask(environment, '/admin/users', { token: other.serviceKey })).status).toBe(403);
  await other.close();
});

test('A07 a token of one kind does not pass as another', async () => {
  environment.set({ mailer_autoconfirm: false });
  const session = await signIn(environment);
  expect((await ask(environment, '/user', { token: session.refresh_token ?? '' })).status).toBe(403);
  expect((await ask(environment, '/admin/users', { token: environment.anonKey })).status).toBe(403);
  expect((await ask(environment, '/admin/users', { token: session.access_token ?? '' })).status).toBe(403);
  expect((await ask(environment, '/user', { token: environment.anonKey })).status).toBe(403);
  await ask(environment, '/signup', { body: { email: 'n@x.io', password: 'secret1' } });
  const confirmation = newestMail(environment, 'n@x.io');
  for (const type of ['recovery', 'email_change', 'invite']) {
    expect((await ask(environment, '/verify', { body: { type, token_hash: confirmation.hash } })).status).toBe(403);
    expect((await ask(environment, '/verify', { body: { type, email: 'n@x.io', token: confirmation.code } })).status).toBe(403);
  }
  expect((await ask(environment, '/verify', { body: { type: 'signup', token_hash: confirmation.hash } })).status).toBe(200);
  const forged = mintToken({ role: 'service_role', exp: 4_000_000_000 }, [newHmacKey()]);
  expect((await ask(environment, '/admin/users', { token: forged })).status).toBe(403);
});

test('A09 PKCE: every shortcut fails, and the code works once', async () => {
  const { createHash, randomBytes } = await import('node:crypto');
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  await signIn(environment);
  const start = async (): Promise<string> => {
    await ask(environment, '/otp', { body: { email: 'a@x.io', code_challenge: challenge, code_challenge_method: 's256' } });
    const { headers } = await ask(environment, newestMail(environment, 'a@x.io').link);
    return new URL(headers.get('location') ?? '').searchParams.get('code') ?? '';
  };
  const exchange = (body: object) => ask(environment, '/token?grant_type=pkce', { body });
  const code = await start();
  expect((await exchange({ auth_code: code })).body.code).toBe('validation_failed');
  expect((await exchange({ auth_code: code, code_verifier: 'wrong' })).body.code).toBe('bad_code_verifier');
  expect((await exchange({ auth_code: code, code_verifier: challenge, code_challenge_method: 'plain' })).body.code).toBe(
    'bad_code_verifier',
  );
  const answers = await Promise.all(Array.from({ length: 10 }, () => exchange({ auth_code: code, code_verifier: verifier })));
  expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
  const late = await start();
  environment.pass(301);
  expect((await exchange({ auth_code: late, code_verifier: verifier })).body.code).toBe('flow_state_expired');
  for (const half of [
    { code_challenge: challenge },
    { code_challenge_method: 's256' },
    { code_challenge: 'short', code_challenge_method: 's256' },
  ]) {
    expect((await ask(environment, '/otp', { body: { email: 'a@x.io', ...half } })).status).toBe(400);
  }
});
