/** Applies prisma/migrations to the control database, recording each as Prisma does; no Prisma CLI at start. */

import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

const migrationsDirectory = join(import.meta.dirname, '../../prisma/migrations');

// Column for column what `prisma migrate` makes, so that its CLI can take over a database at any time.
const ledger = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" TEXT PRIMARY KEY NOT NULL,
  "checksum" TEXT NOT NULL,
  "finished_at" DATETIME,
  "migration_name" TEXT NOT NULL,
  "logs" TEXT,
  "rolled_back_at" DATETIME,
  "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
  "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

export interface Migration {
  name: string;
  sql: string;
}

/** The committed migrations in order. */
export function readMigrations(directory = migrationsDirectory): Migration[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => ({ name: entry.name, sql: readFileSync(join(directory, entry.name, 'migration.sql'), 'utf8') }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

/**
 * Brings the file up to date, one transaction a migration. Returns the names applied now. Throws when a migration that
 * was applied has since changed, or when the file knows migrations that this version does not.
 */
export function migrate(file: string, migrations: readonly Migration[] = readMigrations()): string[] {
  const database = new Sqlite(file, { timeout: 2000 });
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.exec(ledger);
    return applyMissing(database, migrations);
  } finally {
    database.close();
  }
}

function applyMissing(database: Sqlite.Database, migrations: readonly Migration[]): string[] {
  const rows = database
    .prepare<[], { name: string; checksum: string }>(
      'SELECT migration_name AS name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
    )
    .all();
  const applied = new Map(rows.map((row) => [row.name, row.checksum]));
  const known = new Set(migrations.map((migration) => migration.name));
  for (const name of applied.keys()) {
    if (!known.has(name)) throw new Error(`The control database was written by a newer KoyaLite (migration ${name}).`);
  }

  const record = database.prepare(
    'INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count) VALUES (?, ?, ?, ?, ?, 1)',
  );
  const fresh: string[] = [];
  for (const { name, sql } of migrations) {
    const checksum = createHash('sha256').update(sql).digest('hex');
    const previous = applied.get(name);
    if (previous === checksum) continue;
    if (previous !== undefined) throw new Error(`Migration ${name} has changed since it was applied.`);
    database.transaction(() => {
      const startedAt = Date.now();
      database.exec(sql);
      record.run(randomUUID(), checksum, name, startedAt, Date.now());
    })();
    fresh.push(name);
  }
  return fresh;
}
