/** Views: their rewritten SELECT, and for each column the table column it passes through. */

import type { Column, Key, Table } from '#lib/engine/catalog/catalog.ts';
import { loadColumnNotes, loadTableNotes } from '#lib/engine/catalog/load-notes.ts';
import { fromStoredName } from '#lib/engine/catalog/stored-names.ts';
import type { CachingConnection } from '#lib/engine/connection.ts';
import type { SqliteStatement } from '#lib/engine/open-file.ts';
import { referencedNames } from '#lib/engine/sql/referenced-names.ts';
import { rewriteSql } from '#lib/engine/sql/rewrite-sql.ts';
import { parseViewBody } from '#lib/engine/sql/view-body.ts';
import { parseType } from '#lib/engine/types/declared-type.ts';

type Enums = ReadonlyMap<string, readonly string[]>;

export function loadViews(
  connection: CachingConnection,
  schemas: readonly string[],
  enums: Enums,
  tables: ReadonlyMap<string, Table>,
): Table[] {
  const notes = loadTableNotes(connection);
  const columnNotes = loadColumnNotes(connection);
  const byStored = new Map([...tables.values()].map((table) => [table.stored, table]));
  const views: Table[] = [];
  for (const row of connection.all(`SELECT name, sql FROM main.sqlite_schema WHERE type = 'view' ORDER BY rowid`)) {
    const place = fromStoredName(String(row.name), schemas);
    if (place === null) continue;
    const key = `${place.schema}.${place.name}`;
    const note = notes.get(key);
    const body = parseViewBody(String(row.sql));
    const sql = rewriteSql(body.select);
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
    const updatable = findUpdatable(sql, columns, byStored);
    views.push({
      key,
      schema: place.schema,
      name: place.name,
      stored: String(row.name),
      kind: 'view',
      columns,
      columnsByName: new Map(columns.map((column) => [column.name, column])),
      primaryKey: toPrimaryKey(tables, updatable, columns),
      uniques: [],
      foreignKeys: [],
      checks: [],
      withoutRowid: true,
      rls: false,
      policies: [],
      view: { sql, securityInvoker: note?.securityInvoker ?? true, updatable },
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

/** The base table's key under the names the view shows it by; null unless it shows all of it. */
function toPrimaryKey(tables: ReadonlyMap<string, Table>, updatable: string | null, columns: readonly Column[]): Key | null {
  const key = updatable === null ? null : (tables.get(updatable)?.primaryKey ?? null);
  const shown = (key?.columns ?? []).map((name) => columns.find((column) => column.source?.column === name)?.name);
  return key === null || !shown.every((name) => name !== undefined) ? null : { name: key.name, columns: shown };
}

/** PostgreSQL's rule for automatically updatable views, as far as text tells: one table, no grouping, no set operation. */
function findUpdatable(sql: string, columns: readonly Column[], byStored: ReadonlyMap<string, Table>): string | null {
  if (/\b(group\s+by|having|distinct|union|intersect|except|limit|offset|join|with)\b/i.test(sql)) return null;
  const names = referencedNames(sql);
  const bases = [...byStored.values()].filter((table) => names.has(table.stored.toLowerCase()));
  const [base] = bases;
  if (base === undefined || bases.length !== 1) return null;
  return columns.some((column) => column.source?.table === base.key) ? base.key : null;
}
