/** The suggested ref is always one the form itself accepts. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { refPattern, toProjectRef } from '#components/projects/project-ref.ts';

test.each([
  ['Shop', 'shop'],
  ['Café Orders 2', 'cafe-orders-2'],
  ['  2024 -- plan!  ', 'plan'],
  ['日本', ''],
])('%s suggests "%s"', (name, ref) => {
  expect(toProjectRef(name)).toBe(ref);
});

test('any name suggests less than two letters or a valid ref of at most 32', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (name) => {
      const ref = toProjectRef(name);
      return ref.length < 2 || (refPattern.test(ref) && ref.length <= 32);
    }),
  );
});

test('a valid ref suggests itself', () => {
  fc.assert(fc.property(fc.stringMatching(/^[a-z](-?[a-z0-9]){1,10}$/), (ref) => toProjectRef(ref) === ref));
});
