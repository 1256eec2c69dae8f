/** Calls of SQL functions inside a statement: computed columns, computed relationships, set-returning sources. */

import type { TypedSql } from '#lib/engine/compile/compile-value.ts';
import type { Emitter } from '#lib/engine/compile/statement.ts';
import type { Value } from '#lib/engine/plan/plan.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

export function compileComputed(value: Extract<Value, { kind: 'computed' }>, _emitter: Emitter): TypedSql {
  throw new SqlError({ sqlstate: '0A000', message: `function ${value.fn.name} cannot be used as a column` });
}
