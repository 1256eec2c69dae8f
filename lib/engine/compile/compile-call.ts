/** Calls of SQL functions inside a statement: computed columns and computed relationships. */

import type { TypedSql } from '#lib/engine/compile/compile-value.ts';
import { toOneRow, toRowBody } from '#lib/engine/compile/function-body.ts';
import type { Emitter } from '#lib/engine/compile/statement.ts';
import type { Link, Value } from '#lib/engine/plan/plan.ts';
import { parseType } from '#lib/engine/types/declared-type.ts';

const text = parseType('text', new Map());

export function compileComputed(value: Extract<Value, { kind: 'computed' }>, emitter: Emitter): TypedSql {
  const { fn, table, alias } = value;
  return { sql: `(${toRowBody(emitter.catalog, fn, table, alias)})`, type: fn.returns.type ?? text };
}

/** The rows of a computed relationship for the parent row under its alias. */
export function compileComputedSource(computed: NonNullable<Link['computed']>, parentAlias: string, emitter: Emitter): string {
  const body = toRowBody(emitter.catalog, computed.fn, computed.table, parentAlias);
  return `(${computed.fn.returns.setof ? body : toOneRow(body)})`;
}
