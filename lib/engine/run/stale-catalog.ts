/** What was compiled for a schema that has changed since: it is not run, and may be compiled anew. */

import { readCatalogVersion } from '#lib/engine/catalog/catalog-version.ts';
import type { Connection, Database } from '#lib/engine/database.ts';
import { busyProblem } from '#lib/engine/group-commit.ts';
import { isSqlError, SqlError } from '#lib/engine/sql-error.ts';

const attempts = 3;

export function staleCatalog(): SqlError {
  return new SqlError({ sqlstate: '40001', message: 'the schema changed while the statement waited' });
}

/** Inside a transaction, so that nothing changes after. Throws 40001. */
export function requireCatalog(connection: Connection, version: string): void {
  if (readCatalogVersion(connection) !== version) throw staleCatalog();
}

/** Runs `work`, which compiles and runs something, again when the schema changed in between; 503 when it never rests. */
export async function retryStale<T>(database: Database, work: () => T | Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const ready = database.ready();
      if (ready !== undefined) await ready;
      return await work();
    } catch (error) {
      if (!isSqlError(error) || error.sqlstate !== '40001') throw error;
      if (attempt === attempts) throw busyProblem();
    }
  }
}
