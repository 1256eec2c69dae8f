/**
 * `select=`: fields, JSON paths, casts, aggregates and embedded relations.
 *
 *   id,name                       two columns
 *   full:name,data->a->>b::int    alias; JSON path with a cast
 *   total:amount.sum()            aggregate
 *   author:users!fk!inner(id)     embed with alias, hint and join
 *   ...users(name)                spread
 */

import type { AggregateName, PathStep } from '#lib/engine/plan/plan.ts';
import { parseSteps } from '#lib/services/rest/parse/parse-path.ts';
import { createScanner, parseName, type Scanner } from '#lib/services/rest/parse/scanner.ts';

export type SelectItem =
  | { readonly kind: 'star' }
  | {
      readonly kind: 'field';
      readonly alias: string | null;
      readonly name: string;
      readonly steps: readonly PathStep[];
      readonly cast: string | null;
      readonly aggregate: AggregateName | null;
      readonly aggregateCast: string | null;
    }
  | {
      readonly kind: 'relation';
      readonly alias: string | null;
      readonly name: string;
      readonly hint: string | null;
      readonly join: 'inner' | 'left' | null;
      readonly spread: boolean;
      readonly items: readonly SelectItem[];
    };

/** Deeper embeds are refused: each level multiplies the work of the one above. */
const maxDepth = 5;

export function parseSelect(text: string): SelectItem[] {
  const scanner = createScanner(text, 'select parameter');
  if (text === '') return [];
  const items = parseItems(scanner, 0);
  if (!scanner.atEnd()) scanner.fail('"," or end of input');
  return items;
}

function parseItems(scanner: Scanner, depth: number): SelectItem[] {
  if (depth > maxDepth) scanner.fail(`at most ${maxDepth} levels of embedding`);
  const items: SelectItem[] = [];
  do items.push(parseItem(scanner, depth));
  while (scanner.take(','));
  return items;
}

const aggregate = /(?:sum|avg|count|max|min)(?=\(\))/y;
const castName = /[A-Za-z_][\w ]*(?:\(\d+(?:,\d+)?\))?(?:\[\])?/y;

function parseItem(scanner: Scanner, depth: number): SelectItem {
  if (scanner.take('*')) return { kind: 'star' };
  if (scanner.take('...')) return parseRelation(scanner, null, parseName(scanner), true, depth);
  const count = scanner.match(aggregate);
  if (count !== null) return parseCountRows(scanner, null, count);
  const first = parseName(scanner);
  const aliased = scanner.peek() === ':' && !scanner.text.startsWith('::', scanner.position);
  if (!aliased) return parseField(scanner, null, first, depth);
  scanner.expect(':');
  const counted = scanner.match(aggregate);
  if (counted !== null) return parseCountRows(scanner, first, counted);
  return parseField(scanner, first, parseName(scanner), depth);
}

/** `count()` without a column counts rows. */
function parseCountRows(scanner: Scanner, alias: string | null, name: string): SelectItem {
  if (name !== 'count') scanner.fail('field name (* or [a..z0..9_$])');
  scanner.expect('()');
  return { kind: 'field', alias, name: '', steps: [], cast: null, aggregate: 'count', aggregateCast: parseCast(scanner) };
}

function parseField(scanner: Scanner, alias: string | null, name: string, depth: number): SelectItem {
  if (scanner.peek() === '(' || scanner.peek() === '!') return parseRelation(scanner, alias, name, false, depth);
  const steps = parseSteps(scanner);
  const cast = parseCast(scanner);
  if (!scanner.take('.')) return { kind: 'field', alias, name, steps, cast, aggregate: null, aggregateCast: null };
  const found = scanner.match(aggregate);
  if (found === null) return scanner.fail('aggregate function (sum, avg, count, max, min)');
  scanner.expect('()');
  return { kind: 'field', alias, name, steps, cast, aggregate: found as AggregateName, aggregateCast: parseCast(scanner) };
}

function parseCast(scanner: Scanner): string | null {
  if (!scanner.take('::')) return null;
  return scanner.match(castName)?.trim() ?? scanner.fail('type name');
}

function parseRelation(scanner: Scanner, alias: string | null, name: string, spread: boolean, depth: number): SelectItem {
  let hint: string | null = null;
  let join: 'inner' | 'left' | null = null;
  while (scanner.take('!')) {
    const word = parseName(scanner, 'hint or join type');
    if (word === 'inner' || word === 'left') join = word;
    else hint = word;
  }
  scanner.expect('(');
  const items = scanner.peek() === ')' ? [] : parseItems(scanner, depth + 1);
  scanner.expect(')');
  return { kind: 'relation', alias, name, hint, join, spread, items };
}
