/** PostgreSQL's rule for automatically updatable views: one table's rows, its columns or expressions over them, a filter. */

import { toName } from '#lib/engine/sql/quote.ts';
import { isTrivia, type Token, tokenize } from '#lib/engine/sql/tokenize.ts';

export interface SimpleView {
  /** The stored name of its one table, in lower case. */
  readonly base: string;
  /** What the view's expressions call that table. */
  readonly alias: string;
  /** The view without its filter and order: `SELECT a, b FROM t AS x`. */
  readonly rows: string;
  /** Its WHERE, over `alias`; null when it shows every row. */
  readonly where: string | null;
  /** For each item of the select list: a star, a plain column, or an expression nobody can write to. */
  readonly items: readonly ('star' | 'column' | 'expression')[];
}

const aggregates = new Set(
  `count sum avg total group_concat string_agg json_group_array json_group_object jsonb_group_array jsonb_group_object array_agg json_agg
  jsonb_agg bool_and bool_or every min max numeric_sum numeric_avg`.split(/\s+/),
);
const endsView = new Set([
  'group',
  'having',
  'limit',
  'offset',
  'fetch',
  'union',
  'except',
  'intersect',
  'window',
  'join',
  'for',
]);

/** Null for any other query. `sql` is rewritten for SQLite. */
export function readSimpleView(sql: string): SimpleView | null {
  const tokens = tokenize(sql.trim().replace(/;\s*$/, ''));
  const words = topWords(tokens);
  const at = (word: string) => words.find((item) => item.word === word)?.index ?? -1;
  const [first, second] = words;
  if (first?.word !== 'select' || second?.word === 'distinct' || second?.word === 'all') return null;
  const from = at('from');
  if (from < 0 || words.some(({ word, index }) => (endsView.has(word) && index > from) || (word === 'from' && index !== from)))
    return null;
  const list = tokens.slice(first.index + 1, from);
  if (aggregatesRows(list)) return null;
  const where = at('where');
  const order = at('order');
  const end = order < 0 ? tokens.length : order;
  const target = readTarget(tokens.slice(from + 1, where < 0 ? end : where));
  if (target === null || (order >= 0 && order < where)) return null;
  return {
    ...target,
    rows: `SELECT ${textOf(list)} FROM ${textOf(tokens.slice(from + 1, where < 0 ? end : where))}`,
    where: where < 0 ? null : textOf(tokens.slice(where + 1, end)),
    items: splitItems(list).map(kindOf),
  };
}

function topWords(tokens: readonly Token[]): { word: string; index: number }[] {
  const words: { word: string; index: number }[] = [];
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.text === '(') depth += 1;
    else if (token.text === ')') depth -= 1;
    else if (depth === 0 && !isTrivia(token)) words.push({ word: token.kind === 'word' ? token.text.toLowerCase() : '', index });
  }
  return words;
}

/** `t`, `t x` or `t AS x`, and nothing else. */
function readTarget(tokens: readonly Token[]): Pick<SimpleView, 'base' | 'alias'> | null {
  const [table, ...rest] = tokens.filter((token) => !isTrivia(token));
  const alias = rest[0]?.text.toLowerCase() === 'as' ? rest.slice(1) : rest;
  if (table === undefined || !isName(table) || alias.length > 1 || alias.some((token) => !isName(token))) return null;
  if (rest.length > 0 && alias.length === 0) return null;
  return { base: toName(table).toLowerCase(), alias: toName(alias[0] ?? table) };
}

/** Aggregates and window functions of this query itself, not of a query inside it. */
function aggregatesRows(list: readonly Token[]): boolean {
  const tokens = list.filter((token) => !isTrivia(token));
  const queries: boolean[] = [];
  return tokens.some((token, index) => {
    const word = token.kind === 'word' ? token.text.toLowerCase() : '';
    if (token.text === '(') queries.push(/^(?:select|with|values)$/i.test(tokens[index + 1]?.text ?? ''));
    else if (token.text === ')') queries.pop();
    if (queries.includes(true) || tokens[index + 1]?.text !== '(') return word === 'over' && !queries.includes(true);
    return word === 'over' || aggregates.has(word);
  });
}

function splitItems(list: readonly Token[]): Token[][] {
  const items: Token[][] = [[]];
  let depth = 0;
  for (const token of list.filter((item) => !isTrivia(item))) {
    if (token.text === '(') depth += 1;
    else if (token.text === ')') depth -= 1;
    if (token.text === ',' && depth === 0) items.push([]);
    else items.at(-1)?.push(token);
  }
  return items;
}

/** `a`, `t.a`, `a AS b`, `a b`, `t.a AS b`: a column as it is. */
function kindOf(item: readonly Token[]): SimpleView['items'][number] {
  if (item.at(-1)?.text === '*') return item.length === 1 || item.length === 3 ? 'star' : 'expression';
  const [first, second, third] = item;
  const own = second?.text === '.' ? item.slice(3) : item.slice(1);
  const column = second?.text === '.' ? third : first;
  if (first === undefined || !isName(first) || column === undefined || !isName(column)) return 'expression';
  const alias = own[0]?.text.toLowerCase() === 'as' ? own.slice(1) : own;
  return alias.length <= 1 && alias.every(isName) && (own.length === 0 || alias.length === 1) ? 'column' : 'expression';
}

const constants = new Set([
  'null',
  'true',
  'false',
  'current_timestamp',
  'current_date',
  'current_time',
  'rowid',
  'oid',
  '_rowid_',
]);

function isName(token: Token): boolean {
  return token.kind === 'quoted' || (token.kind === 'word' && !constants.has(token.text.toLowerCase()));
}

/** Without comments: one that runs to the end of its line would take what is put behind it. */
function textOf(tokens: readonly Token[]): string {
  return tokens
    .map((token) => (token.kind === 'comment' ? ' ' : token.text))
    .join('')
    .trim();
}
