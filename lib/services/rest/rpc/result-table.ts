/** What the rows of a function look like: its table, its declared columns, or null for scalars. */

import type { Catalog, SqlFunction, Table } from '#lib/engine/catalog/catalog.ts';

export function toResultTable(catalog: Catalog, fn: SqlFunction): Table | null {
  if (fn.returns.table !== null) return catalog.tables.get(fn.returns.table) ?? null;
  if (fn.returns.columns.length === 0) return null;
  const columns = fn.returns.columns.map((column) => ({
    ...column,
    nullable: true,
    default: null,
    defaultSql: null,
    identity: false,
    always: false,
    generated: false,
    comment: null,
    source: null,
  }));
  return {
    key: `~${fn.schema}.${fn.name}`,
    schema: fn.schema,
    name: fn.name,
    stored: fn.name,
    kind: 'view',
    columns,
    columnsByName: new Map(columns.map((column) => [column.name, column])),
    primaryKey: null,
    uniques: [],
    foreignKeys: [],
    checks: [],
    withoutRowid: true,
    rls: false,
    policies: [],
    view: null,
    comment: null,
    estimatedRows: 0,
  };
}
