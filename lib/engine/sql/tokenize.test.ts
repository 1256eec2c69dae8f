/** Tokens lose nothing and know their place. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTrivia, tokenize } from '#lib/engine/sql/tokenize.ts';
import { isSqlError } from '#lib/engine/sql-error.ts';

const kinds = (sql: string) =>
  tokenize(sql)
    .filter((token) => !isTrivia(token))
    .map((token) => `${token.kind} ${token.text}`);

test.each([
  [`'a''b' E'a\\'b' x'ff'`, [`string 'a''b'`, `string E'a\\'b'`, `blob x'ff'`]],
  ['$$a $ b$$ $t$ $$ $t$ $1', ['string $$a $ b$$', 'string $t$ $$ $t$', 'param $1']],
  ['"a""b" `c`', ['quoted "a""b"', 'quoted `c`']],
  ['select [d e] from [t]', ['word select', 'quoted [d e]', 'word from', 'quoted [t]']],
  ['tags[1]', ['word tags', 'operator [', 'number 1', 'operator ]']],
  ['array[[x]]', ['word array', 'operator [', 'operator [', 'word x', 'operator ]', 'operator ]']],
  ['f()[2]', ['word f', 'operator (', 'operator )', 'operator [', 'number 2', 'operator ]']],
  [
    'a::text :b @c ?1 a->>b',
    ['word a', 'operator ::', 'word text', 'param :b', 'param @c', 'param ?1', 'word a', 'operator ->>', 'word b'],
  ],
  [
    'a @> b <@ c && d !~* e',
    ['word a', 'operator @>', 'word b', 'operator <@', 'word c', 'operator &&', 'word d', 'operator !~*', 'word e'],
  ],
  ['1 1.5e-3 .5 0xFF 1_000', ['number 1', 'number 1.5e-3', 'number .5', 'number 0xFF', 'number 1_000']],
  ['a -- b\n/* c\n*/ d', ['word a', 'word d']],
  ['größe 名前 x$1', ['word größe', 'word 名前', 'word x$1']],
])('%s', (sql, expected) => {
  expect(kinds(sql)).toEqual(expected);
});

test('lines and columns count from one', () => {
  const tokens = tokenize(`select\n  'a\nb' c`).filter((token) => !isTrivia(token));
  expect(tokens.map(({ text, line, column }) => [text, line, column])).toEqual([
    ['select', 1, 1],
    [`'a\nb'`, 2, 3],
    ['c', 3, 4],
  ]);
});

test.each([`'open`, '"open', '$$open', '$a$open$b$', '/* open', 'a\0b'])('%j is refused', (sql) => {
  expect(() => tokenize(sql)).toThrow(expect.objectContaining({ sqlstate: '42601' }));
});

test('property: the texts put together are the input', () => {
  const pieces = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom("'", '"', '$$', '[', ']', '--', '/*', '*/', '\n', '::', '->', '@>', ' ', 'a', '1', '`', '$a$', '\ud800'),
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const sql = parts.join('');
      try {
        const tokens = tokenize(sql);
        expect(tokens.map((token) => token.text).join('')).toBe(sql);
        expect(
          tokens.every(
            (token, at) => token.start === (at === 0 ? 0 : (tokens[at - 1]?.start ?? 0) + (tokens[at - 1]?.text.length ?? 0)),
          ),
        ).toBe(true);
      } catch (error) {
        if (!isSqlError(error)) throw error;
      }
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['a literal', `'${'x'.repeat(8_000_000)}'`],
  ['a literal of quotes', `'${"''".repeat(500_000)}'`],
  ['an E literal', `E'${'x'.repeat(8_000_000)}'`],
  ['a name', `"${'x'.repeat(8_000_000)}"`],
  ['a comment', `/*${'* '.repeat(4_000_000)}*/`],
])('%s of megabytes is one token', (_name, sql) => {
  expect(tokenize(sql).map(({ text }) => text.length)).toEqual([sql.length]);
});
