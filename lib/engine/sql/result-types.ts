/** The types of a result's columns as far as they are known: as declared, or as the select list casts them. */

import type { CachingConnection } from '#lib/engine/connection.ts';
import { Cursor } from '#lib/engine/sql/cursor.ts';
import { parseTypeText } from '#lib/engine/sql/parse-type-text.ts';
import { isTrivia, type Token, tokenize } from '#lib/engine/sql/tokenize.ts';
import { parseViewBody } from '#lib/engine/sql/view-body.ts';
import { type Enums, findType, parseType } from '#lib/engine/types/declared-type.ts';

export interface ResultColumn {
  readonly name: string;
  /** The declared type of the table column it comes from, through views and subqueries; null for an expression. */
  readonly type: string | null;
}

/** How many views deep an expression is looked for. */
const mostViews = 8;

/** PostgreSQL's names; null for what cannot be told. A cast counts before the column it casts: SQLite may see through it. */
export function toResultTypes(
  connection: CachingConnection,
  tokens: readonly Token[],
  columns: readonly ResultColumn[],
  enums: Enums,
): (string | null)[] {
  const written = writtenTypes(connection, tokens, columns, enums, mostViews);
  return columns.map((column, index) => written[index] ?? declaredName(column, enums));
}

function declaredName(column: ResultColumn, enums: Enums): string | null {
  if (column.type === null || column.type === '') return null;
  const type = parseType(column.type, enums);
  return type.kind === 'unknown' ? null : type.name;
}

function writtenTypes(
  connection: CachingConnection,
  tokens: readonly Token[],
  columns: readonly ResultColumn[],
  enums: Enums,
  depth: number,
): (string | null)[] {
  const list = readSelectList(tokens);
  if (list === null) return [];
  const view = depth === 0 ? [] : viewTypes(connection, list.from, enums, depth - 1);
  const ofView = (name: string) => view.find((column) => column.name.toLowerCase() === name.toLowerCase())?.type ?? null;
  const star = list.items.findIndex((item) => item.at(-1)?.text === '*');
  // What stands for several columns: `*` or `t.*`, once.
  const starred = star === -1 ? 0 : columns.length - (list.items.length - 1);
  if (star === -1 ? list.items.length !== columns.length : starred < 0) return [];
  return columns.map((column, index) => {
    if (star !== -1 && index >= star && index < star + starred) return ofView(column.name);
    const item = list.items[star !== -1 && index >= star ? index - starred + 1 : index] ?? [];
    const [only, ...rest] = item;
    const bare = rest.length === 0 && only !== undefined && (only.kind === 'word' || only.kind === 'quoted');
    return expressionType(item, enums) ?? (bare ? ofView(only.text.replace(/^"|"$/g, '')) : null);
  });
}

interface SelectList {
  /** Each without space, comments and alias. */
  readonly items: readonly (readonly Token[])[];
  /** What follows FROM. */
  readonly from: readonly Token[];
}

/** The first SELECT's list; null for a statement that starts otherwise. */
function readSelectList(tokens: readonly Token[]): SelectList | null {
  const code = tokens.filter((token) => !isTrivia(token));
  let depth = 0;
  const start = code.findIndex((token) => {
    if (token.text === '(') depth += 1;
    else if (token.text === ')') depth -= 1;
    return depth === 0 && isWord(token, 'select');
  });
  if (start === -1) return null;
  const items: Token[][] = [[]];
  let index = start + 1;
  if (isWord(code[index], 'distinct') || isWord(code[index], 'all')) index += 1;
  depth = 0;
  for (; index < code.length; index += 1) {
    const token = code[index];
    if (token === undefined) break;
    if (token.text === '(' || token.text === '[') depth += 1;
    else if (token.text === ')' || token.text === ']') depth -= 1;
    if (depth === 0 && isWord(token, 'from', 'union', 'except', 'intersect', 'where', 'group', 'order', 'limit')) break;
    if (depth === 0 && token.text === ',') items.push([]);
    else items.at(-1)?.push(token);
  }
  const from = isWord(code[index], 'from') ? code.slice(index + 1) : [];
  return { items: items.map(withoutAlias), from };
}

function isWord(token: Token | undefined, ...words: string[]): boolean {
  return token?.kind === 'word' && words.includes(token.text.toLowerCase());
}

function withoutAlias(item: readonly Token[]): readonly Token[] {
  return isWord(item.at(-2), 'as') ? item.slice(0, -2) : item;
}

