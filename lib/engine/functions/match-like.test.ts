/** LIKE agrees with a naive matcher and stays quick on hostile patterns. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchIlike, matchLike } from '#lib/engine/functions/match-like.ts';

/** The definition, by backtracking. */
function naive(text: readonly string[], pattern: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return text.length === 0;
  if (first === '%') return naive(text, rest) || (text.length > 0 && naive(text.slice(1), pattern));
  if (text.length === 0) return false;
  if (first === '_') return naive(text.slice(1), rest);
  if (first === '\\' && rest.length > 0) return text[0] === rest[0] && naive(text.slice(1), rest.slice(1));
  return text[0] === first && naive(text.slice(1), rest);
}

test('LIKE is what the definition says', () => {
  const text = fc.array(fc.constantFrom('a', 'b', '%', '_', '\\', '😀'), { maxLength: 8 });
  fc.assert(
    fc.property(text, text, (characters, pattern) => {
      expect(matchLike(characters.join(''), pattern.join(''))).toBe(naive(characters, pattern));
    }),
    { numRuns: 5000 },
  );
});

test('ILIKE folds case beyond ASCII', () => {
  expect(matchIlike('ÄRGER', 'ä%')).toBe(true);
  expect(matchIlike('İx', '_X')).toBe(true);
  expect(matchLike('ÄRGER', 'ä%')).toBe(false);
});

test('many percent signs do not multiply the work', () => {
  expect(matchLike('a'.repeat(100_000), `${'%a'.repeat(400)}%b`)).toBe(false);
  expect(matchLike('a'.repeat(20_000), `${'%_a'.repeat(300)}%b`)).toBe(false);
});
