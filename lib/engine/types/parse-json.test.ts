/** JSON keeps its digits, its depth limit, and its hands off prototypes. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compactJson, isJsonNumber, parseJson, toJsonText } from '#lib/engine/types/parse-json.ts';

test('plain values are JavaScript values', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.parse(toJsonText(parseJson(text)))).toEqual(JSON.parse(text));
    }),
  );
});

test.each(['12345678901234567890', '1.10', '1e400', '-0', '0.1000', '1E5'])('%s keeps its source', (source) => {
  const value = parseJson(`[${source}]`) as unknown[];
  expect(isJsonNumber(value[0])).toBe(true);
  expect(toJsonText(value)).toBe(`[${source}]`);
});

test('short numbers stay numbers', () => {
  expect(parseJson('[1,1.5,-3]')).toEqual([1, 1.5, -3]);
});

test('too deep is refused, brackets in strings are not counted', () => {
  expect(() => parseJson('['.repeat(1001) + ']'.repeat(1001))).toThrow('stack depth limit exceeded');
  expect(() => parseJson('['.repeat(200_000))).toThrow('stack depth limit exceeded');
  expect(parseJson(`["${'['.repeat(2000)}"]`)).toEqual(['['.repeat(2000)]);
  expect(parseJson('['.repeat(1000) + ']'.repeat(1000))).toBeInstanceOf(Array);
});

test('__proto__ is plain data', () => {
  const value = parseJson('{"__proto__":{"admin":1.10},"a":1}') as object;
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect(Object.hasOwn(value, '__proto__')).toBe(true);
  expect('admin' in value).toBe(false);
});

test('compacting touches only the space between tokens', () => {
  expect(compactJson(' { "a b" : [ 1 , "x \\" y" ] } ')).toBe('{"a b":[1,"x \\" y"]}');
  expect(compactJson('{"a":1,"a":2}')).toBe('{"a":1,"a":2}');
});

test('malformed text is 22P02', () => {
  expect(() => parseJson('{')).toThrow(expect.objectContaining({ sqlstate: '22P02' }));
});
