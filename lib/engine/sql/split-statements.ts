/** Cuts a script into statements at the semicolons that end one. */

import { isTrivia, type Token, tokenize } from '#lib/engine/sql/tokenize.ts';

export interface Statement {
  /** From its first to its last token, without the semicolon. */
  readonly text: string;
  readonly tokens: readonly Token[];
  /** Where it starts in the script, 1-based. */
  readonly line: number;
  readonly column: number;
}

/** Semicolons inside parentheses, literals, trigger bodies and `BEGIN ATOMIC` bodies do not split. Empty statements vanish. */
export function splitStatements(sql: string): Statement[] {
  const statements: Statement[] = [];
  let tokens: Token[] = [];
  let parens = 0;
  let blocks = 0;
  let hasBody = false;
  let words: string[] = [];

  const finish = () => {
    const statement = toStatement(tokens);
    if (statement !== null) statements.push(statement);
    tokens = [];
    words = [];
    parens = 0;
    blocks = 0;
    hasBody = false;
  };
  for (const token of tokenize(sql)) {
    if (token.text === ';' && parens === 0 && blocks === 0) {
      finish();
      continue;
    }
    tokens.push(token);
    if (token.text === '(') parens += 1;
    else if (token.text === ')') parens = Math.max(0, parens - 1);
    if (token.kind !== 'word') continue;
    const word = token.text.toLowerCase();
    if (words.length < 5) {
      words.push(word);
      hasBody = startsBody(words);
    }
    if (!hasBody) continue;
    if (word === 'begin' && blocks === 0) blocks = 1;
    else if (word === 'case' && blocks > 0) blocks += 1;
    else if (word === 'end' && blocks > 0) blocks -= 1;
  }
  finish();
  return statements;
}

function startsBody(words: readonly string[]): boolean {
  if (words[0] !== 'create') return false;
  return words.slice(1).some((word) => word === 'trigger' || word === 'function' || word === 'procedure');
}

function toStatement(tokens: readonly Token[]): Statement | null {
  let from = 0;
  let to = tokens.length;
  for (let token = tokens[from]; token !== undefined && isTrivia(token); token = tokens[from]) from += 1;
  for (let token = tokens[to - 1]; to > from && token !== undefined && isTrivia(token); token = tokens[to - 1]) to -= 1;
  const first = tokens[from];
  if (first === undefined || to <= from) return null;
  const kept = tokens.slice(from, to);
  return { text: kept.map((token) => token.text).join(''), tokens: kept, line: first.line, column: first.column };
}
