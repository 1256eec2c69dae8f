/** A guarded function call as statements: the body's rows are the relation `~call`, and the document is made of them. */

import type { SqlFunction } from '#lib/engine/catalog/catalog.ts';
import { compileDocument } from '#lib/engine/compile/compile-document.ts';
import { withWalls } from '#lib/engine/compile/compile-read.ts';
import { compileLimit, compileRows } from '#lib/engine/compile/compile-select.ts';
import { isQuery, toBody, toOneRow, toParameterNames } from '#lib/engine/compile/function-body.ts';
import { createEmitter, type Emitter, type Statement } from '#lib/engine/compile/statement.ts';
import { apart, joinRows, weighValue } from '#lib/engine/compile/weighed-rows.ts';
import type { CallPlan, SelectPlan } from '#lib/engine/plan/plan.ts';
import { quoteName } from '#lib/engine/plan/quote.ts';
import type { Guarded } from '#lib/engine/policies/guard.ts';
import { guardSql } from '#lib/engine/policies/guard-sql.ts';
import { setsAnything } from '#lib/engine/settings.ts';
import { jsonExpression } from '#lib/engine/types/json-expression.ts';

export interface FunctionStatements {
  /** Statements that run first; their rows, if any, are dropped unless `gather`. */
  readonly before: readonly string[];
  /** The last statement changes data: its rows are gathered and bound as `:call_rows`, an array of arrays. */
  readonly gather: string | null;
  /** (rows, document, total); null for a void function. */
  readonly result: Statement | null;
  readonly writes: boolean;
  /** Whether it calls `set_config`: then the result has a fourth column, what was set. */
  readonly sets: boolean;
  /** The body as a person wrote it, with the functions it calls in their places. */
  readonly written: string;
}

export function compileFunction(guarded: Guarded<CallPlan>): FunctionStatements {
  const { plan, catalog, role } = guarded;
  const { fn } = plan.call;
  const bodies = fn.statements.map((statement) => toBody(catalog, fn, statement));
  const last = bodies.at(-1) ?? 'SELECT NULL';
  const guardBody = (sql: string) => (fn.security === 'definer' ? sql : guardSql(catalog, role, sql));
  const writes = bodies.some((body) => !isQuery(body));
  const written = bodies.join(';');
  const before = bodies.slice(0, -1).map(guardBody);
  const sets = bodies.some(setsAnything);
  if (fn.returns.kind === 'void') return { before: bodies.map(guardBody), gather: null, result: null, writes, sets, written };
  const query = isQuery(last);
  const rows = query ? whereStrict(fn, last) : toGatheredRows(fn.returns.columns.length || countColumns(guarded));
  const source = plan.select !== null && !fn.returns.setof ? toOneRow(rows) : rows;
  const result = compileResult(guarded, source, sets);
  return { before, gather: query ? null : guardBody(last), result, writes, sets, written };
}

/** A STRICT function returns nothing when an argument is null. */
function whereStrict(fn: SqlFunction, body: string): string {
  if (!fn.strict || fn.arguments.length === 0) return body;
  const given = toParameterNames(fn).map((name) => `:${name} IS NOT NULL`);
  return `SELECT * FROM (${body}) WHERE ${given.join(' AND ')}`;
}

function countColumns(guarded: Guarded<CallPlan>): number {
  const { table } = guarded.plan.call.fn.returns;
  return table === null ? 1 : (guarded.catalog.tables.get(table)?.columns.length ?? 1);
}

function toGatheredRows(columns: number): string {
  const values = Array.from({ length: Math.max(1, columns) }, (_, index) => `value ->> ${index}`);
  return `SELECT ${values.join(', ')} FROM json_each(:call_rows)`;
}

function compileResult(guarded: Guarded<CallPlan>, source: string, sets: boolean): Statement {
  const { plan, catalog } = guarded;
  const { returns } = plan.call.fn;
  const emitter = createEmitter(catalog, guarded.walled, plan.timezone);
  emitter.markFiltered();
  const names = plan.select === null ? ['value'] : columnNames(guarded);
  const call = `"~call"(${names.map(quoteName).join(', ')}) AS MATERIALIZED (${source})`;
  const head = withWalls(guarded.walls, [call]);
  const taken = sets ? ', koyalite_take_settings()' : '';
  if (plan.select !== null) {
    const total = `${plan.count ? `(${countRows(plan.select, emitter)})` : 'NULL'}${taken}`;
    return emitter.finish(`${head}SELECT ${compileDocument(plan.select, plan.shape, emitter, total)}`);
  }
  const value = returns.type === null ? 'value' : jsonExpression(returns.type, 'value');
  if (returns.setof) {
    const page = plan.page === undefined ? '' : compileLimit(plan.page, emitter);
    const total = `${plan.count ? '(SELECT count(*) FROM "~call")' : 'NULL'}${taken}`;
    return emitter.finish(
      `${head}SELECT count(*), '[' || coalesce(${joinRows("','")}, '') || ']', ${total} FROM (SELECT json_quote(${value}) AS j FROM ${apart(`"~call"${page}`)})`,
    );
  }
  return emitter.finish(
    `${head}SELECT 1, coalesce((SELECT ${weighValue('value', `json_quote(${value})`)} FROM "~call" LIMIT 1), 'null'), 1${taken}`,
  );
}

function columnNames(guarded: Guarded<CallPlan>): string[] {
  const { returns } = guarded.plan.call.fn;
  if (returns.columns.length > 0) return returns.columns.map((column) => column.name);
  const table = returns.table === null ? undefined : guarded.catalog.tables.get(returns.table);
  return (table?.columns ?? []).map((column) => column.name);
}

function countRows(select: SelectPlan, emitter: Emitter): string {
  return `SELECT count(*) FROM (${compileRows({ ...select, order: [], limit: null, offset: null, maxRows: null }, emitter)})`;
}
