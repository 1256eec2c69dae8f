/**
 * Copies everything a foreign SQLite file holds into an environment file, in one transaction. Runs in a child process:
 * reading a hostile file may take for ever or crash the library, and only there may a connection ATTACH.
 */

import { mirrorCatalog } from '#lib/engine/catalog/mirror-catalog.ts';
import { createConnection } from '#lib/engine/connection.ts';
import type { ImportedTable } from '#lib/engine/engine.ts';
import { copySequences, copyTable, fillFts, requireSoundReferences } from '#lib/engine/import/copy-rows.ts';
import { copySource, damaged, notSqlite, removeCopy } from '#lib/engine/import/source-file.ts';
import { readSourceSchema, requireFreeNames, type SourceKind, type SourceObject } from '#lib/engine/import/source-schema.ts';
import { openFile, type SqliteHandle } from '#lib/engine/open-file.ts';

const lockWaitMs = 5000;

/**
 * The new tables land in `public` with row-level security on and no policies: only `service_role` sees them.
 * Throws 22P04 for no SQLite file, XX001 for a damaged one, 42P07 when a name is taken, 42501 for schemas that reach
 * for system tables, 23503 for broken references; nothing is kept then.
 */
export function importSqlite(targetFile: string, sourceFile: string): ImportedTable[] {
  // One fixed name, so that an import that was killed leaves at most one copy behind, until the next.
  const copy = `${targetFile}-import`;
  copySource(sourceFile, copy);
  const handle = openFile(targetFile, { lockWaitMs });
  try {
    // Tables come in any order and triggers must not see the copying, so references are checked at the end instead.
    handle.pragma('foreign_keys = OFF');
    attach(handle, copy);
    return copyAll(handle);
  } finally {
    handle.close();
    removeCopy(copy);
  }
}

function attach(handle: SqliteHandle, file: string): void {
  let verdict: unknown;
  try {
    handle.prepare('ATTACH ? AS source').run(file);
    // A mapped file that is cut short while it is read would kill the process.
    handle.pragma('source.mmap_size = 0');
    handle.pragma('cell_size_check = ON');
    verdict = handle.pragma('source.quick_check(1)', { simple: true });
  } catch (error) {
    throw hasCode(error, 'SQLITE_NOTADB') ? notSqlite(error) : damaged(null, error);
  }
  if (verdict !== 'ok') throw damaged(String(verdict));
}

function copyAll(handle: SqliteHandle): ImportedTable[] {
  const objects = readSourceSchema(handle);
  const of = (kind: SourceKind): SourceObject[] => objects.filter((object) => object.kind === kind);
  const tables = of('table').map((table) => table.name);
  handle.exec('BEGIN IMMEDIATE');
  try {
    requireFreeNames(handle, objects);
    create(handle, of('table'));
    const rows = new Map(tables.map((table) => [table, copyTable(handle, table)]));
    copySequences(handle, tables);
    create(handle, of('index'));
    create(handle, of('virtual'));
    for (const { name, sql } of of('virtual')) rows.set(name, fillFts(handle, name, sql));
    create(handle, of('view'));
    create(handle, of('trigger'));
    requireSoundReferences(handle, tables);
    for (const view of of('view')) requireReadable(handle, view);
    register(handle, objects);
    mirrorCatalog(createConnection(handle));
    handle.exec('COMMIT');
    return [...rows].map(([name, count]) => ({ name, rows: count }));
  } catch (error) {
    if (handle.inTransaction) handle.exec('ROLLBACK');
    throw error;
  }
}

/** `prepare` takes one statement only: text smuggled in after the first is refused. */
function create(handle: SqliteHandle, objects: readonly SourceObject[]): void {
  for (const { sql } of objects) handle.prepare(sql).run();
}

/** Compiles a view without running it: one that cannot be would make every later ALTER TABLE fail. */
function requireReadable(handle: SqliteHandle, view: SourceObject): void {
  handle.prepare(`SELECT * FROM main."${view.name.replaceAll('"', '""')}"`);
}

function register(handle: SqliteHandle, objects: readonly SourceObject[]): void {
  const add = handle.prepare(
    `INSERT INTO main._koyalite_tables (schema_name, name, stored_name, kind, rls_enabled)
     VALUES ('public', ?, ?, ?, 1)`,
  );
  for (const { kind, name } of objects) {
    if (kind === 'table' || kind === 'view' || kind === 'virtual') add.run(name, name, kind);
  }
  handle.exec('UPDATE main._koyalite_catalog_version SET version = version + 1');
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
