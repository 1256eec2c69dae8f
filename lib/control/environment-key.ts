/** The key of one environment, under which its own file seals and signs: derived from the master key, kept nowhere. */

import { createHash } from 'node:crypto';
import type { MasterKey } from '#lib/control/master-key.ts';
import type { EnvironmentRecord } from '#lib/identity/environment.ts';

/** 32 bytes that stay the same for the environment's life. */
export function toSealingKey(masterKey: MasterKey, { projectId, ref }: Pick<EnvironmentRecord, 'projectId' | 'ref'>): Uint8Array {
  return createHash('sha256')
    .update(masterKey.sign('environment-sealing', `${projectId}/${ref}`))
    .digest();
}
