/** pgvector's distances over vectors kept as JSON text. NULL when a text is no vector or the lengths differ. */

import { LRUCache } from 'lru-cache';
import { findJson } from '#lib/engine/functions/containment.ts';
import { define, type NonNull, type Registrar, toText } from '#lib/engine/functions/define.ts';

/** The query's vector comes again for every row. */
const parsed = new LRUCache<string, readonly number[]>({ max: 16 });

export function registerVectors(db: Registrar): void {
  distance(db, 'l2_distance', (a, b) => Math.sqrt(sum(a, b, (x, y) => (x - y) ** 2)));
  distance(db, 'l1_distance', (a, b) => sum(a, b, (x, y) => Math.abs(x - y)));
  distance(db, 'inner_product', (a, b) => sum(a, b, (x, y) => x * y));
  distance(db, 'negative_inner_product', (a, b) => -sum(a, b, (x, y) => x * y));
  distance(db, 'cosine_distance', (a, b) => {
    const norms = Math.sqrt(sum(a, a, (x, y) => x * y) * sum(b, b, (x, y) => x * y));
    return 1 - Math.max(-1, Math.min(1, sum(a, b, (x, y) => x * y) / norms));
  });
  define(db, 'vector_dims', [1], (value = '') => {
    const vector = toVector(value);
    return vector && BigInt(vector.length);
  });
}

function distance(db: Registrar, name: string, measure: (a: readonly number[], b: readonly number[]) => number): void {
  define(db, name, [2], (a = '', b = '') => {
    const [left, right] = [toVector(a), toVector(b)];
    return left && right && left.length === right.length ? measure(left, right) : null;
  });
}

function toVector(value: NonNull): readonly number[] | null {
  const text = toText(value);
  const known = parsed.get(text);
  if (known) return known;
  const json = findJson(text);
  if (!Array.isArray(json)) return null;
  const vector = json.map((item) => Number(item));
  if (vector.some(Number.isNaN)) return null;
  parsed.set(text, vector);
  return vector;
}

function sum(a: readonly number[], b: readonly number[], term: (x: number, y: number) => number): number {
  let total = 0;
  for (let index = 0; index < a.length; index++) total += term(a[index] ?? 0, b[index] ?? 0);
  return total;
}
