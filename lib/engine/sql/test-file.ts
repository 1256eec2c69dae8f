/** An environment in memory for this room's tests: system tables, the functions, and a runner that keeps a script whole or not at all. */

import { type CachingConnection, createConnection } from '#lib/engine/connection.ts';
import type { SqlResult } from '#lib/engine/engine.ts';
import { openFile } from '#lib/engine/open-file.ts';
import { executeScript } from '#lib/engine/sql/execute-script.ts';
import { engineMigrations } from '#lib/engine/system-tables.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

export interface TestFile {
  readonly connection: CachingConnection;
  run(sql: string): SqlResult[];
  /** Rows of the last statement. */
  rows(sql: string): SqlValue[][];
  /** The error a script ends with, `state message`. */
  fails(sql: string): string;
}

export function createTestFile(): TestFile {
  const handle = openFile(':memory:', { create: true });
  for (const migration of engineMigrations) handle.exec(migration.sql);
  handle.exec('CREATE TABLE _koyalite_users (id "uuid text" PRIMARY KEY, email TEXT)');
  handle.exec('CREATE TABLE _koyalite_objects (id "uuid text" PRIMARY KEY, bucket_id TEXT, name TEXT, owner_id TEXT)');
  const connection = createConnection(handle);
  const run = (sql: string) => {
    handle.exec('BEGIN IMMEDIATE');
    try {
      const results = executeScript(connection, sql);
      handle.exec('COMMIT');
      return results;
    } finally {
      if (handle.inTransaction) handle.exec('ROLLBACK');
    }
  };
  return {
    connection,
    run,
    rows: (sql) => run(sql).at(-1)?.rows ?? [],
    fails: (sql) => {
      try {
        run(sql);
      } catch (error) {
        const { sqlstate, message } = error as { sqlstate?: string; message: string };
        return `${sqlstate} ${message}`;
      }
      return 'succeeded';
    },
  };
}
