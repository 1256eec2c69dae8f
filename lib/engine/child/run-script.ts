/** Runs KoyaLite SQL a person wrote, in the child: one transaction, kept only when every statement succeeded. */

import type { Caller } from '#lib/engine/caller.ts';
import { readCatalogVersion } from '#lib/engine/catalog/catalog-version.ts';
import { loadCatalog } from '#lib/engine/catalog/load-catalog.ts';
import { mirrorCatalog } from '#lib/engine/catalog/mirror-catalog.ts';
import type { ScriptJob } from '#lib/engine/child/job.ts';
import { getConnection } from '#lib/engine/child/warm-connection.ts';
import type { CachingConnection } from '#lib/engine/connection.ts';
import type { SqlResult } from '#lib/engine/engine.ts';
import { guardSql } from '#lib/engine/policies/guard-sql.ts';
import { withNotices } from '#lib/engine/policies/notices.ts';
import { toParameters } from '#lib/engine/run/bind.ts';
import { executeScript, isQueries } from '#lib/engine/sql/execute-script.ts';
import type { ScriptOptions, TouchedPolicy } from '#lib/engine/sql/script.ts';

export function runScript(job: ScriptJob): SqlResult[] {
  const connection = getConnection(job.file, { readOnly: job.readOnly, durability: job.durability });
  const { handle } = connection;
  // A query that runs for seconds with the write lock would keep every app from writing.
  handle.exec(job.readOnly || isQueries(job.sql) ? 'BEGIN' : 'BEGIN IMMEDIATE');
  try {
    const before = readCatalogVersion(connection);
    const touched: TouchedPolicy[] = [];
    const onTouch = (one: TouchedPolicy) => touched.push(one);
    const results = executeScript(connection, job.sql, { maxRows: job.maxRows, onTouch, ...toWall(connection, job.caller) });
    if (readCatalogVersion(connection) !== before) mirrorCatalog(connection);
    const noted = touched.length === 0 ? results : withNotices(results, touched, loadCatalog(connection));
    handle.exec(job.dryRun ? 'ROLLBACK' : 'COMMIT');
    return noted;
  } finally {
    if (handle.inTransaction) handle.exec('ROLLBACK');
  }
}

/** Behind a caller's walls every statement is guarded against the catalog as this transaction sees it. */
function toWall(connection: CachingConnection, caller: Caller | null): Pick<ScriptOptions, 'wall'> {
  if (caller === null) return {};
  const catalog = loadCatalog(connection);
  return { wall: (sql) => ({ sql: guardSql(catalog, caller.role, sql), named: toParameters(caller, null) }) };
}
