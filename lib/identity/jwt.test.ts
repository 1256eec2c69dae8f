/** What a token must survive, and what must not pass as one. */

import { createHmac, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SigningKey } from '#lib/identity/environment.ts';
import { mintToken, verifyToken } from '#lib/identity/jwt.ts';

const hs: SigningKey = {
  kid: 'h1',
  algorithm: 'HS256',
  secret: 'a secret of at least thirty-two characters',
  publicJwk: null,
  status: 'current',
};
const now = 1_800_000_000;

function asymmetric(algorithm: 'ES256' | 'RS256', kid: string): SigningKey {
  const pair =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    kid,
    algorithm,
    secret: JSON.stringify(pair.privateKey.export({ format: 'jwk' })),
    publicJwk: { ...pair.publicKey.export({ format: 'jwk' }), kid, alg: algorithm },
    status: 'current',
  };
}
const es = asymmetric('ES256', 'e1');
const rs = asymmetric('RS256', 'r1');

function forge(header: object, payload: string | object, secret: string): string {
  const part = (value: string | object) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const content = `${part(header)}.${part(payload)}`;
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}

test.each([hs, es, rs])('a token of $algorithm verifies with its own key and with no other', (key) => {
  const token = mintToken({ sub: 'u', exp: now + 60 }, [key]);
  expect(verifyToken(token, [key], now)).toEqual({ ok: true, claims: { sub: 'u', exp: now + 60 } });
  for (const other of [hs, es, rs].filter((candidate) => candidate !== key))
    expect(verifyToken(token, [other], now).ok).toBe(false);
});

test('a previous key still verifies, a standby key does not sign', () => {
  const old: SigningKey = { ...hs, kid: 'h0', status: 'previous' };
  const token = mintToken({ exp: now + 60 }, [{ ...old, status: 'current' }]);
  expect(verifyToken(token, [es, old], now).ok).toBe(true);
  expect(() => mintToken({ exp: now + 60 }, [{ ...hs, status: 'standby' }])).toThrow('no current signing key');
});

test('an HS256 token made with the public key as the secret is refused', () => {
  const secret = JSON.stringify(es.publicJwk);
  for (const header of [{ alg: 'HS256', kid: 'e1' }, { alg: 'HS256' }]) {
    expect(verifyToken(forge(header, { exp: now + 60 }, secret), [es], now).ok).toBe(false);
  }
});

test.each([
  ['none', { alg: 'none' }],
  ['HS512', { alg: 'HS512' }],
  ['an unknown kid', { alg: 'HS256', kid: 'nobody' }],
  ['a numeric kid', { alg: 'HS256', kid: 1 }],
  ['critical extensions', { alg: 'HS256', crit: ['exp'] }],
])('header with %s is refused', (_name, header) => {
  expect(verifyToken(forge(header, { exp: now + 60 }, hs.secret ?? ''), [hs], now)).toMatchObject({
    ok: false,
    code: 'PGRST301',
  });
});

test('a key inside the token is not used', () => {
  const header = {
    alg: 'HS256',
    jwk: { kty: 'oct', k: Buffer.from('mine').toString('base64url') },
    jku: 'https://evil.example/jwks',
  };
  expect(verifyToken(forge(header, { exp: now + 60 }, 'mine'), [hs], now).ok).toBe(false);
});

test.each([
  ['{"exp":"1900000000"}', "The JWT 'exp' claim must be a number"],
  ['{}', "The JWT 'exp' claim must be a number"],
  ['{"exp":1e999}', "The JWT 'exp' claim must be a number"],
  ['{"exp":-1}', 'JWT expired'],
  [`{"exp":${now - 30}}`, 'JWT expired'],
  [`{"exp":${now + 60},"nbf":${now + 600}}`, 'JWT not yet valid'],
  [`{"exp":${now + 60},"iat":${now + 31}}`, 'JWT issued at future'],
])('claims %s are refused', (payload, reason) => {
  expect(verifyToken(forge({ alg: 'HS256' }, payload, hs.secret ?? ''), [hs], now)).toEqual({
    ok: false,
    code: 'PGRST303',
    reason,
  });
});

test('clocks may differ by 30 seconds', () => {
  expect(verifyToken(forge({ alg: 'HS256' }, { exp: now - 29, nbf: now + 30 }, hs.secret ?? ''), [hs], now).ok).toBe(true);
});

test('any changed character is noticed, and nothing makes the verifier throw', () => {
  const token = mintToken({ sub: 'u', exp: now + 60 }, [hs]);
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.string({ minLength: 1, maxLength: 1, unit: 'binary-ascii' }), (at, character) => {
      const changed = token.slice(0, at) + character + token.slice(at + 1);
      expect(verifyToken(changed, [hs], now).ok).toBe(changed === token);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(verifyToken(text, [hs, es, rs], now).ok).toBe(false);
    }),
  );
});
