/**
 * Guarded UPDATE and DELETE: one statement finds the rows the caller may touch (and, for an update, how many would break
 * a policy), the next changes exactly those.
 */

import type { Column, Table } from '#lib/engine/catalog/catalog.ts';
import { compileCheckOption } from '#lib/engine/compile/compile-check-option.ts';
import { compileCondition } from '#lib/engine/compile/compile-condition.ts';
import { withWalls } from '#lib/engine/compile/compile-read.ts';
import { identityOf } from '#lib/engine/compile/row-identity.ts';
import { createEmitter, type Emitter, type Statement } from '#lib/engine/compile/statement.ts';
import type { DeletePlan, UpdatePlan } from '#lib/engine/plan/plan.ts';
import { quoteName } from '#lib/engine/plan/quote.ts';
import { type Guarded, isChecked } from '#lib/engine/policies/guard.ts';

export interface ChangeStatements {
  /**
   * Columns: identities as a JSON array, how many, and how many of the changed rows a policy refuses. It looks no further
   * than `:most` rows; a negative number is no limit.
   */
  readonly find: Statement;
  /** Changes the rows of `:written`. */
  readonly change: string;
  /** Afterwards: what `:written` is called now; null unless the change sets what names a row. */
  readonly moved: string | null;
  /** Afterwards: how many of them the view does not show that the change went through. */
  readonly hidden: string | null;
}

/** The new values are `:v0`, `:v1`, … in the order of the plan's columns. */
export function compileUpdate(guarded: Guarded<UpdatePlan>): ChangeStatements {
  const { table, columns, where, returning } = guarded.plan;
  const needsSelect = returning !== null || where !== null;
  const checked = isChecked(guarded, table);
  const select = guarded.predicate(table, 'select', 'using');
  const using = checked ? joinAnd(guarded.predicate(table, 'update', 'using'), needsSelect ? select : '1') : '1';
  const check = checked ? joinAnd(guarded.predicate(table, 'update', 'check'), needsSelect ? select : '1') : '1';
  const emitter = createEmitter(guarded.catalog, guarded.walled);
  const proposed = table.columns.map((column) => {
    const index = columns.findIndex((item) => item.name === column.name);
    return index < 0 ? quoteName(column.name) : `:v${index} AS ${quoteName(column.name)}`;
  });
  const rows = `"__new" AS MATERIALIZED (SELECT ${identityOf(table)} AS "__id", ${proposed.join(', ')} ${fromTable(guarded.plan, using, emitter)})`;
  const walls = withWalls(mergeWalls(guarded, `${using} ${check}`), [rows]);
  const find = emitter.finish(
    `${walls}SELECT json_group_array("__id"), count(*), coalesce(sum((${check}) IS NOT TRUE), 0) FROM "__new" AS ${quoteName(table.stored)}`,
  );
  const set = columns.map((column, index) => `${quoteName(column.name)} = :v${index}`).join(', ');
  return {
    find,
    change: `UPDATE main.${quoteName(table.stored)} SET ${set} WHERE ${identityOf(table)} IN (SELECT value FROM json_each(:written))`,
    moved: compileMoved(table, columns),
    hidden: compileCheckOption(guarded),
  };
}

/** A rowid that is set is every row's, so that there is one; a key keeps the parts that are not set. */
function compileMoved(table: Table, columns: readonly Column[]): string | null {
  const placeOf = (name: string) => columns.findIndex((column) => column.name === name);
  if (!table.withoutRowid) {
    const index = columns.findIndex((column) => column.identity);
    return index < 0 ? null : `SELECT json_array(:v${index})`;
  }
  const key = table.primaryKey?.columns ?? [];
  if (key.every((name) => placeOf(name) < 0)) return null;
  const parts = key.map((name, at) => (placeOf(name) < 0 ? `json_extract(value, '$[${at}]')` : `:v${placeOf(name)}`));
  return `SELECT json_group_array(json_array(${parts.join(', ')})) FROM json_each(:written)`;
}

export function compileDelete(guarded: Guarded<DeletePlan>): ChangeStatements {
  const { table, where, returning } = guarded.plan;
  const needsSelect = returning !== null || where !== null;
  const using = isChecked(guarded, table)
    ? joinAnd(guarded.predicate(table, 'delete', 'using'), needsSelect ? guarded.predicate(table, 'select', 'using') : '1')
    : '1';
  const emitter = createEmitter(guarded.catalog, guarded.walled);
  const rows = `"__new" AS MATERIALIZED (SELECT ${identityOf(table)} AS "__id" ${fromTable(guarded.plan, using, emitter)})`;
  const walls = withWalls(mergeWalls(guarded, using), [rows]);
  const find = emitter.finish(`${walls}SELECT json_group_array("__id"), count(*), 0 FROM "__new"`);
  return {
    find,
    change: `DELETE FROM main.${quoteName(table.stored)} WHERE ${identityOf(table)} IN (SELECT value FROM json_each(:written))`,
    moved: null,
    hidden: null,
  };
}

/** The filters' own walls (embeds in `exists`) besides those of the policies; the target itself is read unwalled. */
function mergeWalls(guarded: Guarded<UpdatePlan> | Guarded<DeletePlan>, predicates: string) {
  const merged = new Map(guarded.walls.map((wall) => [wall.sql, wall]));
  for (const wall of guarded.wallsFor(predicates)) merged.set(wall.sql, wall);
  return [...merged.values()];
}

function fromTable(plan: UpdatePlan | DeletePlan, using: string, emitter: Emitter): string {
  const { table, where, through } = plan;
  const filter = where === null ? '1' : compileCondition(where, emitter);
  emitter.note(table.stored, table);
  if (where !== null) emitter.markFiltered();
  const matched = through === null ? filter : isShown(table, through, filter);
  return `FROM main.${quoteName(table.stored)} AS ${quoteName(table.stored)} WHERE (${using}) AND ${matched} ORDER BY ${identityOf(table)} LIMIT (:most + 0)`;
}

/** The rows of a base table that its view shows and the filter, over the view's columns, matches. */
function isShown(table: Table, view: Table, filter: string): string {
  const shown = (view.primaryKey?.columns ?? []).map((name) => `${quoteName(view.stored)}.${quoteName(name)}`);
  const own = (table.primaryKey?.columns ?? []).map((name) => `${quoteName(table.stored)}.${quoteName(name)}`);
  return `(${own.join(', ')}) IN (SELECT ${shown.join(', ')} FROM ${quoteName(view.stored)} WHERE ${filter})`;
}

function joinAnd(a: string, b: string): string {
  return b === '1' ? a : `(${a}) AND (${b})`;
}
