/** `@>`, `<@` and `&&` as SQL functions: by type, and for callers that do not know the type. */

import { arrayContains, arrayOverlaps, findJson, jsonContains } from '#lib/engine/functions/containment.ts';
import { define, type NonNull, type Registrar, toText } from '#lib/engine/functions/define.ts';
import { containsRange, overlapsRange } from '#lib/engine/types/range-compare.ts';
import { findRange, type Range } from '#lib/engine/types/range-literal.ts';

export function registerContainment(db: Registrar): void {
  define(db, 'json_contains', [2], (a = '', b = '') => jsonContains(json(a), json(b)));
  define(db, 'json_contained', [2], (a = '', b = '') => jsonContains(json(b), json(a)));
  define(db, 'array_contains', [2], (a = '', b = '') => arrayContains(json(a), json(b)));
  define(db, 'array_contained', [2], (a = '', b = '') => arrayContains(json(b), json(a)));
  define(db, 'array_overlaps', [2], (a = '', b = '') => arrayOverlaps(json(a), json(b)));
  define(db, 'contains', [2], (a = '', b = '') => containsAny(a, b));
  define(db, 'contained', [2], (a = '', b = '') => containsAny(b, a));
  define(db, 'overlaps', [2], (a = '', b = '') => {
    const ranges = findRanges(a, b);
    return ranges ? overlapsRange(...ranges) : arrayOverlaps(json(a), json(b));
  });
}

function json(value: NonNull): unknown {
  return findJson(toText(value));
}

function containsAny(a: NonNull, b: NonNull): boolean {
  const ranges = findRanges(a, b);
  return ranges ? containsRange(...ranges) : jsonContains(json(a), json(b));
}

/** Both as ranges, when they read as such and are not both JSON: `[1,2]` alone could be either. */
function findRanges(a: NonNull, b: NonNull): [Range, Range] | null {
  const container = findRange(toText(a));
  if (!container) return null;
  const inner = findRange(toText(b));
  if (inner && json(a) !== undefined && json(b) !== undefined) return null;
  if (!inner && json(a) !== undefined) return null;
  return [container, inner ?? toPoint(toText(b))];
}

/** A single value as the range that holds nothing else. */
export function toPoint(text: string): Range {
  return { empty: false, lower: text, upper: text, lowerInclusive: true, upperInclusive: true };
}
