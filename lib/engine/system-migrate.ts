/** Brings an environment file's system tables up to date: each migration once, in one transaction. */

import { createHash } from 'node:crypto';
import type { SystemMigration } from '#lib/engine/database.ts';
import type { SqliteHandle } from '#lib/engine/open-file.ts';

/**
 * A file that already has every migration is recognised by its `user_version` alone, so opening one of thousands of
 * environments reads a single page.
 */
export function migrateSystemTables(handle: SqliteHandle, migrations: readonly SystemMigration[]): void {
  const version = toVersion(migrations);
  if (handle.pragma('user_version', { simple: true }) === version) return;
  handle.exec('BEGIN IMMEDIATE');
  try {
    handle.exec(
      'CREATE TABLE IF NOT EXISTS _koyalite_system_migrations (id TEXT PRIMARY KEY, applied_at TEXT NOT NULL) WITHOUT ROWID',
    );
    const applied = new Set(handle.prepare('SELECT id FROM _koyalite_system_migrations').pluck().all());
    const record = handle.prepare('INSERT INTO _koyalite_system_migrations VALUES (?, ?)');
    for (const migration of migrations) {
      if (applied.has(migration.id)) continue;
      handle.exec(migration.sql);
      record.run(migration.id, new Date().toISOString());
    }
    handle.pragma(`user_version = ${version}`);
    handle.exec('COMMIT');
  } catch (error) {
    if (handle.inTransaction) handle.exec('ROLLBACK');
    throw error;
  }
}

/** A positive 31-bit number that differs for every list of migrations. */
function toVersion(migrations: readonly SystemMigration[]): number {
  const digest = createHash('sha256')
    .update(migrations.map((migration) => migration.id).join('\n'))
    .digest();
  return digest.readUInt32BE(0) >>> 1 || 1;
}
