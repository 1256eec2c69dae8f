/** Makes the rows of API keys: what an environment is born with, and each one made later. */

import { randomUUID } from 'node:crypto';
import type { ApiKey, SigningKey as SigningKeyRow } from '#generated/client.ts';
import type { MasterKey } from '#lib/control/master-key.ts';
import { hashKey, makeOpaqueKey, type OpaqueKeyType } from '#lib/control/opaque-key.ts';
import { makeSharedSecret, makeStandbyPair, toSigningKeyRow } from '#lib/control/signing-keys.ts';
import type { SigningKey } from '#lib/identity/environment.ts';
import { mintToken } from '#lib/identity/jwt.ts';

export type ApiKeyRow = Omit<ApiKey, 'createdAt'>;
type KeyRole = 'anon' | 'service_role';

const tenYearsSeconds = 10 * 365 * 24 * 3600;

interface NewKey {
  environmentId: string;
  type: 'legacy' | OpaqueKeyType;
  name: string;
  role: KeyRole;
  key: string;
  description?: string | null;
}

function toRow(masterKey: MasterKey, { environmentId, type, name, role, key, description = null }: NewKey): ApiKeyRow {
  const id = randomUUID();
  const prefix = type === 'legacy' ? key.slice(0, 8) : key.slice(0, key.indexOf('_', 3) + 6);
  return {
    id,
    environmentId,
    type,
    name,
    role,
    hash: hashKey(key),
    prefix,
    sealed: masterKey.seal('api-key', key, id),
    description,
  };
}

/** A publishable key acts as `anon`, a secret one as `service_role`. */
export function makeOpaqueKeyRow(
  masterKey: MasterKey,
  environmentId: string,
  type: OpaqueKeyType,
  name: string,
  description: string | null = null,
): ApiKeyRow & { key: string } {
  const key = makeOpaqueKey(type);
  const role = type === 'publishable' ? 'anon' : 'service_role';
  return { ...toRow(masterKey, { environmentId, type, name, role, key, description }), key };
}

/** The two JWT keys every Supabase client knows, signed with the environment's shared secret. */
export function makeLegacyKeyRows(masterKey: MasterKey, environmentId: string, ref: string, secret: SigningKey): ApiKeyRow[] {
  const iat = Math.floor(Date.now() / 1000);
  return (['anon', 'service_role'] as const).map((role) => {
    const claims = { iss: 'koyalite', ref, role, iat, exp: iat + tenYearsSeconds };
    return toRow(masterKey, { environmentId, type: 'legacy', name: role, role, key: mintToken(claims, [secret]) });
  });
}

/** Everything an environment is born with. */
export function makeFirstKeys(
  masterKey: MasterKey,
  environmentId: string,
  ref: string,
): { signingKeys: Omit<SigningKeyRow, 'createdAt'>[]; apiKeys: ApiKeyRow[] } {
  const secret = makeSharedSecret();
  const opaque = (['publishable', 'secret'] as const).map((type) => {
    const { key: _, ...row } = makeOpaqueKeyRow(masterKey, environmentId, type, 'default');
    return row;
  });
  return {
    signingKeys: [secret, makeStandbyPair()].map((key) => toSigningKeyRow(masterKey, environmentId, key)),
    apiKeys: [...makeLegacyKeyRows(masterKey, environmentId, ref, secret), ...opaque],
  };
}