const comparisons = new Set(['=', '==', '<', '>', '<=', '>=', '<>', '!=', '~~', '!~~', '@>', '<@', '&&']);
const comparingWords = new Set(['and', 'or', 'not', 'is', 'in', 'like', 'ilike', 'between', 'exists', 'isnull', 'notnull']);

/** `x::jsonb`, `cast(x as date)`, `true`, and what compares. */
function expressionType(item: readonly Token[], enums: Enums): string | null {
  const [first] = item;
  if (first === undefined) return null;
  const inner = enclosed(item);
  if (inner !== null) return expressionType(inner, enums);
  if (comparesAtTop(item)) return 'boolean';
  const cast = item.findLastIndex((token, index) => token.text === '::' && depthAt(item, index) === 0);
  if (cast !== -1) return typeName(item.slice(cast + 1), enums);
  if (isWord(first, 'cast') && item[1]?.text === '(' && item.at(-1)?.text === ')') {
    const body = item.slice(2, -1);
    const as = body.findLastIndex((token, index) => isWord(token, 'as') && depthAt(body, index) === 0);
    return as === -1 ? null : typeName(body.slice(as + 1), enums);
  }
  return item.length === 1 && isWord(first, 'true', 'false') ? 'boolean' : null;
}

/** The inside of parentheses that hold the whole item. */
function enclosed(item: readonly Token[]): readonly Token[] | null {
  if (item[0]?.text !== '(' || item.at(-1)?.text !== ')' || isWord(item[1], 'select')) return null;
  const closes = item.findIndex((token, index) => token.text === ')' && depthAt(item, index + 1) === 0);
  return closes === item.length - 1 ? item.slice(1, -1) : null;
}

/** A CASE may hold comparisons and give anything. */
function comparesAtTop(item: readonly Token[]): boolean {
  if (item.some((token) => isWord(token, 'case'))) return false;
  return item.some((token, index) => {
    const compares =
      token.kind === 'operator'
        ? comparisons.has(token.text)
        : token.kind === 'word' && comparingWords.has(token.text.toLowerCase());
    return compares && depthAt(item, index) === 0;
  });
}

/** How many parentheses are open before the token. */
function depthAt(tokens: readonly Token[], index: number): number {
  let depth = 0;
  for (let at = 0; at < index; at += 1) {
    if (tokens[at]?.text === '(') depth += 1;
    else if (tokens[at]?.text === ')') depth -= 1;
  }
  return depth;
}

/** Null for what is no type alone: `x::int > 3` was told by its comparison, `x::int + 1` is left open. */
function typeName(tokens: readonly Token[], enums: Enums): string | null {
  try {
    const cursor = new Cursor(tokens);
    const text = parseTypeText(cursor);
    return cursor.done ? (findType(text, enums)?.name ?? null) : null;
  } catch {
    return null;
  }
}

/** The columns of the one view a statement reads, with their types. */
function viewTypes(
  connection: CachingConnection,
  from: readonly Token[],
  enums: Enums,
  depth: number,
): { name: string; type: string | null }[] {
  const names = from.filter((token) => token.kind === 'word' || token.kind === 'quoted');
  const after = from.findIndex((token, index) => index > 0 && token.text !== '.' && from[index - 1]?.text !== '.');
  const path = from.slice(0, after === -1 ? from.length : after);
  const follows = from[path.length];
  if (names.length === 0 || follows?.text === ',' || follows?.text === '(') return [];
  const parts = path.filter((token) => token.text !== '.').map((token) => token.text.replace(/^"|"$/g, '').toLowerCase());
  const stored = (parts[0] === 'public' || parts[0] === 'main' ? parts.slice(1) : parts).join('.');
  const sql = connection.value(`SELECT sql FROM main.sqlite_schema WHERE type = 'view' AND lower(name) = ?`, stored);
  if (typeof sql !== 'string') return [];
  try {
    const body = parseViewBody(sql);
    const columns = connection.handle
      .prepare(`SELECT * FROM main."${stored.replaceAll('"', '""')}"`)
      .columns()
      .map((column) => ({ name: column.name, type: column.type }));
    const written = writtenTypes(connection, tokenize(body.select), columns, enums, depth);
    return columns.map((column, index) => ({ name: column.name, type: written[index] ?? declaredName(column, enums) }));
  } catch {
    return [];
  }
}
