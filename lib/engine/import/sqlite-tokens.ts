/**
 * SQL text cut up exactly as SQLite's own lexer does (brackets always quote a name). Foreign schemas are read with this
 * rather than with the KoyaLite SQL lexer, which also has PostgreSQL's subscripts and dollar quotes.
 */

export type TokenKind = 'blank' | 'word' | 'name' | 'string' | 'number' | 'operator';

export interface SqliteToken {
  /** `name`: a quoted identifier. */
  readonly kind: TokenKind;
  readonly text: string;
}

const patterns: readonly (readonly [TokenKind, RegExp])[] = [
  ['blank', /[\s\uFEFF]+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y],
  ['string', /[xX]?'(?:[^']|'')*(?:'|$)/y],
  ['name', /"(?:[^"]|"")*(?:"|$)|`(?:[^`]|``)*(?:`|$)|\[[^\]]*(?:\]|$)/y],
  ['word', /[A-Za-z_\u0080-\u{10FFFF}][\w$\u0080-\u{10FFFF}]*/uy],
  ['number', /(?:0[xX][\dA-Fa-f_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y],
];

/** Lossless: the texts joined are the input. */
export function toSqliteTokens(sql: string): SqliteToken[] {
  const tokens: SqliteToken[] = [];
  for (let at = 0; at < sql.length; ) {
    const token = tokenAt(sql, at);
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

function tokenAt(sql: string, at: number): SqliteToken {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const text = pattern.exec(sql)?.[0];
    if (text) return { kind, text };
  }
  return { kind: 'operator', text: sql[at] ?? '' };
}

/** `"a""b"`, `[a]`, `` `a` ``, `'a'` and `a` as the name they stand for. */
export function unquoteName(text: string): string {
  const first = text[0];
  if (first === '[') return text.slice(1, -1);
  if (first === '"' || first === '`' || first === "'") return text.slice(1, -1).replaceAll(first + first, first);
  return text;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
