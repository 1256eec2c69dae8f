/** How the bounds of a range compare, told from their texts alone. */

import { numericKey } from '#lib/engine/types/numeric.ts';
import type { Range } from '#lib/engine/types/range-literal.ts';

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Numbers by value; dates and timestamps by their texts, which sort as they do. */
export function compareBounds(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = number.test(a) && number.test(b) ? [numericKey(a), numericKey(b)] : [toSortable(a), toSortable(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `-infinity` sorts below digits and `infinity` above them as they are; a zone's `+00` must not matter. */
function toSortable(bound: string): string {
  return bound.replace('T', ' ').replace(/\+00(?::00)?$/, '');
}

/** Compares lower bounds: no bound first; at one value, inclusive first. */
export function compareLower(a: Range, b: Range): number {
  if (a.lower === null || b.lower === null) return a.lower === b.lower ? 0 : a.lower === null ? -1 : 1;
  return compareBounds(a.lower, b.lower) || Number(b.lowerInclusive) - Number(a.lowerInclusive);
}

/** Compares upper bounds: no bound last; at one value, inclusive last. */
export function compareUpper(a: Range, b: Range): number {
  if (a.upper === null || b.upper === null) return a.upper === b.upper ? 0 : a.upper === null ? 1 : -1;
  return compareBounds(a.upper, b.upper) || Number(a.upperInclusive) - Number(b.upperInclusive);
}

/** Whether everything of `a` lies before everything of `b`. */
export function isLeftOf(a: Range, b: Range): boolean {
  if (a.empty || b.empty || a.upper === null || b.lower === null) return false;
  const order = compareBounds(a.upper, b.lower);
  return order < 0 || (order === 0 && !(a.upperInclusive && b.lowerInclusive));
}

/** Whether they meet without a gap and without a common point. */
export function areAdjacent(a: Range, b: Range): boolean {
  return touches(a, b) || touches(b, a);
}

function touches(a: Range, b: Range): boolean {
  if (a.empty || b.empty || a.upper === null || b.lower === null) return false;
  return compareBounds(a.upper, b.lower) === 0 && a.upperInclusive !== b.lowerInclusive;
}

export function containsRange(a: Range, b: Range): boolean {
  if (b.empty) return true;
  return !a.empty && compareLower(a, b) <= 0 && compareUpper(a, b) >= 0;
}

export function overlapsRange(a: Range, b: Range): boolean {
  return !a.empty && !b.empty && !isLeftOf(a, b) && !isLeftOf(b, a);
}
