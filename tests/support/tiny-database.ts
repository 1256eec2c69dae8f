/** A bare `Database` over the driver, for tests of services that need rows and no engine. */

import SQLite from 'better-sqlite3';
import type { Connection, Database, SystemMigration } from '#lib/engine/database.ts';

export function openTinyDatabase(
  ref: string,
  file: string,
  migrations: readonly SystemMigration[],
): Database & { close(): void } {
  const handle = new SQLite(file);
  handle.pragma('journal_mode = WAL');
  handle.pragma('foreign_keys = ON');
  for (const migration of migrations) handle.exec(migration.sql);
  const connection: Connection = {
    all: (sql, ...values) => handle.prepare<unknown[], Record<string, never>>(sql).all(...values),
    get: (sql, ...values) => handle.prepare<unknown[], Record<string, never>>(sql).get(...values),
    value: (sql, ...values) =>
      handle
        .prepare<unknown[], never>(sql)
        .pluck()
        .get(...values),
    tuple: (sql, ...values) =>
      handle
        .prepare<unknown[], never>(sql)
        .raw()
        .get(...values),
    run: (sql, ...values) => handle.prepare(sql).run(...values),
    exec: (sql) => {
      handle.exec(sql);
    },
  };
  return {
    ref,
    file,
    get catalog(): never {
      throw new Error('A tiny database has no catalog');
    },
    read: (work) => work(connection),
    write: async (work) => {
      await Promise.resolve();
      return handle.transaction(() => work(connection))();
    },
    runElsewhere: () => Promise.reject(new Error('A tiny database has no other process')),
    close: () => {
      handle.close();
    },
  };
}
