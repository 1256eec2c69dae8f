/** A request's query string as what it asks for. No catalog, no I/O; fails PGRST100. */

import type { Operand, PathStep } from '#lib/engine/plan/plan.ts';
import type { LexedParameter, LexedQuery } from '#lib/services/rest/parse/lex-query.ts';
import type { FilterTest, FilterTree } from '#lib/services/rest/parse/parse-filter.ts';
import { parseFilterValue, parseLogic } from '#lib/services/rest/parse/parse-filter.ts';
import { type OrderItem, parseNames, parseOrder } from '#lib/services/rest/parse/parse-order.ts';
import { parseSteps } from '#lib/services/rest/parse/parse-path.ts';
import { parseSelect, type SelectItem } from '#lib/services/rest/parse/parse-select.ts';
import { createScanner, parseName } from '#lib/services/rest/parse/scanner.ts';
import { badQuery, badRange } from '#lib/services/rest/respond/rest-error.ts';

/** Something addressed to an embed: the names on the way to it, empty for the root. */
export interface At<T> {
  readonly path: readonly string[];
  readonly item: T;
}

export interface Query {
  readonly select: readonly SelectItem[];
  readonly filters: readonly At<FilterTree>[];
  readonly orders: readonly At<readonly OrderItem[]>[];
  readonly limits: readonly At<Operand>[];
  readonly offsets: readonly At<Operand>[];
  readonly columns: readonly string[] | null;
  readonly onConflict: readonly string[] | null;
}

export function parseQuery(lexed: LexedQuery): Query {
  const filters: At<FilterTree>[] = [];
  const orders: At<readonly OrderItem[]>[] = [];
  const limits: At<Operand>[] = [];
  const offsets: At<Operand>[] = [];
  let select: readonly SelectItem[] = [{ kind: 'star' }];
  let columns: readonly string[] | null = null;
  let onConflict: readonly string[] | null = null;
  for (const parameter of lexed.parameters) {
    const { key, value } = parameter;
    const { path, last } = splitKey(key);
    if (key === 'select') select = value === '' ? [{ kind: 'star' }] : parseSelect(value);
    else if (key === 'columns') columns = parseNames(value, 'columns parameter');
    else if (key === 'on_conflict') onConflict = parseNames(value, 'on_conflict parameter');
    else if (last === 'order') orders.push({ path, item: value === '' ? [] : parseOrder(value) });
    else if (last === 'limit') limits.push({ path, item: { kind: 'value', index: parameter.index ?? 0 } });
    else if (last === 'offset') offsets.push({ path, item: { kind: 'value', index: parameter.index ?? 0 } });
    else if (last === 'and' || last === 'or') filters.push(parseLogicParameter(path, last, value));
    else filters.push(parseFilterParameter(parameter));
  }
  return { select, filters, orders, limits, offsets, columns, onConflict };
}

/** `a.b.order` → path [a, b], last `order`. Dots inside quotes do not count. */
function splitKey(key: string): { path: string[]; last: string } {
  const pieces = key.match(/"(?:[^"\\]|\\.)*"|[^.]+/g) ?? [key];
  const names = pieces.map((piece) => (piece.startsWith('"') ? piece.slice(1, -1) : piece));
  return { path: names.slice(0, -1), last: names.at(-1) ?? key };
}

function parseLogicParameter(path: readonly string[], kind: 'and' | 'or', value: string): At<FilterTree> {
  const negated = path.at(-1) === 'not';
  return { path: negated ? path.slice(0, -1) : path, item: parseLogic(kind, negated, value) };
}

function parseFilterParameter(parameter: LexedParameter): At<FilterTree> {
  const { path, name, steps } = parseFilterKey(parameter.key);
  const parsed = parameter.filter === null ? parseFilterValue(parameter.value) : toTest(parameter.filter);
  return { path, item: { kind: 'filter', name, steps, ...parsed } };
}

function toTest(filter: NonNullable<LexedParameter['filter']>): { negated: boolean; test: FilterTest } {
  const operand: Operand = { kind: 'value', index: filter.index };
  if (filter.operator === 'in') return { negated: filter.negated, test: { kind: 'in', list: operand } };
  return {
    negated: filter.negated,
    test: { kind: 'compare', operator: filter.operator, operand, quantifier: null, config: null },
  };
}

/** `[embed.path.]column[->json->>path]`. */
function parseFilterKey(key: string): { path: string[]; name: string; steps: PathStep[] } {
  const scanner = createScanner(key, 'filter');
  const names: string[] = [];
  do names.push(parseName(scanner, 'field name'));
  while (scanner.take('.'));
  const steps = parseSteps(scanner);
  if (!scanner.atEnd()) scanner.fail('"." or "->" or end of input');
  return { path: names.slice(0, -1), name: names.at(-1) ?? '', steps };
}

/** Checks the values set aside for `limit` and `offset`, on cached shapes too. */
export function checkLimits(lexed: LexedQuery): void {
  for (const { key, value, index } of lexed.parameters) {
    if (index === null) continue;
    if (!/^-?\d{1,18}$/.test(value)) throw badQuery('query', value, 1, `unexpected value expecting an integer for ${key}`);
    if (Number(value) < 0 && !key.endsWith('offset')) throw badRange('Limit should be greater than or equal to zero.');
  }
}
