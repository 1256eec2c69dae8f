/** What PostgreSQL says to a function that writes where only reading is allowed. */

import type { FunctionStatements } from '#lib/engine/compile/compile-function.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

export function readOnly(statements: FunctionStatements): SqlError {
  const texts = [...statements.before, statements.gather ?? ''];
  const verbs = texts.map((text) => /\b(INSERT|UPDATE|DELETE)\b/i.exec(text)?.[1]?.toUpperCase());
  const verb = verbs.find((found) => found !== undefined) ?? 'UPDATE';
  return new SqlError({ sqlstate: '25006', message: `cannot execute ${verb} in a read-only transaction` });
}
