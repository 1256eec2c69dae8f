/** The key of one environment, under which its own file seals and signs: derived from the master key, kept nowhere. */

import { createHash } from 'node:crypto';
import type { MasterKey } from '#lib/control/master-key.ts';
import type { EnvironmentRecord } from '#lib/identity/environment.ts';

type Named = Pick<EnvironmentRecord, 'projectId' | 'ref'>;

/** By record: every request of auth asks, and what is derived from a key is remembered by the key. */
const keys = new WeakMap<Named, Uint8Array>();

/** 32 bytes that stay the same for the environment's life. */
export function toSealingKey(masterKey: MasterKey, environment: Named): Uint8Array {
  const known = keys.get(environment);
  if (known !== undefined) return known;
  const key = createHash('sha256')
    .update(masterKey.sign('environment-sealing', `${environment.projectId}/${environment.ref}`))
    .digest();
  keys.set(environment, key);
  return key;
}
