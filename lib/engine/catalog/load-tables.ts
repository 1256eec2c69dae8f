/** Tables by introspection: columns and keys from SQLite's pragmas, constraint names from the stored DDL. */

import type { Column, ForeignKey, Key, Table } from '#lib/engine/catalog/catalog.ts';
import { type ColumnNotes, loadColumnNotes, loadTableNotes } from '#lib/engine/catalog/load-notes.ts';
import { loadPolicies } from '#lib/engine/catalog/load-policies.ts';
import { fromStoredName } from '#lib/engine/catalog/stored-names.ts';
import type { CachingConnection } from '#lib/engine/connection.ts';
import type { Row } from '#lib/engine/database.ts';
import type { ColumnsOfType } from '#lib/engine/sql/columns-of-type.ts';
import { parseCreateTable } from '#lib/engine/sql/parse-create-table.ts';
import { rewriteSql } from '#lib/engine/sql/rewrite-sql.ts';
import { parseType } from '#lib/engine/types/declared-type.ts';

type Enums = ReadonlyMap<string, readonly string[]>;

/** Pauses between two queries and between two tables. */
export function* loadTables(
  connection: CachingConnection,
  schemas: readonly string[],
  enums: Enums,
  longNumerics: ColumnsOfType | null,
): Generator<void, Table[]> {
  const notes = loadTableNotes(connection);
  yield;
  const columnNotes = loadColumnNotes(connection);
  yield;
  const policies = loadPolicies(connection, longNumerics);
  yield;
  const columns = groupByTable(connection.all(columnQuery));
  yield;
  const indexes = groupByTable(connection.all(indexQuery));
  yield;
  const foreignKeys = groupByTable(connection.all(foreignKeyQuery));
  yield;
  const found: Table[] = [];
  for (const row of connection.all(tableQuery)) {
    yield;
    const stored = String(row.name);
    const place = fromStoredName(stored, schemas);
    if (place === null || row.type === 'shadow') continue;
    const key = `${place.schema}.${place.name}`;
    const note = notes.get(key);
    const declared = row.type === 'virtual' ? null : parseCreateTable(String(row.sql));
    const rows = columns.get(stored) ?? [];
    const toKey = (foreignTable: string) => {
      const target = fromStoredName(foreignTable, schemas);
      return target === null ? null : `${target.schema}.${target.name}`;
    };
    const primaryKey = toPrimaryKey(rows, declared, place.name);
    const list = rows.map((column) =>
      toColumn(column, columnNotes.get(`${key}.${column.column}`), enums, rows, Number(row.wr) === 1),
    );
    found.push({
      key,
      schema: place.schema,
      name: place.name,
      stored,
      kind: row.type === 'virtual' ? 'virtual' : 'table',
      columns: list,
      columnsByName: new Map(list.map((column) => [column.name, column])),
      primaryKey,
      uniques: toUniques(indexes.get(stored) ?? [], declared, place.name),
      foreignKeys: toForeignKeys(foreignKeys.get(stored) ?? [], declared, place.name, toKey, connection),
      checks: (declared?.constraints ?? [])
        .filter((constraint) => constraint.kind === 'check')
        .map((constraint) => constraint.name),
      withoutRowid: Number(row.wr) === 1,
      rls: note?.rls ?? true,
      policies: policies.get(key) ?? [],
      view: null,
      comment: note?.comment ?? null,
      estimatedRows: 0,
    });
  }
  return found;
}

const tableQuery = `SELECT l.name, l.type, l.wr, m.sql FROM pragma_table_list l JOIN main.sqlite_schema m ON m.name = l.name AND m.type = 'table'
  WHERE l.schema = 'main' AND l.type IN ('table', 'virtual', 'shadow') ORDER BY m.rowid`;
const columnQuery = `SELECT m.name AS "table", x.name AS "column", x.type, x."notnull", x.dflt_value, x.pk, x.hidden
  FROM main.sqlite_schema m JOIN pragma_table_xinfo(m.name) x WHERE m.type = 'table' ORDER BY m.rowid, x.cid`;
const indexQuery = `SELECT m.name AS "table", i.name AS "index", i.origin, i.partial, c.name AS "column"
  FROM main.sqlite_schema m JOIN pragma_index_list(m.name) i JOIN pragma_index_info(i.name) c
  WHERE m.type = 'table' AND i."unique" ORDER BY m.rowid, i.seq DESC, c.seqno`;
