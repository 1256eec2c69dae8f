/** A statement's WITH clause apart from the statement itself. */

import { toName } from '#lib/engine/sql/quote.ts';
import { isTrivia, type Token, tokenize } from '#lib/engine/sql/tokenize.ts';

export interface WithClause {
  /** What stands between WITH and the statement, RECURSIVE included; empty without a WITH. */
  readonly entries: string;
  /** Lower-case names of the entries. */
  readonly names: readonly string[];
  /** First word of the statement proper, lower case; empty when there is none. */
  readonly verb: string;
  readonly statement: string;
}

const verbs = new Set(['select', 'values', 'insert', 'update', 'delete', 'replace']);

export function splitWith(sql: string): WithClause {
  const tokens = tokenize(sql);
  const first = tokens.findIndex((token) => !isTrivia(token));
  // A SELECT in parentheses is a SELECT.
  const verb = tokens[first]?.text === '(' ? 'select' : (tokens[first]?.text.toLowerCase() ?? '');
  if (verb !== 'with') return { entries: '', names: [], verb, statement: sql };
  let depth = 0;
  const start = tokens.findIndex((token) => {
    if (token.text === '(') depth += 1;
    else if (token.text === ')') depth -= 1;
    return depth === 0 && token.kind === 'word' && verbs.has(token.text.toLowerCase());
  });
  if (start < 0) return { entries: '', names: [], verb: '', statement: sql };
  const textOf = (part: readonly Token[]) => part.map((token) => token.text).join('');
  const entries = tokens.slice(first + 1, start);
  return {
    entries: textOf(entries).trim(),
    names: namesOf(entries),
    verb: tokens[start]?.text.toLowerCase() ?? '',
    statement: textOf(tokens.slice(start)),
  };
}

/** Names stand at the beginning and after each comma outside parentheses. */
function namesOf(entries: readonly Token[]): string[] {
  const names: string[] = [];
  let depth = 0;
  let expected = true;
  for (const token of entries) {
    if (isTrivia(token)) continue;
    if (token.text === '(') depth += 1;
    else if (token.text === ')') depth -= 1;
    else if (depth === 0 && token.text === ',') expected = true;
    else if (expected && !/^recursive$/i.test(token.text)) {
      names.push(toName(token).toLowerCase());
      expected = false;
    }
  }
  return names;
}
