/** Runs a compiled function call: at once when it is cheap, in a child process when it may run long. */

import type { Caller } from '#lib/engine/caller.ts';
import type { Catalog, SqlFunction } from '#lib/engine/catalog/catalog.ts';
import type { FunctionStatements } from '#lib/engine/compile/compile-function.ts';
import { toParameterNames } from '#lib/engine/compile/function-body.ts';
import type { Connection, Database } from '#lib/engine/database.ts';
import { weighing } from '#lib/engine/functions/weight-functions.ts';
import type { RequestValue } from '#lib/engine/plan/plan.ts';
import { bindValues, type RequestContext, toParameters } from '#lib/engine/run/bind.ts';
import { type Call, type CallDefault, type CallOutcome, performCall, type RowLimits, toSettings } from '#lib/engine/run/call.ts';
import { type CallCost, createCallCost } from '#lib/engine/run/call-cost.ts';
import { cpuTimeMs } from '#lib/engine/run/cpu-time.ts';
import { staleCatalog } from '#lib/engine/run/stale-catalog.ts';
import { isTooMuch } from '#lib/engine/run/too-much.ts';
import type { Settings } from '#lib/engine/settings.ts';
import { rewriteSql } from '#lib/engine/sql/rewrite-sql.ts';
import { toSqlError } from '#lib/engine/sql/to-sql-error.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';
import { isProblem } from '#lib/http/problem.ts';

export interface FunctionInput {
  readonly fn: SqlFunction;
  readonly statements: FunctionStatements;
  /** What the statements were compiled with. */
  readonly catalog: Catalog;
  readonly caller: Caller;
  readonly request: RequestContext | null;
  /** By parameter name without the colon. */
  readonly arguments: ReadonlyMap<string, SqlValue>;
  readonly values: readonly RequestValue[];
  readonly timeoutMs: number;
  readonly rollback: boolean;
  readonly limits: RowLimits;
  /** Runs first, in the same transaction, without arguments; the function sees what it set. */
  readonly first: FirstCall | null;
  /** The error when the number of rows breaks the limits, or a status or header was set that is none. */
  refuse(rows: number, settings: Settings): Error;
}

/** A function that runs before another or before a statement: compiled for the caller's role. */
export interface FirstCall {
  readonly fn: SqlFunction;
  readonly statements: FunctionStatements;
  readonly catalog: Catalog;
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

const noLimits: RowLimits = { maxRows: null, exactly: null };

/** What has been learnt about each function's statements. Dies with them. */
const costs = new WeakMap<FunctionStatements, CallCost>();

/** Throws 40001 when the schema changed under the call: nothing was done, and it may be compiled anew. */
export async function runFunction(database: Database, input: FunctionInput): Promise<FunctionOutcome> {
  try {
    const call = toCall(input);
    const cost = costOf(input.statements);
    const isDear = cost.isExpensive(database, call) || (input.first !== null && isFirstDear(database, input.first, input));
    const elsewhere = () => database.callElsewhere(call, input.timeoutMs);
    const outcome = isDear
      ? await elsewhere()
      : await runHere(database, input, call, cost).catch((error: unknown) => {
          if (!isTooMuch(error)) throw error;
          cost.observe(Number.POSITIVE_INFINITY);
          return elsewhere();
        });
    const settings = toSettings(outcome);
    if (!outcome.kept) throw input.refuse(outcome.rows, settings);
    const { rows, document, total } = outcome;
    return { result: document === null ? null : { rows, document, total }, settings };
  } catch (error) {
    throw isProblem(error) ? error : toSqlError(error);
  }
}

export type Asking = Pick<FunctionInput, 'caller' | 'request'>;

/** Runs a function that comes before a statement, inside the caller's read or write; what it set. */
export function runFirst(connection: Connection, first: FirstCall, asking: Asking): Settings {
  return toSettings(performCall(connection, toFirstCall(first, asking)));
}

/** Whether it may run long: then it is no work for the event loop. */
export function isFirstDear(database: Database, first: FirstCall, asking: Asking): boolean {
  return costOf(first.statements).isExpensive(database, toFirstCall(first, asking));
}

/** As plain data, for a process of its own. */
export function toFirstCall(first: FirstCall, { caller, request }: Asking): Call {
  const rest = { arguments: new Map(), values: [], rollback: false, limits: noLimits, first: null };
  return toCall({ ...first, ...rest, caller, request });
}

function costOf(statements: FunctionStatements): CallCost {
  const known = costs.get(statements);
  if (known !== undefined) return known;
  const made = createCallCost(statements);
  costs.set(statements, made);
  return made;
}

async function runHere(database: Database, input: FunctionInput, call: Call, cost: CallCost): Promise<CallOutcome> {
  const measured = (connection: Connection) => {
    const startedMs = cpuTimeMs();
    const outcome = weighing(() => performCall(connection, call));
    cost.observe(cpuTimeMs() - startedMs);
    return outcome;
  };
  if (!call.writes) return database.read((connection) => inSnapshot(connection, call, measured));
  return database.write((connection) => {
    if (database.catalog.fileVersion !== call.catalogVersion) throw staleCatalog();
    const outcome = call.rollback ? undoing(connection, () => measured(connection)) : measured(connection);
    // Thrown here, so that the write is undone.
    if (!outcome.kept) throw input.refuse(outcome.rows, toSettings(outcome));
    return outcome;
  });
}

function toCall(input: Omit<FunctionInput, 'timeoutMs' | 'refuse'>): Call {
  const { fn, statements } = input;
  const parameters = toParameters(input.caller, input.request);
  const names = toParameterNames(fn);
  const defaults: CallDefault[] = [];
  for (const [index, argument] of fn.arguments.entries()) {
    const name = names[index] ?? '';
    const given = input.arguments.get(name);
    parameters[name] = given ?? (argument.variadic && given === undefined ? '[]' : null);
    if (given === undefined && argument.default !== null)
      defaults.push({ parameter: name, sql: `SELECT ${rewriteSql(argument.default)}` });
  }
  if (statements.result !== null) bindValues(parameters, statements.result.binds, input.values);
  const first = input.first === null ? null : toFirstCall(input.first, input);
  return {
    first,
    catalogVersion: input.catalog.fileVersion,
    defaults,
    strict: fn.strict ? names : [],
    before: statements.before,
    gather: statements.gather,
    result: statements.result?.sql ?? null,
    parameters,
    limits: input.limits,
    writes: statements.writes || first?.writes === true,
    sets: statements.sets,
    rollback: input.rollback,
  };
}

/** Several statements see one state of the file. */
function inSnapshot(connection: Connection, call: Call, work: (connection: Connection) => CallOutcome): CallOutcome {
  if (call.first === null && call.before.length === 0 && call.defaults.length === 0) return work(connection);
  // A reader may be in a transaction already: while a commit is on its way to the disk.
  connection.exec('SAVEPOINT snapshot');
  try {
    return work(connection);
  } finally {
    connection.exec('ROLLBACK TO snapshot');
    connection.exec('RELEASE snapshot');
  }
}

function undoing<T>(connection: Connection, work: () => T): T {
  connection.exec('SAVEPOINT undone');
  const result = work();
  connection.exec('ROLLBACK TO undone');
  connection.exec('RELEASE undone');
  return result;
}
