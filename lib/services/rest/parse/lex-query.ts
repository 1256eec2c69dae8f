/**
 * Splits a query string into parameters, and its values from its shape: `id=eq.7` and `id=eq.8` have one shape, so they
 * share one plan and one prepared statement.
 */

import type { FilterOperator, RequestValue } from '#lib/engine/plan/plan.ts';
import { parseList } from '#lib/services/rest/parse/parse-list.ts';
import { badQuery } from '#lib/services/rest/respond/rest-error.ts';

export interface LexedParameter {
  readonly key: string;
  readonly value: string;
  /** A plain filter whose value was set aside; null for everything the parser has to read itself. */
  readonly filter: null | { readonly negated: boolean; readonly operator: FilterOperator | 'in'; readonly index: number };
  /** `limit` and `offset` are set aside too. */
  readonly index: number | null;
}

export interface LexedQuery {
  readonly parameters: readonly LexedParameter[];
  readonly values: readonly RequestValue[];
  /** Everything but the values. */
  readonly shape: string;
}

const plainFilter =
  /^(not\.)?(eq|neq|gte?|lte?|i?like|i?match|isdistinct|in|(?:pl|ph|w)?fts|cs|cd|ov|sl|sr|nx[lr]|adj)\.([\s\S]*)$/;
const reserved = new Set(['select', 'columns', 'on_conflict', 'order', 'and', 'or', 'not.and', 'not.or']);

export function lexQuery(query: string): LexedQuery {
  const parameters: LexedParameter[] = [];
  const values: RequestValue[] = [];
  let shape = '';
  for (const pair of query === '' ? [] : query.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const key = decode(equals < 0 ? pair : pair.slice(0, equals));
    if (key === 'apikey') continue;
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    const last = key.slice(key.lastIndexOf('.') + 1);
    if (last === 'limit' || last === 'offset') {
      parameters.push({ key, value, filter: null, index: values.push(value) - 1 });
      shape += `&${key}=#`;
      continue;
    }
    const match = reserved.has(last) ? null : plainFilter.exec(value);
    const operator = match?.[2];
    if (match === null || operator === undefined) {
      parameters.push({ key, value, filter: null, index: null });
      shape += `&${key}=${value}`;
      continue;
    }
    const rest = match[3] ?? '';
    const index = values.push(operator === 'in' ? parseList(rest, value) : rest) - 1;
    parameters.push({
      key,
      value,
      filter: { negated: match[1] !== undefined, operator: operator as FilterOperator | 'in', index },
      index: null,
    });
    shape += `&${key}=${match[1] ?? ''}${operator}.`;
  }
  return { parameters, values, shape };
}

function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  let decoded: string;
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw badQuery('query', text, 1, 'unexpected "%" expecting two hexadecimal digits');
  }
  if (decoded.includes('\0')) throw badQuery('query', '', 1, 'unexpected "\\0"');
  return decoded;
}
