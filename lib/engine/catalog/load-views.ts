/** Views: their rewritten SELECT, and for each column the table column it passes through. */

import type { Column, Key, Table, ViewThrough } from '#lib/engine/catalog/catalog.ts';
import { loadColumnNotes, loadTableNotes } from '#lib/engine/catalog/load-notes.ts';
import { fromStoredName } from '#lib/engine/catalog/stored-names.ts';
import type { CachingConnection } from '#lib/engine/connection.ts';
import type { SqliteStatement } from '#lib/engine/open-file.ts';
import { toBooleanColumns } from '#lib/engine/sql/boolean-columns.ts';
import type { ColumnsOfType } from '#lib/engine/sql/columns-of-type.ts';
import { rewriteSql } from '#lib/engine/sql/rewrite-sql.ts';
import { readSimpleView } from '#lib/engine/sql/simple-view.ts';
import { parseViewBody } from '#lib/engine/sql/view-body.ts';
import { parseType } from '#lib/engine/types/declared-type.ts';

type Enums = ReadonlyMap<string, readonly string[]>;

export function* loadViews(
  connection: CachingConnection,
  schemas: readonly string[],
  enums: Enums,
  tables: ReadonlyMap<string, Table>,
  longNumerics: ColumnsOfType | null,
): Generator<void, Table[]> {
  const booleans = toBooleanColumns(connection);
  const notes = loadTableNotes(connection);
  yield;
  const columnNotes = loadColumnNotes(connection);
  yield;
  const byStored = new Map([...tables.values()].map((table) => [table.stored, table]));
  const views: Table[] = [];
  for (const row of connection.all(`SELECT name, sql FROM main.sqlite_schema WHERE type = 'view' ORDER BY rowid`)) {
    yield;
    const place = fromStoredName(String(row.name), schemas);
    if (place === null) continue;
    const key = `${place.schema}.${place.name}`;
    const note = notes.get(key);
    const body = parseViewBody(String(row.sql));
    const query = note?.definition ?? body.select;
    const sql = rewriteSql(query, { isLongNumeric: longNumerics?.within(query), isBoolean: booleans.within(query) });
    const statement = prepareView(connection, String(row.name), sql);
    if (statement === null) continue;
    const outer = /\b(left|right|full)\b/i.test(sql);
    const columns = statement.columns().map((column, index): Column => {
      const base = column.table === null ? undefined : byStored.get(column.table);
      const source = column.column === null ? undefined : base?.columnsByName.get(column.column);
      const name = body.columns?.[index] ?? column.name;
      return {
        name,
        type: source?.type ?? parseType(column.type ?? '', enums),
        nullable: outer || (source?.nullable ?? true),
        default: null,
        defaultSql: null,
        identity: false,
        always: false,
        generated: false,
        comment: columnNotes.get(`${key}.${name}`)?.comment ?? null,
        source: base !== undefined && source !== undefined ? { table: base.key, column: source.name } : null,
      };
    });
    const target = findTarget(sql, columns, byStored, note?.checkOption ?? false);
    const updatable = target?.base.key ?? null;
    views.push({
      key,
      schema: place.schema,
      name: place.name,
      stored: String(row.name),
      kind: 'view',
      columns,
      columnsByName: new Map(columns.map((column) => [column.name, column])),
      primaryKey: toPrimaryKey(target, columns),
      uniques: [],
      foreignKeys: [],
      checks: [],
      withoutRowid: true,
      rls: false,
      policies: [],
      view: { sql, securityInvoker: note?.securityInvoker ?? true, updatable, through: target?.through ?? null },
      comment: note?.comment ?? null,
      estimatedRows: 0,
    });
  }
  return views;
}

/** A view over a dropped table, or one that fails to compile, is left out rather than breaking every other relation. */
function prepareView(connection: CachingConnection, stored: string, sql: string): SqliteStatement | null {
  for (const text of [sql, `SELECT * FROM main."${stored.replaceAll('"', '""')}"`]) {
    try {
      return connection.handle.prepare(text);
    } catch {
      // Tried in the next form.
    }
  }
  return null;
}

interface Target {
  readonly base: Table;
  readonly through: ViewThrough;
}

/** The base table's key under the names the view shows it by; null unless it shows all of it. */
function toPrimaryKey(target: Target | null, columns: readonly Column[]): Key | null {
  const key = target?.base.primaryKey ?? null;
  const plain = columns.filter((column) => target?.through.columns.has(column.name));
  const shown = (key?.columns ?? []).map((name) => plain.find((column) => column.source?.column === name)?.name);
  return key === null || !shown.every((name) => name !== undefined) ? null : { name: key.name, columns: shown };
}

/** Where a write to the view goes; null unless it is a simple one. */
function findTarget(
  sql: string,
  columns: readonly Column[],
  byStored: ReadonlyMap<string, Table>,
  checkOption: boolean,
): Target | null {
  const simple = readSimpleView(sql);
  const base = [...byStored.values()].find((table) => table.stored.toLowerCase() === simple?.base);
  if (simple === null || base === undefined || base.kind !== 'table') return null;
  const kinds = simple.items.flatMap((kind) => (kind === 'star' ? base.columns.map(() => 'column') : [kind]));
  if (kinds.length !== columns.length) return null;
  const plain = columns.filter((column, index) => kinds[index] === 'column' && column.source?.table === base.key);
  if (plain.length === 0) return null;
  const { alias, rows, where } = simple;
  return { base, through: { alias, rows, where, columns: new Set(plain.map((column) => column.name)), checkOption } };
}
