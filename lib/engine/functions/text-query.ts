/** Text search queries: PostgreSQL's four ways to write one, read into one tree. */

import { LRUCache } from 'lru-cache';
import { toPositions } from '#lib/engine/functions/text-search.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

/** `to_tsquery`, `plainto_tsquery`, `phraseto_tsquery`, `websearch_to_tsquery`. */
export type QueryKind = 'fts' | 'plfts' | 'phfts' | 'wfts';

export type TextQuery =
  | { readonly kind: 'word'; readonly lexeme: string; readonly prefix: boolean; readonly weights: string }
  | { readonly kind: 'not'; readonly item: TextQuery }
  | { readonly kind: 'and' | 'or'; readonly left: TextQuery; readonly right: TextQuery }
  | { readonly kind: 'phrase'; readonly left: TextQuery; readonly right: TextQuery; readonly distance: number };

const parsed = new LRUCache<string, { query: TextQuery | null }>({ max: 500 });

/** Null when nothing but stop words is left: such a query matches nothing. Throws 42601 (only `fts`) or 42704. */
export function parseTextQuery(text: string, config: string, kind: QueryKind): TextQuery | null {
  const key = `${kind}/${config}/${text}`;
  const known = parsed.get(key);
  if (known) return known.query;
  const query = parse(text, config, kind);
  parsed.set(key, { query });
  return query;
}

function parse(text: string, config: string, kind: QueryKind): TextQuery | null {
  switch (kind) {
    case 'plfts':
      return joinWords(toPositions(text, config));
    case 'phfts':
      return joinPhrase(toPositions(text, config));
    case 'wfts':
      return parseWebsearch(text, config);
    case 'fts':
      return parseOperators(text, config);
  }
}

function word(lexeme: string, prefix = false, weights = ''): TextQuery {
  return { kind: 'word', lexeme, prefix, weights };
}

function join(kind: 'and' | 'or', left: TextQuery | null, right: TextQuery | null): TextQuery | null {
  return left && right ? { kind, left, right } : (left ?? right);
}

function joinWords(lexemes: readonly (string | null)[]): TextQuery | null {
  return lexemes.reduce<TextQuery | null>((query, lexeme) => join('and', query, lexeme === null ? null : word(lexeme)), null);
}

/** A stop word between two words widens their distance. */
function joinPhrase(lexemes: readonly (string | null)[], prefix = false, weights = ''): TextQuery | null {
  let query: TextQuery | null = null;
  let distance = 0;
  for (const lexeme of lexemes) {
    distance++;
    if (lexeme === null) continue;
    const right = word(lexeme, prefix, weights);
    query = query ? { kind: 'phrase', left: query, right, distance } : right;
    distance = 0;
  }
  return query;
}

function parseWebsearch(text: string, config: string): TextQuery | null {
  let alternatives: TextQuery | null = null;
  let current: TextQuery | null = null;
  for (const [, minus = '', quoted, bare = ''] of text.matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/g)) {
    if (quoted === undefined && minus === '' && bare.toLowerCase() === 'or') {
      alternatives = join('or', alternatives, current);
      current = null;
      continue;
    }
    const term = joinPhrase(toPositions(quoted ?? bare, config));
    if (term) current = join('and', current, minus === '' ? term : { kind: 'not', item: term });
  }
  return join('or', alternatives, current);
}

const operatorTokens =
  /\s*(?:(<->|<\d+>|[&|!()])|'((?:[^'\\]|''|\\.)*)'(?::([*a-d]+))?|((?:[^\s&|!()<>:'\\]|\\.)+)(?::([*a-d]+))?)/giy;

interface QueryToken {
  readonly operator: string | null;
  readonly text: string;
  readonly suffix: string;
}

function parseOperators(text: string, config: string): TextQuery | null {
  const tokens = tokenizeQuery(text);
  let at = 0;

  // A null operand is a stop word: it drops out, widening the distance of a phrase around it.
  function or(depth: number): TextQuery | null {
    let query = and(depth);
    while (tokens[at]?.operator === '|') {
      at++;
      query = join('or', query, and(depth));
    }
    return query;
  }

  function and(depth: number): TextQuery | null {
    let query = phrase(depth);
    while (tokens[at]?.operator === '&') {
      at++;
      query = join('and', query, phrase(depth));
    }
    return query;
  }

  function phrase(depth: number): TextQuery | null {
    let query = unary(depth);
    let distance = 0;
    for (let operator = tokens[at]?.operator; operator?.startsWith('<'); operator = tokens[at]?.operator) {
      at++;
      distance += operator === '<->' ? 1 : Number(operator.slice(1, -1));
      const right = unary(depth);
      if (!right) continue;
      query = query ? { kind: 'phrase', left: query, right, distance } : right;
      distance = 0;
    }
    return query;
  }

  function unary(depth: number): TextQuery | null {
    const token = tokens[at++];
    if (!token) throw new SqlError({ sqlstate: '42601', message: `no operand in tsquery: "${text}"` });
    if (depth > 100) throw malformed(text);
    if (token.operator === '!') {
      const item = unary(depth + 1);
      return item && { kind: 'not', item };
    }
    if (token.operator === '(') {
      const inner = or(depth + 1);
      if (tokens[at++]?.operator !== ')') throw malformed(text);
      return inner;
    }
    if (token.operator !== null) throw malformed(text);
    const suffix = token.suffix.toUpperCase();
    return joinPhrase(toPositions(token.text, config), suffix.includes('*'), suffix.replace('*', ''));
  }

  if (tokens.length === 0) return null;
  const query = or(0);
  if (at < tokens.length) throw malformed(text);
  return query;
}

function tokenizeQuery(text: string): QueryToken[] {
  const tokens: QueryToken[] = [];
  const end = text.trimEnd().length;
  for (let at = 0; at < end; ) {
    operatorTokens.lastIndex = at;
    const found = operatorTokens.exec(text);
    if (!found) throw malformed(text);
    at = operatorTokens.lastIndex;
    const [, operator, quoted, quotedSuffix, bare, bareSuffix] = found;
    const unescaped =
      quoted === undefined
        ? (bare ?? '').replace(/\\(.)/g, '$1')
        : quoted.replace(/''|\\(.)/g, (pair, inner) => inner ?? pair[0]);
    tokens.push({ operator: operator ?? null, text: unescaped, suffix: quotedSuffix ?? bareSuffix ?? '' });
  }
  return tokens;
}

function malformed(text: string): SqlError {
  return new SqlError({ sqlstate: '42601', message: `syntax error in tsquery: "${text}"` });
}
