/** Runs KoyaLite SQL a person wrote, in the child: one transaction, kept only when every statement succeeded. */

import type { ScriptJob } from '#lib/engine/child/job.ts';
import { getConnection } from '#lib/engine/child/warm-connection.ts';
import type { SqlResult } from '#lib/engine/engine.ts';
import { executeScript } from '#lib/engine/sql/execute-script.ts';

export function runScript(job: ScriptJob): SqlResult[] {
  const connection = getConnection(job.file, { readOnly: job.readOnly, durability: job.durability });
  const { handle } = connection;
  handle.exec(job.readOnly ? 'BEGIN' : 'BEGIN IMMEDIATE');
  try {
    const results = executeScript(connection, job.sql, { maxRows: job.maxRows });
    handle.exec('COMMIT');
    return results;
  } finally {
    if (handle.inTransaction) handle.exec('ROLLBACK');
  }
}
