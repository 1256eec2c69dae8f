/** What goes through the command line as JSON comes out with every digit and every column. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toDistinct } from './commands/sql.ts';
import { parseExact, stringifyExact } from './exact-json.ts';

test('any JSON with 64-bit integers survives a round trip', () => {
  const integer = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const document = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      integer.map(String),
      fc.string().map((text) => JSON.stringify(text)),
      fc.constantFrom('true', 'false', 'null', '1.5', '-0.25'),
      fc.array(tie('value')).map((items) => `[${items.join(',')}]`),
      fc.dictionary(fc.string(), tie('value')).map((entries) => {
        return `{${Object.entries(entries).map(([key, value]) => `${JSON.stringify(key)}:${value}`)}}`;
      }),
    ),
  })).value;
  fc.assert(
    fc.property(document, (text) => {
      expect(stringifyExact(parseExact(String(text)))).toBe(text);
    }),
  );
});

test('only an integer that a number cannot hold becomes a bigint', () => {
  expect(parseExact('[9007199254740991, 9007199254740992, -9007199254740993, 1e300, 0.1]')).toEqual([
    9007199254740991,
    9007199254740992n,
    -9007199254740993n,
    1e300,
    0.1,
  ]);
});

test('column names become distinct, the first of each staying as it is', () => {
  const names = fc.array(fc.constantFrom('a', 'b', 'a_1', 'a_2', ''));
  fc.assert(
    fc.property(names, (columns) => {
      const distinct = toDistinct(columns);
      expect(new Set(distinct).size).toBe(columns.length);
      for (const column of new Set(columns)) expect(distinct[columns.indexOf(column)]).toBe(column);
    }),
  );
});
