/** Regular expressions: PostgreSQL's escapes, linear time, and errors with its state. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkPattern } from '#lib/engine/functions/check-pattern.ts';
import { matchRegexp } from '#lib/engine/functions/match-regexp.ts';

test.each([
  ['foo bar', '\\mbar\\M', '', true],
  ['foobar', '\\mbar', '', false],
  ['foo', '^F', 'i', true],
  ['a\nb', 'a.b', '', true],
  ['a\nb', '^b', '', false],
  ['a\nb', '^b', 'n', true],
  ['x1', '[[:digit:]]', '', true],
  ['abc', '^(a|x)b{1,2}c$', '', true],
] as const)('%j ~ %s (%s)', (text, pattern, flags, expected) => {
  expect(matchRegexp(text, pattern, flags)).toBe(expected);
});

test('agrees with JavaScript on simple patterns', () => {
  const atom = fc.constantFrom('a', 'b', '.', '[ab]', 'a*', 'b+', '(a|b)', 'a?', '^', '$');
  fc.assert(
    fc.property(fc.array(atom, { maxLength: 5 }), fc.stringMatching(/^[abc]{0,8}$/), (atoms, text) => {
      const pattern = atoms.join('');
      expect(matchRegexp(text, pattern)).toBe(new RegExp(pattern, 's').test(text));
    }),
    { numRuns: 500 },
  );
});

test('a pattern that would backtrack for ever ends', () => {
  expect(matchRegexp(`${'a'.repeat(50_000)}!`, '^(a+)+$')).toBe(false);
});

test.each([
  ['regexp', '(', '2201B', 'invalid regular expression: parentheses () not balanced'],
  ['regexp', '[', '2201B', 'invalid regular expression: brackets [] not balanced'],
  ['regexp', '*', '2201B', 'invalid regular expression: quantifier operand invalid'],
  ['regexp', '(a)\\1', '2201B', 'invalid regular expression: invalid escape \\ sequence'],
  ['like', 'a\\', '22025', 'LIKE pattern must not end with escape character'],
  ['like', 'x'.repeat(1025), '54000', 'pattern is too long'],
  ['fts', 'a b', '42601', 'syntax error in tsquery: "a b"'],
] as const)('%s %s is refused', (kind, pattern, sqlstate, message) => {
  expect(() => checkPattern(kind, pattern)).toThrow(expect.objectContaining({ sqlstate, message }));
});

test('good patterns come back as they are', () => {
  expect(checkPattern('like', 'a\\\\')).toBe('a\\\\');
  expect(checkPattern('regexp', '^a')).toBe('^a');
});
