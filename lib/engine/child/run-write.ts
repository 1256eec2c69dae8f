/** Runs compiled writes in the child, in one transaction of their own. */

import type { Catalog } from '#lib/engine/catalog/catalog.ts';
import { loadCatalog } from '#lib/engine/catalog/load-catalog.ts';
import { toWireError } from '#lib/engine/child/child-message.ts';
import type { LargeWriteResult, WriteJob } from '#lib/engine/child/job.ts';
import { outputLimitBytes, outputTooLarge } from '#lib/engine/child/refusals.ts';
import { getConnection } from '#lib/engine/child/warm-connection.ts';
import type { CachingConnection } from '#lib/engine/connection.ts';
import { isKept, performStep, type WriteOutcome } from '#lib/engine/run/large-write.ts';
import { requireCatalog } from '#lib/engine/run/stale-catalog.ts';
import { toSqlError } from '#lib/engine/sql/to-sql-error.ts';

export function runWrite(job: WriteJob): LargeWriteResult {
  const connection = getConnection(job.file, { readOnly: false, durability: job.durability });
  const { handle } = connection;
  handle.exec('BEGIN IMMEDIATE');
  try {
    requireCatalog(connection, job.write.catalogVersion);
    const result = perform(connection, job);
    handle.exec(result.failed === null ? 'COMMIT' : 'ROLLBACK');
    return result;
  } finally {
    if (handle.inTransaction) handle.exec('ROLLBACK');
  }
}

function perform(connection: CachingConnection, { write }: WriteJob): LargeWriteResult {
  const outcomes: WriteOutcome[] = [];
  let catalog: Catalog | null = null;
  let bytes = 0;
  for (const [index, step] of write.steps.entries()) {
    try {
      if (step.rollback) connection.handle.exec('SAVEPOINT undone');
      const outcome = performStep(connection, step, () => {
        catalog ??= loadCatalog(connection);
        return catalog;
      });
      if (step.rollback) connection.handle.exec('ROLLBACK TO undone; RELEASE undone');
      if (!isKept(step, outcome))
        return { outcomes, failed: { index, affected: outcome.affected, settings: outcome.settings, error: null } };
      bytes += outcome.document?.length ?? 0;
      if (bytes > outputLimitBytes) throw outputTooLarge(outputLimitBytes);
      outcomes.push(outcome);
    } catch (error) {
      return { outcomes, failed: { index, affected: 0, settings: {}, error: toWireError(toSqlError(error)) } };
    }
  }
  return { outcomes, failed: null };
}
