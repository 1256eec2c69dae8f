import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteName, toSqliteTokens, unquoteName } from '#lib/engine/import/sqlite-tokens.ts';

test('joined tokens are the input, whatever it is', () => {
  const sqlish = fc.string({
    unit: fc.constantFrom('a', 'Z', '_', '1', '.', "'", '"', '`', '[', ']', '(', ')', '-', '/', '*', '\n', ' ', 'é', '𝛑'),
  });
  fc.assert(
    fc.property(fc.oneof(sqlish, fc.string({ unit: 'binary' })), (sql) => {
      const tokens = toSqliteTokens(sql);
      expect(tokens.map((token) => token.text).join('')).toBe(sql);
      expect(tokens.every((token) => token.text.length > 0)).toBe(true);
    }),
  );
});

test('a quoted name reads back as itself', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (name) => {
      const tokens = toSqliteTokens(quoteName(name));
      expect(tokens).toHaveLength(1);
      expect(unquoteName(tokens[0]?.text ?? '')).toBe(name);
    }),
  );
});

test('brackets, comments and strings are cut as SQLite cuts them', () => {
  const kinds = toSqliteTokens("[a b]/* ' */x'00'--c").map((token) => [token.kind, token.text]);
  expect(kinds).toEqual([
    ['name', '[a b]'],
    ['blank', "/* ' */"],
    ['string', "x'00'"],
    ['blank', '--c'],
  ]);
});
