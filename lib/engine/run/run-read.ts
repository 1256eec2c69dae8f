/** Runs a guarded read: at once when it is cheap, in a child process when it may run long. */

import { LRUCache } from 'lru-cache';
import type { Caller } from '#lib/engine/caller.ts';
import type { Catalog } from '#lib/engine/catalog/catalog.ts';
import type { Statement } from '#lib/engine/compile/statement.ts';
import type { Database } from '#lib/engine/database.ts';
import { weighing } from '#lib/engine/functions/weight-functions.ts';
import type { RequestValue } from '#lib/engine/plan/plan.ts';
import { bindValues, type Parameters, type RequestContext, toParameters } from '#lib/engine/run/bind.ts';
import { createCost, measured, type StatementCost } from '#lib/engine/run/cost.ts';
import { isTooMuch } from '#lib/engine/run/too-much.ts';
import type { Settings } from '#lib/engine/settings.ts';
import { toSqlError } from '#lib/engine/sql/to-sql-error.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

export interface ReadResult {
  /** Rows in the document. */
  readonly rows: number;
  /** JSON, CSV or GeoJSON text. */
  readonly document: string;
  /** All rows the filters match, when the plan counts. */
  readonly total: number | null;
}

export interface ReadInput {
  readonly statement: Statement;
  readonly caller: Caller;
  readonly request: RequestContext | null;
  readonly values: readonly RequestValue[];
  readonly timeoutMs: number;
  /** What a function set that ran before. */
  readonly settings?: Settings;
}

/** What has been learnt about each statement: read plan, measured time. Dies with the statement. */
const costs = new WeakMap<Statement, StatementCost>();

export function runRead(database: Database, input: ReadInput): ReadResult | Promise<ReadResult> {
  const { statement } = input;
  const parameters = bindValues(
    toParameters(input.caller, statement.readsRequest ? input.request : null, input.settings),
    statement.binds,
    input.values,
  );
  const row = runStatement(database, statement, parameters, input.timeoutMs);
  return row instanceof Promise ? row.then(toResult) : toResult(row);
}

/** Whether this statement should not run on the event loop. */
export function isExpensive(database: Database, statement: Statement, parameters: Parameters): boolean {
  return costOf(database, statement, parameters).isExpensive(database, parameters);
}

function costOf(database: Database, statement: Statement, parameters: Parameters): StatementCost {
  const known = costs.get(statement);
  if (known !== undefined) return known;
  const made = createCost(database, statement, parameters);
  costs.set(statement, made);
  return made;
}

const maxTexts = 500;
const textCosts = new WeakMap<Catalog, LRUCache<string, StatementCost>>();

/** The same for a statement known by its text alone, about to run so often in a row. */
export function isTextExpensive(database: Database, sql: string, parameters: Parameters, times = 1): boolean {
  const { catalog } = database;
  const costs = textCosts.get(catalog) ?? new LRUCache<string, StatementCost>({ max: maxTexts });
  textCosts.set(catalog, costs);
  const cost = costs.get(sql) ?? createCost(database, { sql, filtered: true }, parameters);
  costs.set(sql, cost);
  return cost.isExpensive(database, parameters, times);
}

/** Whether what `isTextExpensive` last said of it holds for other short values too. */
export function isTextFixed(database: Database, sql: string): boolean {
  return textCosts.get(database.catalog)?.get(sql)?.isFixed ?? false;
}

export function observeText(database: Database, sql: string, elapsedMs: number): void {
  textCosts.get(database.catalog)?.get(sql)?.observe(elapsedMs);
}

/** The first row of a compiled statement. Throws a SqlError. */
export function runStatement(
  database: Database,
  statement: Statement,
  parameters: Parameters,
  timeoutMs: number,
): readonly SqlValue[] | Promise<readonly SqlValue[]> {
  try {
    const cost = costOf(database, statement, parameters);
    if (cost.isExpensive(database, parameters)) return database.runElsewhere(statement.sql, parameters, timeoutMs);
    const read = () => weighing(() => database.read((connection) => connection.tuple(statement.sql, parameters)));
    const row = measured(cost, read) ?? [];
    if (typeof row[1] === 'string') cost.observeDocument(row[1].length, Number(row[0] ?? 0));
    return row;
  } catch (error) {
    if (!isTooMuch(error)) throw toSqlError(error);
    costOf(database, statement, parameters).observeTooMuch(parameters);
    return database.runElsewhere(statement.sql, parameters, timeoutMs);
  }
}

function toResult(row: readonly SqlValue[]): ReadResult {
  const [rows, document, total] = row;
  return {
    rows: Number(rows ?? 0),
    document: typeof document === 'string' ? document : '[]',
    total: total === null || total === undefined ? null : Number(total),
  };
}
