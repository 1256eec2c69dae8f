/** Runs KoyaLite SQL a person wrote, in the child: one transaction, kept only when every statement succeeded. */

import type { ScriptJob } from '#lib/engine/child/job.ts';
import { getConnection } from '#lib/engine/child/warm-connection.ts';
import type { SqlResult } from '#lib/engine/engine.ts';
import { executeScript } from '#lib/engine/sql/execute-script.ts';
import type { ScriptOptions } from '#lib/engine/sql/script.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

export function runScript(job: ScriptJob): SqlResult[] {
  const connection = getConnection(job.file, { readOnly: job.readOnly, durability: job.durability });
  const { handle } = connection;
  handle.exec(job.readOnly ? 'BEGIN' : 'BEGIN IMMEDIATE');
  try {
    const results = executeScript(connection, job.sql, { maxRows: job.maxRows, ...wallsOf(job) });
    handle.exec('COMMIT');
    return results;
  } finally {
    if (handle.inTransaction) handle.exec('ROLLBACK');
  }
}

/** The one place where a caller's walls enter a script: without them a caller's script does not run at all. */
function wallsOf({ caller }: ScriptJob): Pick<ScriptOptions, 'wall'> {
  if (caller === null) return {};
  throw new SqlError({ sqlstate: '0A000', message: 'running SQL as a user is not available', hint: 'Run it as the operator.' });
}
