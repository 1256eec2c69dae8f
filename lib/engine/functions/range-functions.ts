/** PostgreSQL's range operators and functions over stored range texts. Text that is no range behaves like an empty range. */

import { toPoint } from '#lib/engine/functions/containment-functions.ts';
import { define, type NonNull, type Registrar, toText } from '#lib/engine/functions/define.ts';
import {
  areAdjacent,
  compareLower,
  compareUpper,
  containsRange,
  isLeftOf,
  overlapsRange,
} from '#lib/engine/types/range-compare.ts';
import { emptyRange, findRange, type Range } from '#lib/engine/types/range-literal.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

export function registerRanges(db: Registrar): void {
  relation(db, 'range_contains', (a, b) => containsRange(a, b));
  relation(db, 'range_contained', (a, b) => containsRange(b, a));
  relation(db, 'range_overlaps', overlapsRange);
  relation(db, 'range_left', isLeftOf);
  relation(db, 'range_right', (a, b) => isLeftOf(b, a));
  relation(db, 'range_not_extend_left', (a, b) => !a.empty && !b.empty && compareLower(a, b) >= 0);
  relation(db, 'range_not_extend_right', (a, b) => !a.empty && !b.empty && compareUpper(a, b) <= 0);
  relation(db, 'range_adjacent', areAdjacent);
  define(db, 'range_contains_value', [2], (a = '', value = '') => containsRange(toRange(a), toPoint(toText(value))));
  property(db, 'range_lower', (range) => bound(range.lower));
  property(db, 'range_upper', (range) => bound(range.upper));
  property(db, 'isempty', (range) => range.empty);
  property(db, 'lower_inc', (range) => range.lowerInclusive);
  property(db, 'upper_inc', (range) => range.upperInclusive);
  property(db, 'lower_inf', (range) => !range.empty && range.lower === null);
  property(db, 'upper_inf', (range) => !range.empty && range.upper === null);
}

function relation(db: Registrar, name: string, holds: (a: Range, b: Range) => boolean): void {
  define(db, name, [2], (a = '', b = '') => holds(toRange(a), toRange(b)));
}

function property(db: Registrar, name: string, read: (range: Range) => SqlValue | boolean): void {
  define(db, name, [1], (range = '') => read(toRange(range)));
}

function toRange(value: NonNull): Range {
  return findRange(toText(value)) ?? emptyRange;
}

/** A bound as its element would be stored. */
function bound(text: string | null): SqlValue {
  if (text === null) return null;
  if (/^-?\d{1,18}$/.test(text)) return BigInt(text);
  return text.replace(
    /^(\d{4,}-\d\d-\d\d) (\d\d:.*?)(\+00)?$/,
    (_all, date: string, time: string, zone?: string) => `${date}T${time}${zone ? '+00:00' : ''}`,
  );
}
