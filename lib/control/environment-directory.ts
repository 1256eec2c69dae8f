/** The data plane's view of all environments, in memory: loaded at start, re-read per project by every change. */

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { ApiKey, Environment, SigningKey } from '#generated/client.ts';
import type { ControlDatabase } from '#lib/control/control-database.ts';
import type { MasterKey } from '#lib/control/master-key.ts';
import { fromSigningKeyRow } from '#lib/control/signing-keys.ts';
import { openStoredSettings } from '#lib/control/stored-settings.ts';
import type { EnvironmentDirectory, EnvironmentRecord, EnvironmentStatus } from '#lib/identity/environment.ts';
import { defaultEnvironmentSettings } from '#lib/identity/environment-settings.ts';

export interface Directory extends EnvironmentDirectory {
  /** Always synchronous: everything is in memory. */
  find(ref: string): EnvironmentRecord | null;
  list(): readonly EnvironmentRecord[];
  /** Re-reads one project, after a change to it was committed. */
  refresh(projectId: string): Promise<void>;
  /** Called after each refresh with the refs that changed or went. */
  onChange(listener: (refs: readonly string[]) => void): void;
}

type LoadedEnvironment = Environment & { apiKeys: ApiKey[]; signingKeys: SigningKey[] };

const statuses: readonly EnvironmentStatus[] = ['provisioning', 'active', 'paused', 'deleting'];
const kinds = ['production', 'staging', 'dev', 'branch'] as const;

/** Where an environment keeps everything it has on this disk. */
export function toEnvironmentPaths(home: string, ref: string): { folder: string; file: string; objectsDirectory: string } {
  const folder = join(home, 'environments', ref);
  return { folder, file: join(folder, 'data.db'), objectsDirectory: join(folder, 'objects') };
}

/** Reads every environment once. */
export async function loadDirectory(database: ControlDatabase, masterKey: MasterKey, home: string): Promise<Directory> {
  const include = { apiKeys: true, signingKeys: { orderBy: { createdAt: 'desc' } } } as const;
  const boot = randomBytes(4).toString('hex');
  let revisions = 0;
  const toRecord = (environment: LoadedEnvironment): EnvironmentRecord => {
    const { file, objectsDirectory } = toEnvironmentPaths(home, environment.ref);
    const settings = openStoredSettings(masterKey, environment.id, environment.settings);
    return Object.freeze({
      ref: environment.ref,
      projectId: environment.projectId,
      kind: kinds.find((kind) => kind === environment.kind) ?? 'branch',
      // Settings that no longer parse must not open an environment with other rules than its operator set.
      status: settings === null ? 'paused' : (statuses.find((status) => status === environment.status) ?? 'paused'),
      file,
      objectsDirectory,
      settings: settings ?? defaultEnvironmentSettings,
      apiKeys: toOpaqueKeys(environment.apiKeys),
      signingKeys: environment.signingKeys.map((row) => fromSigningKeyRow(masterKey, row)),
      revision: `${boot}-${++revisions}`,
    });
  };

  const records = new Map<string, EnvironmentRecord>();
  const listeners: ((refs: readonly string[]) => void)[] = [];
  for (const environment of await database.environment.findMany({ include })) {
    records.set(environment.ref, toRecord(environment));
  }
  return {
    find: (ref) => records.get(ref) ?? null,
    list: () => [...records.values()],
    async refresh(projectId) {
      const environments = await database.environment.findMany({ where: { projectId }, include });
      const refs = new Set(environments.map((environment) => environment.ref));
      for (const record of records.values()) {
        if (record.projectId !== projectId || refs.has(record.ref)) continue;
        records.delete(record.ref);
        refs.add(record.ref);
      }
      for (const environment of environments) records.set(environment.ref, toRecord(environment));
      for (const listener of listeners) listener([...refs]);
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

function toOpaqueKeys(keys: readonly ApiKey[]): ReadonlyMap<string, 'anon' | 'service_role'> {
  const opaque = keys.filter((key) => key.type !== 'legacy');
  return new Map(opaque.map((key) => [key.hash, key.role === 'service_role' ? 'service_role' : 'anon']));
}