const foreignKeyQuery = `SELECT m.name AS "table", f.id, f.seq, f."table" AS target, f."from" AS "column", f."to" AS target_column
  FROM main.sqlite_schema m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY m.rowid, f.id DESC, f.seq`;

function groupByTable(rows: Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const table = String(row.table);
    const group = groups.get(table);
    if (group === undefined) groups.set(table, [row]);
    else group.push(row);
  }
  return groups;
}

function toColumn(row: Row, note: ColumnNotes | undefined, enums: Enums, all: Row[], withoutRowid: boolean): Column {
  const declared = String(row.type ?? '');
  const soleKey = all.filter((other) => Number(other.pk) > 0).length === 1;
  const identity = Number(row.pk) > 0 && soleKey && !withoutRowid && declared.toUpperCase() === 'INTEGER';
  const fallback = note?.default ?? (row.dflt_value === null ? null : String(row.dflt_value));
  return {
    name: String(row.column),
    type: parseType(identity ? (note?.type ?? declared) : declared, enums),
    nullable: Number(row.notnull) === 0 && Number(row.pk) === 0,
    default: fallback,
    defaultSql: fallback === null ? null : rewriteSql(fallback),
    identity,
    always: note?.always ?? false,
    generated: Number(row.hidden) === 2 || Number(row.hidden) === 3,
    comment: note?.comment ?? null,
    source: null,
  };
}

type Declared = ReturnType<typeof parseCreateTable> | null;

function toPrimaryKey(rows: Row[], declared: Declared, table: string): Key | null {
  const columns = rows
    .filter((row) => Number(row.pk) > 0)
    .sort((a, b) => Number(a.pk) - Number(b.pk))
    .map((row) => String(row.column));
  if (columns.length === 0) return null;
  const named = declared?.constraints.find((constraint) => constraint.kind === 'primary key');
  return { name: named?.name ?? `${table}_pkey`, columns };
}

function toUniques(rows: Row[], declared: Declared, table: string): Key[] {
  const byIndex = new Map<string, { origin: string; partial: boolean; columns: string[] }>();
  for (const row of rows) {
    const entry = byIndex.get(String(row.index)) ?? {
      origin: String(row.origin),
      partial: Number(row.partial) === 1,
      columns: [],
    };
    entry.columns.push(String(row.column));
    byIndex.set(String(row.index), entry);
  }
  const keys: Key[] = [];
  for (const [index, entry] of byIndex) {
    if (entry.origin === 'pk' || entry.partial) continue;
    const constraint = declared?.constraints.find((item) => item.kind === 'unique' && sameColumns(item.columns, entry.columns));
    const name = constraint?.name ?? (entry.origin === 'c' ? index : `${table}_${entry.columns.join('_')}_key`);
    keys.push({ name, columns: entry.columns });
  }
  return keys;
}

function toForeignKeys(
  rows: Row[],
  declared: Declared,
  table: string,
  toKey: (stored: string) => string | null,
  connection: CachingConnection,
): ForeignKey[] {
  const byId = new Map<number, Row[]>();
  for (const row of rows) byId.set(Number(row.id), [...(byId.get(Number(row.id)) ?? []), row]);
  const keys: ForeignKey[] = [];
  for (const group of byId.values()) {
    const target = toKey(String(group[0]?.target));
    if (target === null) continue;
    const columns = group.map((row) => String(row.column));
    const targetColumns = group.map((row) => (row.target_column === null ? null : String(row.target_column)));
    const named = declared?.constraints.find((item) => item.kind === 'foreign key' && sameColumns(item.columns, columns));
    keys.push({
      name: named?.name ?? `${table}_${columns.join('_')}_fkey`,
      columns,
      target,
      targetColumns: targetColumns.includes(null)
        ? primaryKeyOf(connection, String(group[0]?.target))
        : targetColumns.map(String),
    });
  }
  return keys;
}

/** `REFERENCES t` without columns means t's primary key. */
function primaryKeyOf(connection: CachingConnection, stored: string): string[] {
  return connection.all('SELECT name FROM pragma_table_xinfo(?) WHERE pk > 0 ORDER BY pk', stored).map((row) => String(row.name));
}

function sameColumns(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((column, index) => column.toLowerCase() === b[index]?.toLowerCase());
}
