/** Runs one compiled function call in the child, in a transaction of its own. */

import type { CallJob } from '#lib/engine/child/job.ts';
import { outputLimitBytes, outputTooLarge } from '#lib/engine/child/refusals.ts';
import { getConnection } from '#lib/engine/child/warm-connection.ts';
import { type CallOutcome, performCall } from '#lib/engine/run/call.ts';
import { requireCatalog } from '#lib/engine/run/stale-catalog.ts';

export function runCall({ file, durability, call }: CallJob): CallOutcome {
  const connection = getConnection(file, { readOnly: !call.writes, durability });
  const { handle } = connection;
  handle.exec(call.writes ? 'BEGIN IMMEDIATE' : 'BEGIN');
  try {
    requireCatalog(connection, call.catalogVersion);
    const outcome = performCall(connection, call);
    if (outcome.document !== null && outcome.document.length > outputLimitBytes) throw outputTooLarge(outputLimitBytes);
    handle.exec(outcome.kept && !call.rollback ? 'COMMIT' : 'ROLLBACK');
    return outcome;
  } finally {
    if (handle.inTransaction) handle.exec('ROLLBACK');
  }
}
