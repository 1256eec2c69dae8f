/** The function `api.preRequest` names: it runs before each request, as its caller, and may refuse it by raising. */

import { compileFunction } from '#lib/engine/compile/compile-function.ts';
import type { Connection } from '#lib/engine/database.ts';
import { guard } from '#lib/engine/policies/guard.ts';
import { type FirstCall, runFirst } from '#lib/engine/run/run-function.ts';
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

/** Before a read. Throws 25006 for a function that writes: reads stay reads. */
export function beforeRead(context: RestContext): RestContext {
  const first = findPreRequest(context);
  if (first === null) return context;
  if (first.statements.writes) throw readOnly(first.statements);
  return context.database.read((connection) => withFirst(context, connection, first));
}

/** Before a write, in its transaction. */
export function beforeWrite(context: RestContext, connection: Connection): RestContext {
  const first = findPreRequest(context);
  return first === null ? context : withFirst(context, connection, first);
}

function withFirst(context: RestContext, connection: Connection, first: FirstCall): RestContext {
  const set = runFirst(connection, first, { caller: context.caller, request: toRequestContext(context) });
  return { ...context, set };
}
