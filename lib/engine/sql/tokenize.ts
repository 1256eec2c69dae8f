/** Cuts SQL into tokens without losing a character: SQLite's lexical rules plus PostgreSQL's dollar quotes, `E''` and operators. */

import { SqlError } from '#lib/engine/sql-error.ts';

export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'blob' | 'param' | 'operator' | 'comment' | 'space';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset in UTF-16 units; line and column are 1-based. */
  readonly start: number;
  readonly line: number;
  readonly column: number;
}

/** Alternatives that repeat a character each would take stack for every one: texts have millions. */
const patterns: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', /[\t-\r \ufeff]+/y],
  ['comment', /--[^\n]*|\/\*[\s\S]*?\*\//y],
  ['string', /[eE]'[^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*'|'[^']*(?:''[^']*)*'/y],
  ['blob', /[xX]'[0-9a-fA-F]*'/y],
  ['word', /[A-Za-z_\u0080-\u{10FFFF}][\w$\u0080-\u{10FFFF}]*/uy],
  ['quoted', /"[^"]*(?:""[^"]*)*"|`[^`]*(?:``[^`]*)*`/y],
  ['number', /0[xX][0-9a-fA-F]+|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y],
  ['operator', /::|:=/y],
  ['param', /\?\d*|[:@][A-Za-z_]\w*|\$\w+/y],
  ['operator', /->>|->|#>>|#>|@>|<@|@@|&&|\|\||!~~\*|!~~|~~\*|~~|!~\*|!~|~\*|-\|-|&<|&>|<=|>=|<>|<<|>>|!=|==|=>|[\s\S]/uy],
];
const dollarQuote = /\$(?:[A-Za-z_\u0080-\u{10FFFF}][\w\u0080-\u{10FFFF}]*)?\$/uy;
const bracketName = /\[[^\]]*\]/y;

/** Words after which `[` opens a SQLite bracket identifier; after any other word it is a subscript. */
const beforeName = new Set(
  'select from join into table update where and or on by as not constraint references key exists index view column set trigger distinct all when then else case using returning in like is add drop rename to values'.split(
    ' ',
  ),
);

/** Throws a 42601 SqlError for a literal or comment that never ends. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  let line = 1;
  let lineStart = 0;
  let previous: Token | null = null;
  let subscripts = 0;
  while (offset < sql.length) {
    const [kind, text] = readToken(sql, offset, previous, subscripts, line, offset - lineStart + 1);
    const token: Token = { kind, text, start: offset, line, column: offset - lineStart + 1 };
    tokens.push(token);
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
      line += 1;
      lineStart = offset + at + 1;
    }
    offset += text.length;
    if (kind === 'space' || kind === 'comment') continue;
    if (text === '[') subscripts += 1;
    if (text === ']' && subscripts > 0) subscripts -= 1;
    previous = token;
  }
  return tokens;
}

function readToken(
  sql: string,
  offset: number,
  previous: Token | null,
  subscripts: number,
  line: number,
  column: number,
): [TokenKind, string] {
  const first = sql[offset];
  if (first === '$') {
    const open = matchAt(dollarQuote, sql, offset);
    if (open !== null) {
      const end = sql.indexOf(open, offset + open.length);
      if (end === -1) throw unterminated('dollar-quoted string', sql, offset, line, column);
      return ['string', sql.slice(offset, end + open.length)];
    }
  }
  if (first === '[' && subscripts === 0 && opensName(previous)) {
    const name = matchAt(bracketName, sql, offset);
    if (name !== null) return ['quoted', name];
  }
  if (first === '/' && sql[offset + 1] === '*' && sql.indexOf('*/', offset + 2) === -1) {
    throw unterminated('/* comment', sql, offset, line, column);
  }
  for (const [kind, pattern] of patterns) {
    const text = matchAt(pattern, sql, offset);
    if (text === null) continue;
    if (kind === 'operator' && text === "'") throw unterminated('quoted string', sql, offset, line, column);
    if (kind === 'operator' && (text === '"' || text === '`')) throw unterminated('quoted identifier', sql, offset, line, column);
    if (text === '\0') throw new SqlError({ sqlstate: '42601', message: 'invalid character in statement', line, column });
    return [kind, text];
  }
  return ['operator', sql.slice(offset, offset + 1)];
}

function opensName(previous: Token | null): boolean {
  if (previous === null) return true;
  if (previous.kind === 'word') return beforeName.has(previous.text.toLowerCase());
  return previous.kind === 'operator' && previous.text !== ')' && previous.text !== ']';
}

function matchAt(pattern: RegExp, sql: string, offset: number): string | null {
  pattern.lastIndex = offset;
  const match = pattern.exec(sql);
  // A regular expression with the u flag steps back to the start of a surrogate pair; a token never does.
  return match !== null && match.index === offset && match[0] !== '' ? match[0] : null;
}

function unterminated(what: string, sql: string, offset: number, line: number, column: number): SqlError {
  return new SqlError({
    sqlstate: '42601',
    message: `unterminated ${what} at or near "${sql.slice(offset, offset + 40)}"`,
    line,
    column,
  });
}

/** True for what separates tokens without meaning anything. */
export function isTrivia(token: Token): boolean {
  return token.kind === 'space' || token.kind === 'comment';
}
