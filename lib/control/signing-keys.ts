/** The keys that sign an environment's tokens: an HS256 secret in use and an ES256 pair standing by. */

import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import type { SigningKey as SigningKeyRow } from '#generated/client.ts';
import type { MasterKey } from '#lib/control/master-key.ts';
import type { SigningKey } from '#lib/identity/environment.ts';

/** A new HS256 secret, signing at once. */
export function makeSharedSecret(): SigningKey {
  const secret = randomBytes(48).toString('base64url');
  return { kid: randomUUID(), algorithm: 'HS256', secret, publicJwk: null, status: 'current' };
}

/** A new P-256 pair; clients can learn its public half before it ever signs. */
export function makeStandbyPair(): SigningKey {
  const kid = randomUUID();
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const describe = { kid, alg: 'ES256', use: 'sig' };
  return {
    kid,
    algorithm: 'ES256',
    secret: JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...describe }),
    publicJwk: { ...publicKey.export({ format: 'jwk' }), ...describe, key_ops: ['verify'] },
    status: 'standby',
  };
}

/** As a row, the secret sealed to its id. */
export function toSigningKeyRow(masterKey: MasterKey, environmentId: string, key: SigningKey): Omit<SigningKeyRow, 'createdAt'> {
  return {
    id: key.kid,
    environmentId,
    algorithm: key.algorithm,
    status: key.status,
    sealed: masterKey.seal('signing-key', key.secret ?? '', key.kid),
    publicJwk: key.publicJwk === null ? null : JSON.stringify(key.publicJwk),
  };
}

export function fromSigningKeyRow(masterKey: MasterKey, row: SigningKeyRow): SigningKey {
  return {
    kid: row.id,
    algorithm: row.algorithm === 'ES256' || row.algorithm === 'RS256' ? row.algorithm : 'HS256',
    secret: masterKey.unseal('signing-key', row.sealed, row.id),
    publicJwk: row.publicJwk === null ? null : JSON.parse(row.publicJwk),
    status: row.status === 'current' || row.status === 'standby' ? row.status : 'previous',
  };
}
