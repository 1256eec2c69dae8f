/** A SQL function of one JSON argument, called by the server itself: hooks. */

import { serviceCaller } from '#lib/engine/caller.ts';
import { compileFunction } from '#lib/engine/compile/compile-function.ts';
import type { Database } from '#lib/engine/database.ts';
import type { CallPlan } from '#lib/engine/plan/plan.ts';
import { guard } from '#lib/engine/policies/guard.ts';
import { runFunction } from '#lib/engine/run/run-function.ts';
import { toArgument } from '#lib/engine/sql/rewrite/rewriter.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

const timeoutMs = 2000;

/** The function's value as parsed JSON, null for a void function. Throws 42883 when there is none of one argument. */
export async function callByName(database: Database, schema: string, name: string, argument: unknown): Promise<unknown> {
  const { catalog } = database;
  const fn = catalog.functions.get(`${schema}.${name}`)?.find((item) => item.arguments.length === 1);
  if (fn === undefined) throw new SqlError({ sqlstate: '42883', message: `function ${schema}.${name}(jsonb) does not exist` });
  const plan: CallPlan = { kind: 'call', call: { fn, arguments: new Map() }, select: null, count: false, shape: 'json' };
  const parameter = toArgument(fn.arguments[0]?.name === '' ? '$1' : (fn.arguments[0]?.name ?? '$1')).slice(1);
  const { result } = await runFunction(database, {
    fn,
    statements: compileFunction(guard(plan, serviceCaller, catalog)),
    catalog,
    caller: serviceCaller,
    request: null,
    arguments: new Map([[parameter, JSON.stringify(argument)]]),
    values: [],
    timeoutMs,
    rollback: false,
    first: null,
    limits: { maxRows: null, exactly: null },
    refuse: () => new Error('A hook set a status or header that is none'),
  });
  return result === null ? null : JSON.parse(result.document);
}
