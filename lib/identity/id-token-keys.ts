/**
 * The keys ID tokens are signed with. They are derived from the environment's sealing key, one for each signing key, so that
 * rotating those rotates these. Keys of their own, because an ID token goes to other apps and must never pass as an access
 * token, and because an HS256 environment has no public key anybody could check one with.
 */

import { createECDH, createHash, hkdfSync } from 'node:crypto';
import type { SigningKey } from '#lib/identity/environment.ts';

/** The order of P-256: private keys are below it. */
const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

const remembered = new WeakMap<SigningKey, SigningKey>();

/** ES256; `current` where the environment's key is. */
export function idTokenKeys(sealingKey: Uint8Array, signingKeys: readonly SigningKey[]): SigningKey[] {
  return signingKeys.map((key) => {
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const made = derive(sealingKey, key);
    remembered.set(key, made);
    return made;
  });
}

function derive(sealingKey: Uint8Array, { kid, status }: SigningKey): SigningKey {
  // 16 bytes more than the order has, so that no key is likelier than another (FIPS 186-5, A.2.1).
  const wide = Buffer.from(hkdfSync('sha256', sealingKey, '', `id token key ${kid}`, 48));
  const scalar = (BigInt(`0x${wide.toString('hex')}`) % (order - 1n)) + 1n;
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(scalar.toString(16).padStart(64, '0'), 'hex');
  const point = ecdh.getPublicKey();
  const publicJwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  };
  return {
    kid: createHash('sha256').update(point).digest('base64url').slice(0, 22),
    algorithm: 'ES256',
    secret: JSON.stringify({ ...publicJwk, d: Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').toString('base64url') }),
    publicJwk,
    status,
  };
}
