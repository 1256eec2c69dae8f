/** The operators SQLite lacks: pattern matching, full text, containment and ranges, by way of total functions. */

import { textEncoder } from '#lib/engine/compile/compile-condition.ts';
import type { TypedSql } from '#lib/engine/compile/compile-value.ts';
import type { Emitter, Encode } from '#lib/engine/compile/statement.ts';
import { checkPattern } from '#lib/engine/functions/check-pattern.ts';
import type { Condition, FilterOperator, RequestValue } from '#lib/engine/plan/plan.ts';
import { quoteText } from '#lib/engine/plan/quote.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

type Compare = Extract<Condition, { kind: 'compare' }>;

const asPattern: Encode = (value) => checkPattern('like', toText(value).replaceAll('*', '%'));
const asRegularExpression: Encode = (value) => checkPattern('regexp', toText(value));

/** One encoder per kind and configuration: the query is parsed once before any row is seen. */
const textQueries = new Map<string, Encode>();

function asTextQuery(kind: 'fts' | 'plfts' | 'phfts' | 'wfts', config: string | null): Encode {
  const key = `${kind} ${config}`;
  const known = textQueries.get(key);
  if (known !== undefined) return known;
  const made: Encode = (value) => checkPattern(kind, toText(value), config);
  textQueries.set(key, made);
  return made;
}

function toText(value: RequestValue): string {
  return typeof value === 'string' ? value : value.join(',');
}

/** Null when the operator is no text operator. */
export function compileTextMatch(condition: Compare, value: TypedSql, emitter: Emitter): string | null {
  const { operator, operand } = condition;
  switch (operator) {
    case 'like':
    case 'ilike':
      requireText(value, operator === 'like' ? '~~' : '~~*');
      return `${operator === 'like' ? 'like_sensitive' : 'ilike'}(${value.sql}, ${emitter.bind(operand, asPattern)})`;
    case 'match':
    case 'imatch':
      requireText(value, operator === 'match' ? '~' : '~*');
      return `regexp_match(${value.sql}, ${emitter.bind(operand, asRegularExpression)}, ${operator === 'match' ? `''` : `'i'`})`;
    case 'fts':
    case 'plfts':
    case 'phfts':
    case 'wfts': {
      if (!['tsvector', 'text', 'json', 'unknown'].includes(value.type.kind)) throw undefinedOperator(value, '@@');
      const config = condition.config === null ? 'NULL' : quoteText(condition.config);
      return `ts_match(${value.sql}, ${emitter.bind(operand, asTextQuery(operator, condition.config))}, ${config}, ${quoteText(operator)})`;
    }
    default:
      return null;
  }
}

const arrayFunctions: Partial<Record<FilterOperator, string>> = {
  cs: 'array_contains',
  cd: 'array_contained',
  ov: 'array_overlaps',
};
const jsonFunctions: Partial<Record<FilterOperator, string>> = { cs: 'json_contains', cd: 'json_contained' };
const rangeFunctions: Partial<Record<FilterOperator, string>> = {
  cs: 'range_contains',
  cd: 'range_contained',
  ov: 'range_overlaps',
  sl: 'range_left',
  sr: 'range_right',
  nxl: 'range_not_extend_left',
  nxr: 'range_not_extend_right',
  adj: 'range_adjacent',
};
const symbols: Partial<Record<FilterOperator, string>> = {
  cs: '@>',
  cd: '<@',
  ov: '&&',
  sl: '<<',
  sr: '>>',
  nxl: '&>',
  nxr: '&<',
  adj: '-|-',
};

export function compileContainment(condition: Compare, value: TypedSql, emitter: Emitter): string {
  const { operator, operand } = condition;
  const byKind =
    value.type.kind === 'array'
      ? arrayFunctions
      : value.type.kind === 'range'
        ? rangeFunctions
        : value.type.kind === 'json'
          ? jsonFunctions
          : {};
  const name = byKind[operator];
  if (name === undefined) throw undefinedOperator(value, symbols[operator] ?? operator);
  const bound = emitter.bind(operand, textEncoder(value.type));
  return `${name}(${value.sql}, ${bound})`;
}

function requireText(value: TypedSql, symbol: string): void {
  if (value.type.kind !== 'text' && value.type.kind !== 'unknown') throw undefinedOperator(value, symbol);
}

function undefinedOperator(value: TypedSql, symbol: string): SqlError {
  return new SqlError({
    sqlstate: '42883',
    message: `operator does not exist: ${value.type.name} ${symbol} unknown`,
    hint: 'No operator matches the given name and argument types. You might need to add explicit type casts.',
  });
}
