/** Computed relationships: an embed through a function that takes the parent's row. They shadow foreign keys of their name. */

import type { Table } from '#lib/engine/catalog/catalog.ts';
import type { Link, Source } from '#lib/engine/plan/plan.ts';
import type { PlanContext } from '#lib/services/rest/plan/plan-select.ts';
import { findRowFunction, type Scope } from '#lib/services/rest/plan/plan-value.ts';

export interface ComputedEmbed {
  readonly link: Link;
  readonly source: Source;
  readonly table: Table;
  readonly alias: string;
  readonly toOne: boolean;
}

export function planComputedEmbed(context: PlanContext, scope: Scope, name: string): ComputedEmbed | null {
  const fn = findRowFunction(context.catalog, scope.table, name);
  const table = fn?.returns.table == null ? undefined : context.catalog.tables.get(fn.returns.table);
  if (fn === null || table === undefined) return null;
  const toOne = !fn.returns.setof || fn.returns.rows === 1;
  return {
    table,
    toOne,
    alias: context.nextAlias(),
    source: { kind: 'table', table },
    link: {
      cardinality: toOne ? 'many-to-one' : 'one-to-many',
      parentAlias: scope.alias,
      columns: [],
      targetColumns: [],
      junction: null,
      computed: { fn, table: scope.table },
    },
  };
}
