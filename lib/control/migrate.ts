/** Applies prisma/migrations to the control database, recording each as Prisma does; no Prisma CLI at start. */

import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SerialSqlite, type SqliteConnection } from '#lib/control/serial-sqlite.ts';

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
export async function migrate(file: string, migrations: readonly Migration[] = readMigrations()): Promise<string[]> {
  const connection = await new SerialSqlite(file).connect();
  try {
    await connection.executeScript(ledger);
    const missing = findMissing(await readApplied(connection), migrations);
    for (const migration of missing) await apply(connection, migration);
    return missing.map((migration) => migration.name);
  } finally {
    await connection.dispose();
  }
}

async function readApplied(connection: SqliteConnection): Promise<Map<string, string>> {
  const sql = 'SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL';
  const { rows } = await connection.queryRaw({ sql, args: [], argTypes: [] });
  return new Map(rows.map(([name, checksum]) => [String(name), String(checksum)]));
}

function findMissing(applied: Map<string, string>, migrations: readonly Migration[]): Migration[] {
  const known = new Set(migrations.map((migration) => migration.name));
  for (const name of applied.keys()) {
    if (!known.has(name)) throw new Error(`The control database was written by a newer KoyaLite (migration ${name}).`);
  }
  return migrations.filter((migration) => {
    const checksum = applied.get(migration.name);
    if (checksum !== undefined && checksum !== toChecksum(migration)) {
      throw new Error(`Migration ${migration.name} has changed since it was applied.`);
    }
    return checksum === undefined;
  });
}

async function apply(connection: SqliteConnection, migration: Migration): Promise<void> {
  const record = `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
    VALUES ('${randomUUID()}', '${toChecksum(migration)}', '${migration.name}', ${Date.now()}, ${Date.now()}, 1)`;
  try {
    await connection.executeScript(`BEGIN IMMEDIATE;\n${migration.sql}\n;${record};\nCOMMIT`);
  } catch (error) {
    await connection.executeScript('ROLLBACK');
    throw error;
  }
}

function toChecksum(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex');
}
