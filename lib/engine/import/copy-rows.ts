/** Moves rows from the attached source into the tables made for them. */

import { quoteName } from '#lib/engine/import/sqlite-tokens.ts';
import type { SqliteHandle } from '#lib/engine/open-file.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

interface ColumnInfo {
  name: string;
  type: string;
  pk: number;
  /** 0 ordinary, 1 hidden, 2 and 3 generated. */
  hidden: number;
}

/** Copies one table inside SQLite, value by value as stored, and counts on both sides. Returns the number of rows. */
export function copyTable(handle: SqliteHandle, table: string): number {
  const columns = readColumns(handle, table);
  const names = columns.filter((column) => column.hidden === 0).map((column) => column.name);
  const list = [...rowidName(handle, table, columns), ...names.map(quoteName)].join(', ');
  const name = quoteName(table);
  handle.prepare(`INSERT INTO main.${name} (${list}) SELECT ${list} FROM source.${name}`).run();
  return requireEqualCounts(handle, table);
}

/** Re-creates an FTS5 table's index: from its own text, or from the table it indexes. Returns the number of rows. */
export function fillFts(handle: SqliteHandle, table: string, sql: string): number {
  const name = quoteName(table);
  const content = contentOption(sql);
  if (content === '') {
    throw new SqlError({
      sqlstate: '0A000',
      message: `cannot import table "${table}": it is a contentless FTS5 table, whose text cannot be read back`,
      hint: 'Drop it in the source file, import, and build it again from its text.',
    });
  }
  if (content !== null) handle.prepare(`INSERT INTO main.${name} (${name}) VALUES ('rebuild')`).run();
  else {
    const columns = readColumns(handle, table).filter((column) => column.hidden === 0);
    const list = ['rowid', ...columns.map((column) => quoteName(column.name))].join(', ');
    handle.prepare(`INSERT INTO main.${name} (${list}) SELECT ${list} FROM source.${name}`).run();
  }
  return requireEqualCounts(handle, table);
}

/** AUTOINCREMENT goes on where the source stopped, also past rows that were deleted there. */
export function copySequences(handle: SqliteHandle, tables: readonly string[]): void {
  const exists = handle.prepare("SELECT 1 FROM source.sqlite_schema WHERE name = 'sqlite_sequence'").get();
  if (exists === undefined) return;
  const set = handle.prepare('UPDATE main.sqlite_sequence SET seq = max(seq, ?) WHERE name = ?');
  const add = handle.prepare('INSERT INTO main.sqlite_sequence (name, seq) VALUES (?, ?)');
  const read = handle.prepare('SELECT seq FROM source.sqlite_sequence WHERE name = ?').pluck().safeIntegers();
  for (const table of tables) {
    const next = read.get(table);
    if (typeof next === 'bigint' && set.run(next, table).changes === 0) add.run(table, next);
  }
}

/** The first broken reference of the new tables, as PostgreSQL would refuse it. */
export function requireSoundReferences(handle: SqliteHandle, tables: readonly string[]): void {
  for (const table of tables) {
    const broken = handle.prepare('SELECT "parent" FROM pragma_foreign_key_check(?) LIMIT 1').pluck().get(table);
    if (broken === undefined) continue;
    throw new SqlError({
      sqlstate: '23503',
      message: `insert or update on table "${table}" violates a foreign key constraint`,
      details: `A row refers to a row that is not present in table "${broken}".`,
      hint: 'Run PRAGMA foreign_key_check on the source file to list the rows.',
    });
  }
}

function readColumns(handle: SqliteHandle, table: string): ColumnInfo[] {
  return handle.prepare("SELECT name, type, pk, hidden FROM pragma_table_xinfo(?, 'source')").all(table) as ColumnInfo[];
}

/** The name the implicit rowid can be written by, so that what refers to it (an FTS index, a cursor) still does. */
function rowidName(handle: SqliteHandle, table: string, columns: readonly ColumnInfo[]): string[] {
  const withoutRowid =
    handle.prepare("SELECT wr FROM pragma_table_list WHERE schema = 'source' AND name = ?").pluck().get(table) === 1;
  const keys = columns.filter((column) => column.pk > 0);
  const alias = keys.length === 1 && keys[0]?.type.toUpperCase() === 'INTEGER';
  if (withoutRowid || alias) return [];
  const taken = new Set(columns.map((column) => column.name.toLowerCase()));
  return ['rowid', '_rowid_', 'oid'].filter((name) => !taken.has(name)).slice(0, 1);
}

function requireEqualCounts(handle: SqliteHandle, table: string): number {
  const name = quoteName(table);
  const count = (schema: string) => Number(handle.prepare(`SELECT count(*) FROM ${schema}.${name}`).pluck().get());
  const [copied, expected] = [count('main'), count('source')];
  if (copied !== expected) {
    throw new SqlError({ sqlstate: 'XX001', message: `table "${table}": ${copied} of ${expected} rows could be copied` });
  }
  return copied;
}

/** The `content` option: null when the table keeps its own text, empty when it keeps none. */
function contentOption(sql: string): string | null {
  const match = /[(,]\s*content\s*=\s*(?:'([^']*)'|"([^"]*)"|([^\s,)]*))/i.exec(sql);
  return match === null ? null : (match[1] ?? match[2] ?? match[3] ?? '');
}
