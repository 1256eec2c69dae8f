/** Ranges, kept as PostgreSQL prints them: integer and date ranges always `[a,b)`. */

import { SqlError } from '#lib/engine/sql-error.ts';
import { parseDate } from '#lib/engine/types/date-time-parse.ts';
import { printDate, toPostgresTimestamp } from '#lib/engine/types/date-time-print.ts';
import { encodeText } from '#lib/engine/types/encode.ts';
import { compareBounds } from '#lib/engine/types/range-compare.ts';
import { emptyRange, parseRange, printRange, type Range } from '#lib/engine/types/range-literal.ts';
import type { SemanticType } from '#lib/engine/types/semantic-type.ts';

const text: SemanticType = { kind: 'text', name: 'text' };

/** Throws 22P02 on a malformed range or bound, 22000 when the bounds are the wrong way round. */
export function encodeRange(type: SemanticType, literal: string): string {
  const element = type.element ?? text;
  const range = parseRange(literal);
  if (range.empty) return 'empty';
  const lower = range.lower === null ? null : encodeBound(element, range.lower);
  const upper = range.upper === null ? null : encodeBound(element, range.upper);
  return printRange(canonicalRange(element, { ...range, lower, upper }));
}

function encodeBound(element: SemanticType, bound: string): string {
  return toPostgresTimestamp(String(encodeText(element, bound)));
}

function canonicalRange(element: SemanticType, range: Range): Range {
  const { lower, upper } = range;
  const order = lower !== null && upper !== null ? compareBounds(lower, upper) : -1;
  if (order > 0) {
    throw new SqlError({ sqlstate: '22000', message: 'range lower bound must be less than or equal to range upper bound' });
  }
  if (order === 0 && !(range.lowerInclusive && range.upperInclusive)) return emptyRange;
  if (element.kind !== 'integer' && element.kind !== 'date') return range;
  const from = lower === null || range.lowerInclusive ? lower : successor(element, lower);
  const to = upper === null || !range.upperInclusive ? upper : successor(element, upper);
  if (from !== null && to !== null && compareBounds(from, to) >= 0) return emptyRange;
  return { empty: false, lower: from, upper: to, lowerInclusive: from !== null, upperInclusive: false };
}

function successor(element: SemanticType, bound: string): string {
  if (element.kind === 'integer') {
    const next = BigInt(bound) + 1n;
    if (BigInt.asIntN((element.bytes ?? 8) * 8, next) !== next)
      throw new SqlError({ sqlstate: '22003', message: `${element.name} out of range` });
    return String(next);
  }
  const day = parseDate(bound);
  return typeof day === 'string' ? day : printDate(day + 1);
}
