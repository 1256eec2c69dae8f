/** Depth is counted outside of strings, and one level at a time. */

import { expect, test } from 'vitest';
import { isNestedDeeper } from '#lib/http/json-depth.ts';

test.each([
  ['[[[]]]', 3, false],
  ['[[[]]]', 2, true],
  ['{"a":[{"b":1}]}', 3, false],
  ['{"a":[{"b":1}]}', 2, true],
  ['[[],[],[],[]]', 2, false],
  ['"[[[[["', 1, false],
  ['["\\"[[[["]', 1, false],
  ['["\\\\",[1]]', 1, true],
  ['[[[[', 3, true],
])('%s beyond %i levels: %s', (text, levels, deeper) => {
  expect(isNestedDeeper(text, levels)).toBe(deeper);
});
