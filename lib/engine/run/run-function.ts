/** Runs a compiled function call: a plain SELECT as a read, everything else in one transaction. */

import type { Caller } from '#lib/engine/caller.ts';
import type { SqlFunction } from '#lib/engine/catalog/catalog.ts';
import type { FunctionStatements } from '#lib/engine/compile/compile-function.ts';
import { toParameterNames } from '#lib/engine/compile/function-body.ts';
import type { Connection, Database } from '#lib/engine/database.ts';
import type { RequestValue } from '#lib/engine/plan/plan.ts';
import { bindValues, type Parameters, type RequestContext, toParameters } from '#lib/engine/run/bind.ts';
import { runStatement } from '#lib/engine/run/run-read.ts';
import { noSettings, parseSettings, type Settings, takeSettings, toSettingsJson } from '#lib/engine/settings.ts';
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
  /** Runs first, in the same transaction, without arguments; the function sees what it set. */
  readonly first?: FirstCall | null;
  /** Sees the number of rows and what was set, before the commit, and may throw. */
  check(rows: number, settings: Settings): void;
}

/** A function that runs before another or before a statement: compiled for the caller's role, as plain data. */
export interface FirstCall {
  readonly fn: SqlFunction;
  readonly statements: FunctionStatements;
}

export interface FunctionResult {
  readonly rows: number;
  readonly document: string;
  readonly total: number | null;
}

export interface FunctionOutcome {
  /** Null for a void function. */
  readonly result: FunctionResult | null;
  /** What `set_config` set: the function's over its forerunner's. */
  readonly settings: Settings;
}

export async function runFunction(database: Database, input: FunctionInput): Promise<FunctionOutcome> {
  const { statements, first = null } = input;
  try {
    if (statements.writes || statements.before.length > 0 || first?.statements.writes)
      return await database.write((connection) =>
        input.rollback ? undoing(connection, () => run(connection, input)) : run(connection, input),
      );
    const before = first === null ? noSettings : database.read((connection) => runFirst(connection, first, input));
    if (statements.result === null) return { result: null, settings: before };
    const parameters = database.read((connection) => {
      if (statements.sets) takeSettings(connection, noSettings);
      return toCallParameters(connection, input, before);
    });
    bindValues(parameters, statements.result.binds, input.values);
    const row = await runStatement(database, statements.result, parameters, input.timeoutMs);
    const outcome = { result: toResult(row), settings: toSettings(row, before) };
    input.check(outcome.result.rows, outcome.settings);
    return outcome;
  } catch (error) {
    throw isProblem(error) ? error : toSqlError(error);
  }
}

/** Runs a function that comes before a statement, inside the caller's read or write; what it set. */
export function runFirst(
  connection: Connection,
  first: FirstCall,
  { caller, request }: Pick<FunctionInput, 'caller' | 'request'>,
): Settings {
  const call = { ...first, caller, request, arguments: new Map(), values: [], timeoutMs: 0, rollback: false };
  return run(connection, { ...call, check: () => undefined }).settings;
}

function run(connection: Connection, input: FunctionInput): FunctionOutcome {
  const { statements, first = null } = input;
  let settings = first === null ? noSettings : runFirst(connection, first, input);
  // What an earlier statement left behind is nobody's.
  if (statements.sets) takeSettings(connection, noSettings);
  const parameters = toCallParameters(connection, input, settings);
  const keepSettings = () => {
    if (!statements.sets) return;
    settings = takeSettings(connection, settings);
    parameters.request_settings = toSettingsJson(settings);
  };
  const skipped = input.fn.strict && toParameterNames(input.fn).some((name) => parameters[name] === null);
  for (const sql of skipped ? [] : statements.before) {
    connection.all(sql, parameters);
    keepSettings();
  }
  if (statements.gather !== null) parameters.call_rows = skipped ? '[]' : gather(connection, statements.gather, parameters);
  keepSettings();
  let result: FunctionResult | null = null;
  if (statements.result !== null) {
    bindValues(parameters, statements.result.binds, input.values);
    const row = connection.tuple(statements.result.sql, parameters) ?? [];
    result = toResult(row);
    settings = toSettings(row, settings);
  }
  input.check(result?.rows ?? 0, settings);
  return { result, settings };
}

/** Claims, the arguments given, and the defaults of those that were not. */
function toCallParameters(connection: Connection, input: FunctionInput, settings: Settings): Parameters {
  const parameters = toParameters(input.caller, input.request, settings);
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

/** The fourth column of a result that may set anything. */
function toSettings(row: readonly SqlValue[], before: Settings): Settings {
  return parseSettings(row[3] ?? null, before);
}

function undoing<T>(connection: Connection, work: () => T): T {
  connection.exec('SAVEPOINT undone');
  const result = work();
  connection.exec('ROLLBACK TO undone');
  connection.exec('RELEASE undone');
  return result;
}
