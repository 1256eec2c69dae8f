/** Integers, floats and booleans from PostgreSQL's literals to what the file keeps. */

import { SqlError } from '#lib/engine/sql-error.ts';
import type { SemanticType, SqlValue } from '#lib/engine/types/semantic-type.ts';
import { outOfRange, syntaxError } from '#lib/engine/types/type-error.ts';

/** Throws 22P02 or 22003. */
export function encodeInteger(type: SemanticType, text: string): bigint {
  const digits = text.trim();
  if (!/^[+-]?\d+$/.test(digits)) throw syntaxError(type.name, text);
  const value = digits.length > 1000 ? null : BigInt(digits.startsWith('+') ? digits.slice(1) : digits);
  if (value === null || BigInt.asIntN((type.bytes ?? 8) * 8, value) !== value) throw outOfRange(type.name, text);
  return value;
}

/** A double; NaN as text, because SQLite makes a NaN NULL. Throws 22P02 or 22003. */
export function encodeFloat(type: SemanticType, text: string): SqlValue {
  const trimmed = text.trim();
  const lower = trimmed.toLowerCase();
  if (lower === 'nan') return 'NaN';
  if (/^[+-]?inf(?:inity)?$/.test(lower)) return lower.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed)) throw syntaxError(type.name, text);
  const value = type.bytes === 4 ? toFloat4(Number(trimmed)) : Number(trimmed);
  const vanished = value === 0 && /[1-9]/.test(trimmed.replace(/e.*/i, ''));
  if (!Number.isFinite(value) || vanished) {
    throw new SqlError({
      sqlstate: '22003',
      message: `"${trimmed}" is out of range for type ${type.bytes === 4 ? 'real' : type.name}`,
    });
  }
  return value;
}

/** The double whose shortest digits are those of the nearest float4, so that 0.1 stays 0.1. */
function toFloat4(value: number): number {
  const nearest = Math.fround(value);
  if (!Number.isFinite(nearest)) return nearest;
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(nearest.toPrecision(digits));
    if (Math.fround(short) === nearest) return short;
  }
  return nearest;
}

/** 1 or 0. Any unambiguous prefix of true, false, yes, no, on, off, 1 and 0 is accepted, as in PostgreSQL. */
export function encodeBoolean(text: string): bigint {
  const word = text.trim().toLowerCase();
  if (word !== '') {
    if ('true'.startsWith(word) || 'yes'.startsWith(word) || word === 'on' || word === '1') return 1n;
    if ('false'.startsWith(word) || 'no'.startsWith(word) || word === 'of' || word === 'off' || word === '0') return 0n;
  }
  throw syntaxError('boolean', text);
}
