/** Fields of a request resolved to columns. Fails 42703 for a column that does not exist. */

import type { Catalog, SqlFunction, Table } from '#lib/engine/catalog/catalog.ts';
import type { PathStep, Value } from '#lib/engine/plan/plan.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

/** What names are looked up in: a relation under its alias. */
export interface Scope {
  readonly catalog: Catalog;
  readonly table: Table;
  readonly alias: string;
  /** What messages call it: the table's name, with its depth when it is embedded. */
  readonly label: string;
}

export function planValue(scope: Scope, name: string, steps: readonly PathStep[]): Value {
  const column = scope.table.columnsByName.get(name);
  const base: Value | null = column === undefined ? planComputed(scope, name) : { kind: 'column', alias: scope.alias, column };
  if (base === null) throw new SqlError({ sqlstate: '42703', message: `column ${scope.label}.${name} does not exist` });
  return steps.length === 0 ? base : { kind: 'path', base, steps };
}

/** A computed column: a function whose only argument is this table's row. */
function planComputed(scope: Scope, name: string): Value | null {
  const fn = findRowFunction(scope.catalog, scope.table, name);
  if (fn === null || fn.returns.kind !== 'scalar' || fn.returns.setof) return null;
  return { kind: 'computed', alias: scope.alias, table: scope.table, fn };
}

export function findRowFunction(catalog: Catalog, table: Table, name: string): SqlFunction | null {
  const overloads = catalog.functions.get(`${table.schema}.${name}`) ?? [];
  return overloads.find((fn) => fn.arguments.length === 1 && fn.arguments[0]?.row === table.key) ?? null;
}
