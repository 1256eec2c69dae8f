/** Containment of jsonb, arrays and ranges, through real SQLite. */

import SQLite from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { registerFunctions } from '#lib/engine/functions/register-functions.ts';

const db = new SQLite(':memory:');
registerFunctions(db);

function call(name: string, a: string, b: string): unknown {
  return db.prepare(`SELECT ${name}(?, ?)`).pluck().get(a, b);
}

test.each([
  ['json_contains', '{"a":1,"b":{"c":[1,2]}}', '{"b":{"c":[2]}}', 1],
  ['json_contains', '{"a":1}', '{"a":1,"b":2}', 0],
  ['json_contains', '[1,[2,3]]', '[[3]]', 1],
  ['json_contains', '["foo","bar"]', '"bar"', 1],
  ['json_contains', '{"a":["foo"]}', '{"a":"foo"}', 0],
  ['json_contains', '{"n":1.0}', '{"n":1}', 1],
  ['json_contains', '[1]', '{}', 0],
  ['json_contains', '{"__proto__":{"a":1}}', '{"__proto__":{"a":1}}', 1],
  ['json_contains', '{}', '{"toString":1}', 0],
  ['json_contained', '[1]', '[1,2]', 1],
  ['json_contains', 'no json', '{}', 0],
  ['array_contains', '["a","b"]', '["b"]', 1],
  ['array_contains', '["a",null]', '[null]', 0],
  ['array_contains', '["1"]', '[1]', 0],
  ['array_contains', '[[1,2],[3,4]]', '[4]', 1],
  ['array_contained', '[1]', '[1,2]', 1],
  ['array_overlaps', '[1,2]', '[2,3]', 1],
  ['array_overlaps', '[1]', '[]', 0],
  ['contains', '[1,5)', '[2,3)', 1],
  ['contains', '["a"]', '["a"]', 1],
  ['contained', '{"a":1}', '{"a":1,"b":2}', 1],
  ['overlaps', '[1,3)', '[3,5)', 0],
])('%s(%s, %s)', (name, a, b, expected) => {
  expect(call(name, a, b)).toBe(expected);
});

interface Bounds {
  from: number;
  to: number;
}
const bounds = fc.tuple(fc.integer({ min: -5, max: 5 }), fc.nat(5)).map(([from, size]): Bounds => ({ from, to: from + size }));

/** Integer ranges are sets of integers: the operators' definition. */
test('range operators are those of the sets', () => {
  const print = ({ from, to }: Bounds) => (from === to ? 'empty' : `[${from},${to})`);
  const points = ({ from, to }: Bounds) => Array.from({ length: to - from }, (_, index) => from + index);
  fc.assert(
    fc.property(bounds, bounds, (a, b) => {
      const [left, right] = [points(a), points(b)];
      const some = left.length > 0 && right.length > 0;
      const is = (name: string) => call(name, print(a), print(b));
      expect(is('range_contains')).toBe(Number(right.every((point) => left.includes(point))));
      expect(is('range_contained')).toBe(Number(left.every((point) => right.includes(point))));
      expect(is('range_overlaps')).toBe(Number(left.some((point) => right.includes(point))));
      expect(is('range_left')).toBe(Number(some && a.to <= b.from));
      expect(is('range_right')).toBe(Number(some && b.to <= a.from));
      expect(is('range_not_extend_right')).toBe(Number(some && a.to <= b.to));
      expect(is('range_not_extend_left')).toBe(Number(some && a.from >= b.from));
      expect(is('range_adjacent')).toBe(Number(some && (a.to === b.from || b.to === a.from)));
    }),
    { numRuns: 500 },
  );
});

test('range bounds that are numbers or moments compare by value', () => {
  expect(call('range_contains', '[9,10.5]', '[10,10.50]')).toBe(1);
  expect(call('range_left', '["2024-01-01 00:00:00+00","2024-01-02 00:00:00+00")', '["2024-01-02 00:00:00.5+00",)')).toBe(1);
  expect(call('range_contains', '(,)', '[1,2)')).toBe(1);
});
