/** Where a write goes: the table itself, or a simple view's base table, by PostgreSQL's rule for updatable views. */

import type { Catalog, Column, Table } from '#lib/engine/catalog/catalog.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

export type WriteVerb = 'insert' | 'update' | 'delete';

interface Named {
  readonly catalog: Catalog;
  readonly table: Table;
}

/** Throws 55000 for a view that cannot be written through. */
export function toTarget({ catalog, table }: Named, verb: WriteVerb): { table: Table; through: Table | null } {
  if (table.kind !== 'view') return { table, through: null };
  const base = findBase(catalog, table);
  if (base !== null) return { table: base, through: table };
  const [doing, action, rule] = wording[verb];
  throw new SqlError({
    sqlstate: '55000',
    message: `cannot ${action} view "${table.name}"`,
    details: 'Views that do not select from a single table or view are not automatically updatable.',
    hint: `To enable ${doing} the view, provide an INSTEAD OF ${rule} trigger or an unconditional ON ${rule} DO INSTEAD rule.`,
  });
}

/** The base table of a simple view that shows its key: how its rows are found again. Null for any other. */
export function findBase(catalog: Catalog, view: Table): Table | null {
  if (view.view?.updatable == null || view.primaryKey === null) return null;
  return catalog.tables.get(view.view.updatable) ?? null;
}

/** The column of the base table that a view's column shows; throws 0A000 when it shows none. */
export function toBaseColumn({ catalog, table }: Named, verb: WriteVerb, column: Column): Column {
  const base = findBase(catalog, table);
  const plain = column.source !== null && table.view?.through?.columns.has(column.name);
  const own = !plain ? undefined : base?.columnsByName.get(column.source.column);
  if (own !== undefined) return own;
  throw new SqlError({
    sqlstate: '0A000',
    message: `cannot ${verb === 'insert' ? 'insert into' : 'update'} column "${column.name}" of view "${table.name}"`,
    details: 'View columns that are not columns of their base relation are not updatable.',
  });
}

const wording: Readonly<Record<WriteVerb, readonly [string, string, string]>> = {
  insert: ['inserting into', 'insert into', 'INSERT'],
  update: ['updating', 'update', 'UPDATE'],
  delete: ['deleting from', 'delete from', 'DELETE'],
};
