/** Adds to an error where in the script it arose, as the person wrote it. */

import { toStringValue } from '#lib/engine/sql/quote.ts';
import type { Statement } from '#lib/engine/sql/split-statements.ts';
import { toSqlError } from '#lib/engine/sql/to-sql-error.ts';
import { isTrivia, type Token, tokenize } from '#lib/engine/sql/tokenize.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

interface Place {
  readonly line: number;
  readonly column: number;
}

const named = /(?:at or near|relation|column|function|type|role|schema|parameter) "?([^"\s]+)"?/;
const near = /(?:at or near "([\s\S]+)"|there is no parameter (\S+))$/;

/** The place of the token the message names, else the statement's start. */
export function locateError(error: unknown, statement: Statement): SqlError {
  const made = toSqlError(error);
  const place =
    made.line !== null && made.column !== null
      ? findNear(made.message, { line: made.line, column: made.column }, statement)
      : findNamed(made, statement);
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

/**
 * Parts of a statement are read on their own (a body, an expression), so the place in the error may count from any token of
 * the statement: it is the one from which the count ends at the text the message names.
 */
function findNear(message: string, at: Place, statement: Statement): Place | undefined {
  const match = near.exec(message);
  const text = match?.[1] ?? match?.[2];
  if (text === undefined) return at.line >= statement.line ? at : undefined;
  const outer = statement.tokens.filter((token) => !isTrivia(token));
  const names = (token: Token) => token.text.startsWith(text.slice(0, 60));
  const exact = outer.find((token) => names(token) && token.line === at.line && token.column === at.column);
  if (exact !== undefined) return exact;
  const inner = tokensInStrings(statement);
  const isFunction = /^create\s+(?:or\s+replace\s+)?function\b/i.test(statement.text);
  for (const tokens of isFunction ? [inner, outer] : [outer, inner]) {
    const found = tokens.filter(names);
    if (found.length > 0) return found.find((token) => tokens.some((start) => isAt(token, start, at))) ?? found[0];
  }
  return undefined;
}

function isAt(token: Place, start: Place, at: Place): boolean {
  return at.line === 1
    ? token.line === start.line && token.column === start.column + at.column - 1
    : token.line === start.line + at.line - 1 && token.column === at.column;
}

function tokensInStrings(statement: Statement): Token[] {
  return statement.tokens.flatMap((outer) => {
    if (outer.kind !== 'string') return [];
    const open = outer.text.startsWith('$') ? outer.text.indexOf('$', 1) + 1 : outer.text.indexOf("'") + 1;
    try {
      return tokenize(toStringValue(outer.text))
        .filter((token) => !isTrivia(token))
        .map((token) => ({
          ...token,
          line: outer.line + token.line - 1,
          column: token.line === 1 ? outer.column + open + token.column - 1 : token.column,
        }));
    } catch {
      return [];
    }
  });
}

function findNamed(made: SqlError, statement: Statement): Place | undefined {
  const name = named.exec(made.message)?.[1]?.split('.').at(-1)?.toLowerCase();
  const tokens =
    name === undefined ? [] : statement.tokens.filter((token) => token.text.replaceAll('"', '').toLowerCase() === name);
  return tokens.length === 1 || made.sqlstate !== '42601' ? tokens[0] : undefined;
}
