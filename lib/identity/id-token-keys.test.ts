/** The derived keys sign, are the same each time, and are nobody else's. */

import { createPrivateKey, createPublicKey } from 'node:crypto';
import { expect, test } from 'vitest';
import type { SigningKey } from '#lib/identity/environment.ts';
import { idTokenKeys } from '#lib/identity/id-token-keys.ts';
import { mintToken, verifyToken } from '#lib/identity/jwt.ts';

const sealing = new Uint8Array(32).fill(7);
const key = (kid: string, status: SigningKey['status'] = 'current'): SigningKey => ({
  kid,
  algorithm: 'HS256',
  secret: 'a secret of the environment',
  publicJwk: null,
  status,
});
const claims = { sub: 'u', exp: 4_000_000_000 };

test('they are valid P-256 pairs, and stay what they are', () => {
  const [made] = idTokenKeys(sealing, [key('a')]);
  const [again] = idTokenKeys(sealing, [key('a')]);
  expect(made).toEqual(again);
  expect(made).toMatchObject({ algorithm: 'ES256', status: 'current' });
  const secret = createPrivateKey({ key: JSON.parse(made?.secret ?? ''), format: 'jwk' });
  expect(createPublicKey(secret).export({ format: 'jwk' })).toEqual(made?.publicJwk);
});

test('another environment, or another signing key, has another one', () => {
  const kids = [sealing, new Uint8Array(32).fill(8)].flatMap((own) =>
    idTokenKeys(own, [key('a'), key('b')]).map(({ kid }) => kid),
  );
  expect(new Set(kids).size).toBe(4);
});

test('rotation: the current one signs, those before still verify, and none is a key of access tokens', () => {
  const before = [key('a')];
  const after = [key('a', 'previous'), key('b')];
  const token = mintToken(claims, idTokenKeys(sealing, before));
  expect(verifyToken(token, idTokenKeys(sealing, after), 0).ok).toBe(true);
  expect(verifyToken(mintToken(claims, idTokenKeys(sealing, after)), idTokenKeys(sealing, before), 0).ok).toBe(false);
  expect(verifyToken(token, after, 0).ok).toBe(false);
});
