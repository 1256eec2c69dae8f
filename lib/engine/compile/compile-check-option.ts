/** WITH CHECK OPTION: whether rows just written through a view are rows the view shows. */

import type { Catalog, Table } from '#lib/engine/catalog/catalog.ts';
import { withWalls } from '#lib/engine/compile/compile-read.ts';
import { identityOf } from '#lib/engine/compile/row-identity.ts';
import type { DeletePlan, InsertPlan, UpdatePlan } from '#lib/engine/plan/plan.ts';
import { quoteName } from '#lib/engine/plan/quote.ts';
import type { Guarded } from '#lib/engine/policies/guard.ts';
import { toReadable } from '#lib/engine/policies/walls.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

/** Counts the rows of `:written` that the view does not show; null when nobody asks. */
export function compileCheckOption(guarded: Guarded<InsertPlan | UpdatePlan | DeletePlan>): string | null {
  const { table, through } = guarded.plan;
  const view = through?.view ?? null;
  if (view === null || view.through === null || !view.through.checkOption || view.through.where === null) return null;
  const where = toReadable(guarded.catalog, view, view.through.where);
  const alias = quoteName(view.through.alias);
  const rows = `main.${quoteName(table.stored)} AS ${alias} WHERE ${identityOf(table)} IN (SELECT value FROM json_each(:written))`;
  return `${withWalls(view.securityInvoker ? guarded.wallsFor(where) : [])}SELECT count(*) FROM ${rows} AND (${where}) IS NOT TRUE`;
}

/** What PostgreSQL says to a row its view would not show. */
export function hiddenByView(view: string | null): SqlError {
  return new SqlError({ sqlstate: '44000', message: `new row violates check option for view "${view ?? ''}"` });
}

/** The rows of a view without its filter, under the view's own column names. */
export function toUnfilteredRows(catalog: Catalog, view: Table): string | null {
  if (view.view?.through == null) return null;
  const columns = view.columns.map((column) => quoteName(column.name)).join(', ');
  return `(WITH "~rows"(${columns}) AS (${toReadable(catalog, view.view, view.view.through.rows)}) SELECT * FROM "~rows")`;
}
