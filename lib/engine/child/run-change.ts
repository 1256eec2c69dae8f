/** Runs one compiled UPDATE or DELETE in the child, in a transaction of its own. */

import type { ChangeJob } from '#lib/engine/child/job.ts';
import { getConnection } from '#lib/engine/child/warm-connection.ts';
import type { CachingConnection } from '#lib/engine/connection.ts';
import type { LargeChangeResult } from '#lib/engine/database.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

export function runChange(job: ChangeJob): LargeChangeResult {
  const connection = getConnection(job.file, { readOnly: false, durability: job.durability });
  const { handle } = connection;
  handle.exec('BEGIN IMMEDIATE');
  try {
    const result = perform(connection, job);
    handle.exec(result.kept ? 'COMMIT' : 'ROLLBACK');
    return result;
  } finally {
    if (handle.inTransaction) handle.exec('ROLLBACK');
  }
}

function perform(connection: CachingConnection, job: ChangeJob): LargeChangeResult {
  const parameters: Record<string, SqlValue> = { ...job.named };
  const [identities, found, refused] = connection.tuple(job.find, parameters) ?? [];
  const affected = Number(found ?? 0);
  const refusals = Number(refused ?? 0);
  const within = (job.maxAffected === null || affected <= job.maxAffected) && (job.exactly === null || affected === job.exactly);
  if (refusals > 0 || !within) return { affected, refusals, kept: false, document: null };
  parameters.written = identities ?? '[]';
  const read = (): string | null => {
    if (job.returning === null) return null;
    const document = connection.tuple(job.returning, { ...job.returningNamed, written: parameters.written ?? '[]' })?.[1];
    return typeof document === 'string' ? document : '[]';
  };
  const before = job.readsBefore ? read() : null;
  if (affected > 0) connection.run(job.change, parameters);
  return { affected, refusals, kept: true, document: job.readsBefore ? before : read() };
}
