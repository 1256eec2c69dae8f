/** Adds to an error where in the script it arose. */

import type { Statement } from '#lib/engine/sql/split-statements.ts';
import { toSqlError } from '#lib/engine/sql/to-sql-error.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

const named = /(?:at or near|relation|column|function|type|role|schema) "?([^"\s]+)"?/;

/** The place of the one token the message names, else the statement's start. */
export function locateError(error: unknown, statement: Statement): SqlError {
  const made = toSqlError(error);
  if (made.line !== null) return made;
  const name = named.exec(made.message)?.[1]?.split('.').at(-1)?.toLowerCase();
  const tokens =
    name === undefined ? [] : statement.tokens.filter((token) => token.text.replaceAll('"', '').toLowerCase() === name);
  const place = tokens.length === 1 || made.sqlstate !== '42601' ? tokens[0] : undefined;
  return new SqlError({
    sqlstate: made.sqlstate,
    message: made.message,
    details: made.details,
    hint: made.hint,
    line: place?.line ?? statement.line,
    column: place?.column ?? statement.column,
    cause: made.cause,
  });
}
