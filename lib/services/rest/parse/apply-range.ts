/** The `Range` header (unit `items`), narrowed with `limit` and `offset`. */

import type { LexedParameter, LexedQuery } from '#lib/services/rest/parse/lex-query.ts';
import { badRange } from '#lib/services/rest/respond/rest-error.ts';

export function applyRange(lexed: LexedQuery, header: string | null): LexedQuery {
  const match = header === null ? null : /^(\d{1,15})-(\d{1,15})?$/.exec(header.replace(/^items=/, ''));
  if (match === null) return lexed;
  const first = Number(match[1]);
  const last = match[2] === undefined ? null : Number(match[2]);
  if (last !== null && last < first) {
    throw badRange('The lower boundary must be lower than or equal to the upper boundary in the Range header.');
  }
  const offset = Math.max(first, numberOf(lexed, 'offset') ?? 0);
  const limit = numberOf(lexed, 'limit');
  const bounds = [last === null ? null : last - offset + 1, limit === null ? null : limit].filter((bound) => bound !== null);
  return withParameters(lexed, { offset, limit: bounds.length === 0 ? null : Math.max(0, Math.min(...bounds)) });
}

function numberOf(lexed: LexedQuery, key: string): number | null {
  const value = lexed.parameters.find((parameter) => parameter.key === key)?.value;
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : null;
}

function withParameters(lexed: LexedQuery, range: { offset: number; limit: number | null }): LexedQuery {
  const values = [...lexed.values];
  const parameters: LexedParameter[] = lexed.parameters.filter(({ key }) => key !== 'offset' && key !== 'limit');
  let { shape } = lexed;
  for (const [key, bound] of Object.entries(range)) {
    if (bound === null) continue;
    const value = String(bound);
    parameters.push({ key, value, filter: null, index: values.push(value) - 1 });
    shape += `&range-${key}`;
  }
  return { parameters, values, shape };
}
