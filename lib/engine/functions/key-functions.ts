/** Sort keys: texts whose byte order is the order PostgreSQL gives values that SQLite would sort otherwise. */

import { findJson } from '#lib/engine/functions/containment.ts';
import { define, type Registrar, toText } from '#lib/engine/functions/define.ts';
import { microsPerSecond } from '#lib/engine/types/calendar.ts';
import { parseTime } from '#lib/engine/types/date-time-parse.ts';
import { intervalKey, parseInterval } from '#lib/engine/types/interval.ts';
import { compareNumeric, numericKey } from '#lib/engine/types/numeric.ts';
import { isJsonNumber } from '#lib/engine/types/parse-json.ts';
import { findRange } from '#lib/engine/types/range-literal.ts';
import { findZoneOffset } from '#lib/engine/types/time-zone.ts';

/** `numeric_key`, `interval_key`, `timetz_key`, `range_key`, `array_key`, and `numeric_compare(a, b)` → -1, 0, 1. All total. */
export function registerKeys(db: Registrar): void {
  define(db, 'numeric_key', [1], (value = '') => numericKey(toText(value)));
  define(db, 'numeric_compare', [2], (a = '', b = '') => BigInt(compareNumeric(toText(a), toText(b))));
  define(db, 'interval_key', [1], (value = '') => {
    const interval = attempt(() => parseInterval(toText(value)));
    if (!interval) return toText(value);
    const key = intervalKey(interval);
    return BigInt.asIntN(64, key) === key ? key : Number(key);
  });
  define(db, 'timetz_key', [1], (value = '') => {
    const text = toText(value);
    const time = attempt(() => parseTime(text, 'time with time zone'));
    const offset = time && attempt(() => (time.zone === null ? 0 : findZoneOffset(time.zone, { day: 0, micros: 0 }, text)));
    return time && offset !== null ? BigInt(time.micros - offset * microsPerSecond) : text;
  });
  define(db, 'range_key', [1], (value = '') => rangeKey(toText(value)));
  define(db, 'array_key', [1], (value = '') => arrayKey(findJson(toText(value))));
}

function attempt<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch {
    return null;
  }
}

/** Below every printable character, so that a shorter text sorts before its extensions. */
const end = '\u0001';

function rangeKey(text: string): string {
  const range = findRange(text);
  if (!range || range.empty) return '0';
  const lower = range.lower === null ? '0' : `1${boundKey(range.lower)}${end}${range.lowerInclusive ? 0 : 1}`;
  const upper = range.upper === null ? '2' : `1${boundKey(range.upper)}${end}${range.upperInclusive ? 1 : 0}`;
  return `1${lower}${end}${upper}`;
}

function boundKey(bound: string): string {
  return /^[+-]?[\d.]+(?:e[+-]?\d+)?$/i.test(bound) ? numericKey(bound) : bound;
}

/** Element by element, NULL last, the shorter array first. */
function arrayKey(value: unknown): string {
  if (!Array.isArray(value)) return elementKey(value);
  return value.map((item) => (item === null ? `\u0003${end}` : `\u0002${arrayKey(item)}${end}`)).join('');
}

function elementKey(value: unknown): string {
  if (typeof value === 'number' || isJsonNumber(value)) return numericKey(String(value));
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
