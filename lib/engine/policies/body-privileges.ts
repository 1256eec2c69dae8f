/**
 * What a policy, a view or a function reads takes the caller's SELECT privilege, as in PostgreSQL. Walls alone would fail
 * open: a relation without privilege is empty, which NOT EXISTS admits, and the name of a hidden column would be taken for
 * an outer query's.
 */

import type { Catalog, Table } from '#lib/engine/catalog/catalog.ts';
import { columnsFor, requirePrivilege } from '#lib/engine/policies/privileges.ts';
import { toName } from '#lib/engine/sql/quote.ts';
import { isTrivia, type Token, tokenize } from '#lib/engine/sql/tokenize.ts';

/** Throws 42501. Errs on the strict side: a name that could be a hidden column's is taken for one. */
export function requireReadable(catalog: Catalog, role: string, sql: string, keys: readonly string[]): void {
  let tokens: Token[] | null = null;
  for (const key of keys) {
    const table = catalog.tables.get(key);
    const allowed = table === undefined ? 'all' : columnsFor(catalog, table, role, 'select');
    if (table === undefined || allowed === 'all') continue;
    tokens ??= tokenize(sql).filter((token) => !isTrivia(token));
    for (const place of findReads(tokens, table))
      requirePrivilege(catalog, table, role, 'select', allowed === 'none' ? [] : readColumns(catalog, tokens, place, table));
  }
}

interface Query {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** Where the text reads this relation; `main.t` is the file's own, which definers read. */
function findReads(tokens: readonly Token[], table: Table): number[] {
  const stored = table.stored.toLowerCase();
  return tokens.flatMap((token, index) => {
    const before = wordAt(tokens, index - 1);
    const reads = before === 'from' || before === 'join' || before === ',' || before === '(' || before === 'in';
    return reads && nameOf(token) === stored && !/^[.(]$/.test(wordAt(tokens, index + 1)) ? [index] : [];
  });
}

/** The table's columns that the query around its mention may read. */
function readColumns(catalog: Catalog, tokens: readonly Token[], place: number, table: Table): string[] {
  const { start, end } = queryAround(tokens, place);
  const names = new Set([table.stored.toLowerCase(), aliasAt(tokens, place + 1)]);
  const read: string[] = [];
  for (let at = start; at < end; at += 1) {
    const before = wordAt(tokens, at - 1);
    const qualified = before === '.';
    const own = qualified ? names.has(wordAt(tokens, at - 2)) : true;
    if (!own) continue;
    const star = tokens[at]?.text === '*' && (qualified || before === 'select' || before === ',' || before === 'all');
    if (star || before === 'natural' || wordAt(tokens, at) === 'natural') return table.columns.map((column) => column.name);
    const name = nameOf(tokens[at]);
    const column = name === null ? undefined : table.columns.find((item) => item.name.toLowerCase() === name);
    if (column === undefined || before === 'as' || /^[.(]$/.test(wordAt(tokens, at + 1))) continue;
    if (qualified || !isInnerColumn(catalog, tokens, at, start, column.name)) read.push(column.name);
  }
  return read;
}

/** Whether a query inside this one has a relation of its own with such a column: that one is meant then. */
function isInnerColumn(catalog: Catalog, tokens: readonly Token[], at: number, outer: number, column: string): boolean {
  const { start, end } = queryAround(tokens, at);
  if (start <= outer) return false;
  return [...catalog.tables.values()].some(
    (table) =>
      table.columns.some((item) => item.name.toLowerCase() === column.toLowerCase()) &&
      findReads(tokens, table).some((place) => place >= start && place < end),
  );
}

/** The SELECT a token stands in: from its verb to the end of its parentheses, or to the next part of a UNION. */
function queryAround(tokens: readonly Token[], place: number): Query {
  let start = place;
  for (let depth = 0; start > 0; start -= 1) {
    const word = wordAt(tokens, start);
    if (word === ')' && start !== place) depth += 1;
    else if (word === '(') depth -= depth > 0 ? 1 : 0;
    else if (word === 'select' && depth === 0) break;
  }
  let end = place;
  for (let depth = 0; end < tokens.length; end += 1) {
    const word = wordAt(tokens, end);
    if (word === '(') depth += 1;
    else if (word === ')') depth -= 1;
    if (depth < 0 && opensAfter(tokens, start, end)) break;
    if (depth <= 0 && /^(union|except|intersect)$/.test(word)) break;
  }
  return { start, end };
}

/** Whether the parenthesis that closes here was opened before the query began: it ends the query. */
function opensAfter(tokens: readonly Token[], start: number, end: number): boolean {
  let depth = 0;
  for (let at = start; at <= end; at += 1) {
    if (wordAt(tokens, at) === '(') depth += 1;
    else if (wordAt(tokens, at) === ')') depth -= 1;
  }
  return depth < 0;
}

const clauses =
  /^(where|join|left|right|inner|cross|full|natural|on|using|group|order|limit|union|except|intersect|having|window)$/;

function aliasAt(tokens: readonly Token[], index: number): string {
  const word = wordAt(tokens, index);
  if (word === 'as') return nameOf(tokens[index + 1]) ?? '';
  return clauses.test(word) ? '' : (nameOf(tokens[index]) ?? '');
}

function nameOf(token: Token | undefined): string | null {
  if (token === undefined || (token.kind !== 'word' && token.kind !== 'quoted')) return null;
  return toName(token).toLowerCase();
}

/** A word or name in lower case, anything else as it is; empty outside the text. */
function wordAt(tokens: readonly Token[], index: number): string {
  const token = tokens[index];
  return token === undefined ? '' : (nameOf(token) ?? token.text);
}
