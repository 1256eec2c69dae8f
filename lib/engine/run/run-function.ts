/** Runs a compiled function call: a plain SELECT as a read, everything else in one transaction. */

import type { Caller } from '#lib/engine/caller.ts';
import type { SqlFunction } from '#lib/engine/catalog/catalog.ts';
import type { FunctionStatements } from '#lib/engine/compile/compile-function.ts';
import { toParameterNames } from '#lib/engine/compile/function-body.ts';
import type { Connection, Database } from '#lib/engine/database.ts';
import type { RequestValue } from '#lib/engine/plan/plan.ts';
import { bindValues, type Parameters, type RequestContext, toParameters } from '#lib/engine/run/bind.ts';
import { runStatement } from '#lib/engine/run/run-read.ts';
import { rewriteSql } from '#lib/engine/sql/rewrite-sql.ts';
import { toSqlError } from '#lib/engine/sql/to-sql-error.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';
import { isProblem } from '#lib/http/problem.ts';

export interface FunctionInput {
  readonly fn: SqlFunction;
  readonly statements: FunctionStatements;
  readonly caller: Caller;
  readonly request: RequestContext | null;
  /** By parameter name without the colon. */
  readonly arguments: ReadonlyMap<string, SqlValue>;
  readonly values: readonly RequestValue[];
  readonly timeoutMs: number;
  readonly rollback: boolean;
  /** Sees the number of rows before the commit and may throw. */
  check(rows: number): void;
}

export interface FunctionResult {
  readonly rows: number;
  readonly document: string;
  readonly total: number | null;
}

/** Null for a void function. */
export async function runFunction(database: Database, input: FunctionInput): Promise<FunctionResult | null> {
  const { statements } = input;
  try {
    if (statements.writes || statements.before.length > 0)
      return await database.write((connection) =>
        input.rollback ? undoing(connection, () => run(connection, input)) : run(connection, input),
      );
    if (statements.result === null) return null;
    const parameters = database.read((connection) => toCallParameters(connection, input));
    bindValues(parameters, statements.result.binds, input.values);
    const result = toResult(await runStatement(database, statements.result, parameters, input.timeoutMs));
    input.check(result.rows);
    return result;
  } catch (error) {
    throw isProblem(error) ? error : toSqlError(error);
  }
}

function run(connection: Connection, input: FunctionInput): FunctionResult | null {
  const { statements } = input;
  const parameters = toCallParameters(connection, input);
  const skipped = input.fn.strict && toParameterNames(input.fn).some((name) => parameters[name] === null);
  if (!skipped) for (const sql of statements.before) connection.all(sql, parameters);
  if (statements.gather !== null) parameters.call_rows = skipped ? '[]' : gather(connection, statements.gather, parameters);
  if (statements.result === null) return null;
  bindValues(parameters, statements.result.binds, input.values);
  const result = toResult(connection.tuple(statements.result.sql, parameters) ?? []);
  input.check(result.rows);
  return result;
}

/** Claims, the arguments given, and the defaults of those that were not. */
function toCallParameters(connection: Connection, input: FunctionInput): Parameters {
  const parameters = toParameters(input.caller, input.request);
  const names = toParameterNames(input.fn);
  for (const [index, argument] of input.fn.arguments.entries()) {
    const name = names[index] ?? '';
    const given = input.arguments.get(name);
    if (given !== undefined) parameters[name] = given;
    else if (argument.default !== null)
      parameters[name] = toExact(connection.value(`SELECT ${rewriteSql(argument.default)}`, parameters) ?? null);
    else parameters[name] = argument.variadic ? '[]' : null;
  }
  return parameters;
}

/** The driver binds every JavaScript number as a REAL; an integer must stay one. */
function toExact(value: SqlValue): SqlValue {
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
}

/** The rows a data statement returned, as a JSON array of arrays: SQLite cannot select from RETURNING. */
function gather(connection: Connection, sql: string, parameters: Parameters): string {
  const rows = connection.all(sql, parameters).map((row) => Object.values(row).map(toJsonValue));
  return `[${rows.map((row) => `[${row.join(',')}]`).join(',')}]`;
}

function toJsonValue(value: SqlValue): string {
  if (value instanceof Uint8Array) return JSON.stringify(`\\x${Buffer.from(value).toString('hex')}`);
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
}

function toResult(row: readonly SqlValue[]): FunctionResult {
  const [rows, document, total] = row;
  return {
    rows: Number(rows ?? 0),
    document: typeof document === 'string' ? document : 'null',
    total: total == null ? null : Number(total),
  };
}

function undoing<T>(connection: Connection, work: () => T): T {
  connection.exec('SAVEPOINT undone');
  const result = work();
  connection.exec('ROLLBACK TO undone');
  connection.exec('RELEASE undone');
  return result;
}
