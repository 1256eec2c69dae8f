/**
 * A guarded insert. The proposed row, defaults applied, is checked in the statement that inserts it, before any
 * constraint can speak: a row the policies refuse says nothing about the rows that exist.
 */

import type { Column, Table } from '#lib/engine/catalog/catalog.ts';
import { compileCheckOption } from '#lib/engine/compile/compile-check-option.ts';
import { withWalls } from '#lib/engine/compile/compile-read.ts';
import { identityOf } from '#lib/engine/compile/row-identity.ts';
import type { InsertPlan } from '#lib/engine/plan/plan.ts';
import { quoteName } from '#lib/engine/plan/quote.ts';
import { type Guarded, isChecked } from '#lib/engine/policies/guard.ts';

export interface InsertStatements {
  /** Parameter `:v0`, `:v1`, … for each of these columns. */
  readonly columns: readonly Column[];
  /** Inserts one row and returns its identity; no row back means refused by policy (or skipped, when `proposed` passed). */
  readonly insert: string;
  /** With ON CONFLICT: whether the proposed row passes, 1 or 0. */
  readonly proposed: string | null;
  /** With ON CONFLICT: the identity of the row in the way, and whether the caller may update it. */
  readonly existing: string | null;
  /** After DO UPDATE: whether the row `:id` still passes. */
  readonly result: string | null;
  /** Afterwards: 1 when `:written` is a row that the view does not show it went through. */
  readonly hidden: string | null;
}

/** `given`: which of the plan's columns this row has values for; the others take their defaults. */
export function compileInsert(guarded: Guarded<InsertPlan>, given: readonly Column[]): InsertStatements {
  const { plan } = guarded;
  const { table, conflict } = plan;
  const checked = isChecked(guarded, table);
  const needsSelect = plan.returning !== null || (conflict !== null && conflict.target.length > 0);
  const check = checked ? joinChecks(guarded, table, 'insert', needsSelect) : '1';
  const proposedRow = `"__new" AS MATERIALIZED (SELECT ${toProposed(table, given)})`;
  const source = `FROM "__new" AS ${quoteName(table.stored)}`;
  const walls = withWalls(guarded.wallsFor(check), [proposedRow]);
  const insertable = table.columns.filter(
    (column) => given.includes(column) || (column.defaultSql !== null && !column.generated),
  );
  const names = insertable.map((column) => quoteName(column.name));
  const into =
    insertable.length === 0
      ? insertDefaults(table, walls, source, check)
      : `${walls}INSERT INTO main.${quoteName(table.stored)}(${names.join(', ')}) SELECT ${names.join(', ')} ${source} WHERE ${conflict === null ? check : '1'}`;
  const insert = `${into}${toConflictClause(plan, given)} RETURNING ${toExactIdentity(table)}`;
  const hidden = compileCheckOption(guarded);
  if (conflict === null) return { columns: given, insert, proposed: null, existing: null, result: null, hidden };
  const update = checked ? joinChecks(guarded, table, 'update', true, 'using') : '1';
  const result = checked ? joinChecks(guarded, table, 'update', true) : '1';
  const target = conflict.target.map((name) => `${quoteName(name)} = ${proposedValue(table, given, name)}`).join(' AND ');
  return {
    columns: given,
    insert,
    proposed: checked ? `${walls}SELECT (${check}) IS TRUE ${source}` : null,
    existing:
      target === ''
        ? null
        : `${withWalls(guarded.wallsFor(update))}SELECT ${toExactIdentity(table)}, (${update}) IS TRUE FROM main.${quoteName(table.stored)} WHERE ${target}`,
    result: checked
      ? `${withWalls(guarded.wallsFor(result))}SELECT (${result}) IS TRUE FROM main.${quoteName(table.stored)} WHERE ${identityOf(table)} = :id`
      : null,
    hidden,
  };
}

function joinChecks(
  guarded: Guarded<InsertPlan>,
  table: Table,
  command: 'insert' | 'update',
  needsSelect: boolean,
  part: 'using' | 'check' = 'check',
): string {
  const own = guarded.predicate(table, command, part);
  return needsSelect ? `(${own}) AND (${guarded.predicate(table, 'select', 'using')})` : own;
}

/** Every column of the row about to be written, so that policies may read any of them. */
function toProposed(table: Table, given: readonly Column[]): string {
  return table.columns
    .filter((column) => !column.generated)
    .map((column) => `${proposedValue(table, given, column.name)} AS ${quoteName(column.name)}`)
    .join(', ');
}

function proposedValue(table: Table, given: readonly Column[], name: string): string {
  const index = given.findIndex((column) => column.name === name);
  if (index >= 0) return `:v${index}`;
  return table.columnsByName.get(name)?.defaultSql ?? 'NULL';
}

function insertDefaults(table: Table, walls: string, source: string, check: string): string {
  const first = table.columns.find((column) => !column.generated);
  const name = quoteName(first?.name ?? 'rowid');
  return `${walls}INSERT INTO main.${quoteName(table.stored)}(${name}) SELECT NULL ${source} WHERE ${check}`;
}

function toConflictClause(plan: InsertPlan, given: readonly Column[]): string {
  if (plan.conflict === null) return '';
  const target = plan.conflict.target.length === 0 ? '' : ` (${plan.conflict.target.map(quoteName).join(', ')})`;
  // Every column of the request is set; one this row leaves out takes its default, unless SQLite assigns it.
  const replaced = plan.columns.filter((column) => given.includes(column) || !column.identity);
  if (plan.conflict.action === 'ignore' || replaced.length === 0) return ` ON CONFLICT${target} DO NOTHING`;
  const set = replaced.map((column) => `${quoteName(column.name)} = excluded.${quoteName(column.name)}`);
  return ` ON CONFLICT${target} DO UPDATE SET ${set.join(', ')}`;
}

/** As text: the driver would round a rowid beyond 2^53. */
function toExactIdentity(table: Table): string {
  return table.withoutRowid ? identityOf(table) : 'CAST(rowid AS TEXT)';
}
