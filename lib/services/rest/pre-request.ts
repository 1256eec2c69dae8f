/** The function `api.preRequest` names: it runs before each request, as its caller, and may refuse it by raising. */

import { compileFunction } from '#lib/engine/compile/compile-function.ts';
import type { Connection } from '#lib/engine/database.ts';
import { guard } from '#lib/engine/policies/guard.ts';
import { type Call, toSettings } from '#lib/engine/run/call.ts';
import { type Asking, type FirstCall, isFirstDear, runFirst, toFirstCall } from '#lib/engine/run/run-function.ts';
import { SqlError } from '#lib/engine/sql-error.ts';
import { type RestContext, toRequestContext } from '#lib/services/rest/rest-context.ts';
import { readOnly } from '#lib/services/rest/rpc/read-only.ts';
import { createShapeCache } from '#lib/services/rest/shape-cache.ts';

const shapesOf = createShapeCache<FirstCall>();

/** Null when none is set. Throws 42883 when there is no such function: a request nobody looked at is not answered. */
export function findPreRequest(context: RestContext): FirstCall | null {
  const { caller, database, settings } = context;
  const name = settings.api.preRequest;
  if (name === null) return null;
  const { catalog } = database;
  const shapes = shapesOf(catalog, settings);
  const known = shapes.get(caller.role);
  if (known !== undefined) return known;
  const key = name.includes('.') ? name : `public.${name}`;
  const fn = catalog.functions.get(key)?.find((item) => item.arguments.every((argument) => argument.default !== null));
  if (fn === undefined) throw new SqlError({ sqlstate: '42883', message: `function ${key}() does not exist` });
  const plan = { kind: 'call', call: { fn, arguments: new Map() }, select: null, count: false, shape: 'json' } as const;
  const made = { fn, catalog, statements: compileFunction(guard(plan, caller, catalog)) };
  shapes.set(caller.role, made);
  return made;
}

/** Whether it may run long: then it runs in a process that can be killed, with the write it comes before. */
export function isPreRequestDear(context: RestContext): boolean {
  const first = findPreRequest(context);
  return first !== null && isFirstDear(context.database, first, toAsking(context));
}

/** The call as plain data; null when there is none. */
export function toPreRequestCall(context: RestContext): Call | null {
  const first = findPreRequest(context);
  return first === null ? null : toFirstCall(first, toAsking(context));
}

/** Before a read; in a process that can be killed when it may run long. Throws 25006 for a function that writes: reads stay reads. */
export function beforeRead(context: RestContext): RestContext | Promise<RestContext> {
  const first = findPreRequest(context);
  if (first === null) return context;
  if (first.statements.writes) throw readOnly(first.statements);
  const { database, settings } = context;
  const asking = toAsking(context);
  if (!isFirstDear(database, first, asking)) return database.read((connection) => withFirst(context, connection, first));
  const running = database.callElsewhere(toFirstCall(first, asking), settings.api.statementTimeoutMs);
  return running.then((outcome) => ({ ...context, set: toSettings(outcome) }));
}

/** Before a write, in its transaction. */
export function beforeWrite(context: RestContext, connection: Connection): RestContext {
  const first = findPreRequest(context);
  return first === null ? context : withFirst(context, connection, first);
}

function withFirst(context: RestContext, connection: Connection, first: FirstCall): RestContext {
  return { ...context, set: runFirst(connection, first, toAsking(context)) };
}

function toAsking(context: RestContext): Asking {
  return { caller: context.caller, request: toRequestContext(context) };
}
