/** Secrets among an environment's auth settings: sealed at rest, opened for the data plane, masked for people. */

import type { MasterKey } from '#lib/control/master-key.ts';

type Json = Record<string, unknown>;

/** Stands where a secret is set. Sent back, it leaves the secret as it is. */
export const masked = '********';

const prefix = 'sealed:';
const secretNames = /(?:_secret|_secrets|_pass|_api_key|_auth_token|_private_key|_test_otp)$/;

/** Seals what a patch brings. A mask brings nothing: the stored value stays, in a list that of the entry of the same identifier. */
export function sealSecrets(masterKey: MasterKey, environmentId: string, patch: Json, stored: Json): Json {
  return mapSecrets(patch, stored, (name, value, before) =>
    value === masked ? before : `${prefix}${masterKey.seal('auth-setting', value, `${environmentId}/${name}`)}`,
  );
}

/** Throws when a secret was sealed for another environment or under another key. */
export function openSecrets(masterKey: MasterKey, environmentId: string, stored: Json): Json {
  return mapSecrets(stored, {}, (name, value) =>
    value.startsWith(prefix)
      ? masterKey.unseal('auth-setting', value.slice(prefix.length), `${environmentId}/${name}`)
      : // Written before secrets were sealed; the next change of it seals it.
        value,
  );
}

export function maskSecrets(stored: Json): Json {
  return mapSecrets(stored, {}, () => masked);
}

/** A secret that comes out undefined is left out. */
function mapSecrets(value: Json, other: Json, map: (name: string, value: string, other: unknown) => unknown): Json {
  const entries = Object.entries(value).flatMap(([name, one]): [string, unknown][] => {
    if (typeof one === 'string' && one !== '' && secretNames.test(name)) {
      const mapped = map(name, one, other[name]);
      return mapped === undefined ? [] : [[name, mapped]];
    }
    if (Array.isArray(one)) {
      const others: unknown[] = Array.isArray(other[name]) ? other[name] : [];
      return [[name, one.map((item) => (isObject(item) ? mapSecrets(item, findTwin(item, others), map) : item))]];
    }
    return [[name, isObject(one) ? mapSecrets(one, isObject(other[name]) ? other[name] : {}, map) : one]];
  });
  return Object.fromEntries(entries);
}

function findTwin(item: Json, others: readonly unknown[]): Json {
  return others.filter(isObject).find((one) => one.identifier !== undefined && one.identifier === item.identifier) ?? {};
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
