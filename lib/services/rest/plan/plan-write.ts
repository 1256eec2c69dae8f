/** Inserts, upserts, updates and deletes of a table as plans. */

import type { Catalog, Column, Table } from '#lib/engine/catalog/catalog.ts';
import type { Condition, DeletePlan, InsertPlan, ResultShape, SelectPlan, UpdatePlan } from '#lib/engine/plan/plan.ts';
import { SqlError } from '#lib/engine/sql-error.ts';
import type { Preferences } from '#lib/services/rest/parse/parse-prefer.ts';
import type { Query } from '#lib/services/rest/parse/parse-request.ts';
import { joinConditions, planCondition } from '#lib/services/rest/plan/plan-condition.ts';
import { createPlanContext, planSelect } from '#lib/services/rest/plan/plan-select.ts';
import { toBaseColumn, toTarget, type WriteVerb } from '#lib/services/rest/plan/write-target.ts';
import { unknownPayloadColumn } from '#lib/services/rest/respond/rest-error.ts';

export interface WriteInput {
  readonly catalog: Catalog;
  readonly table: Table;
  readonly query: Query;
  readonly preferences: Readonly<Preferences>;
  readonly aggregates: boolean;
  readonly shape: ResultShape;
}

export function planInsert(input: WriteInput, keys: readonly string[]): InsertPlan {
  const { table, through } = toTarget(input, 'insert');
  const columns = resolveColumns(input, 'insert', keys);
  return {
    kind: 'insert',
    table,
    through,
    columns,
    conflict: planConflict(input, table),
    returning: planReturning(input),
    shape: input.shape,
    timezone: input.preferences.timezone,
  };
}

export function planUpdate(input: WriteInput, keys: readonly string[]): UpdatePlan {
  const { table, through } = toTarget(input, 'update');
  return {
    kind: 'update',
    table,
    through,
    columns: resolveColumns(input, 'update', keys),
    alias: input.table.stored,
    where: planWhere(input),
    returning: planReturning(input),
    shape: input.shape,
    timezone: input.preferences.timezone,
  };
}

export function planDelete(input: WriteInput): DeletePlan {
  const { table, through } = toTarget(input, 'delete');
  return {
    kind: 'delete',
    table,
    through,
    alias: input.table.stored,
    where: planWhere(input),
    returning: planReturning(input),
    shape: input.shape,
    timezone: input.preferences.timezone,
  };
}

/** Throws PGRST204 for an unknown column, 428C9 for one that is always generated, 0A000 for a view's column that is no column of its base. */
function resolveColumns(input: WriteInput, verb: WriteVerb, keys: readonly string[]): Column[] {
  const { table } = input;
  return [...new Set(keys)].map((key) => {
    const column = table.columnsByName.get(key);
    if (column === undefined) throw unknownPayloadColumn(table.name, key);
    const own = table.view === null ? column : toBaseColumn(input, verb, column);
    if (own.generated || own.always) throw generated(verb, own);
    return own;
  });
}

/** A request has no way to say DEFAULT, nor OVERRIDING SYSTEM VALUE: to name such a column is to give it a value. */
function generated(verb: WriteVerb, { name, always }: Column): SqlError {
  const inserting = verb === 'insert';
  return new SqlError({
    sqlstate: '428C9',
    message: inserting
      ? `cannot insert a non-DEFAULT value into column "${name}"`
      : `column "${name}" can only be updated to DEFAULT`,
    details: always
      ? `Column "${name}" is an identity column defined as GENERATED ALWAYS.`
      : `Column "${name}" is a generated column.`,
    hint: always && inserting ? 'Use OVERRIDING SYSTEM VALUE to override.' : null,
  });
}

/** The upsert's target: `on_conflict`, else the primary key; without either it is a plain insert. */
function planConflict(input: WriteInput, table: Table): InsertPlan['conflict'] {
  const { preferences, query } = input;
  if (preferences.resolution === null) return null;
  const target = query.onConflict?.map((name) => toBaseName(input.table, name)) ?? table.primaryKey?.columns ?? [];
  if (target.length === 0) return null;
  for (const name of target) {
    if (!table.columnsByName.has(name)) throw new SqlError({ sqlstate: '42703', message: `column "${name}" does not exist` });
  }
  const keys = table.primaryKey === null ? table.uniques : [table.primaryKey, ...table.uniques];
  const known = keys.some(
    (key) => key.columns.length === target.length && key.columns.every((column) => target.includes(column)),
  );
  if (!known) {
    throw new SqlError({
      sqlstate: '42P10',
      message: 'there is no unique or exclusion constraint matching the ON CONFLICT specification',
    });
  }
  return { target, action: preferences.resolution === 'merge-duplicates' ? 'merge' : 'ignore' };
}

function toBaseName(named: Table, name: string): string {
  const plain = named.view?.through?.columns.has(name) ?? false;
  return plain ? (named.columnsByName.get(name)?.source?.column ?? name) : name;
}

/** Root filters choose the rows; those addressed to embeds only shape what comes back. */
function planWhere(input: WriteInput): Condition | null {
  const { catalog, table, query } = input;
  const scope = { catalog, table, alias: table.stored, label: table.name };
  const own = query.filters.filter((filter) => filter.path.length === 0);
  return joinConditions(own.map((filter) => planCondition(scope, [], filter.item)));
}

function planReturning(input: WriteInput): SelectPlan | null {
  const { catalog, table, query, preferences } = input;
  if (preferences.return !== 'representation') return null;
  const shown: Query = {
    ...query,
    filters: query.filters.filter((filter) => filter.path.length > 0),
    limits: query.limits.filter((limit) => limit.path.length > 0),
    offsets: query.offsets.filter((offset) => offset.path.length > 0),
  };
  const root = { source: { kind: 'written', table } as const, table, maxRows: null };
  return planSelect(createPlanContext(catalog, input.aggregates, null), root, shown);
}
