import { expect, test } from 'vitest';
import { toCsv, toInserts, toJson, toPretty, toText } from '#components/sql/result-format.ts';

const grid = {
  columns: ['id', 'done', 'data', 'note', 'note', 'big'],
  types: ['integer', 'boolean', 'jsonb', 'text', null, 'bigint'],
  rows: [
    [1, 1, '{"a":[1]}', 'it\'s "so", yes', null, '9007199254740993'],
    [2, 0, null, '=1+1', '-5', 3],
  ],
};

test('booleans are words, whatever SQLite keeps; other numbers stay', () => {
  expect([
    toText(1, 'boolean'),
    toText(0, 'boolean'),
    toText(1, 'integer'),
    toText(null, 'boolean'),
    toText(2, 'boolean'),
  ]).toEqual(['true', 'false', '1', '', '2']);
});

test('a document is spread over lines, other text is not', () => {
  expect(toPretty('{"a":[1]}', 'jsonb')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(toPretty('{no json', 'text')).toBe('{no json');
  expect(toPretty('12', 'jsonb')).toBe('12');
});

test('JSON holds booleans and documents, and every column of one name', () => {
  expect(JSON.parse(toJson(grid))).toEqual([
    { id: 1, done: true, data: { a: [1] }, note: 'it\'s "so", yes', note_2: null, big: '9007199254740993' },
    { id: 2, done: false, data: null, note: '=1+1', note_2: '-5', big: 3 },
  ]);
});

test('CSV quotes what it must and defuses formulas', () => {
  expect(toCsv(grid)).toBe(
    'id,done,data,note,note,big\r\n1,true,"{""a"":[1]}","it\'s ""so"", yes",,9007199254740993\r\n2,false,,\'=1+1,-5,3\r\n',
  );
});

test('INSERT statements hold literals SQL reads back', () => {
  expect(
    toInserts(
      {
        columns: ['id', 'Done', 'big', 'b'],
        types: ['integer', 'boolean', 'bigint', 'bytea'],
        rows: [
          [1, 0, '9007199254740993', '\\x00ff'],
          [2, null, null, "o'k"],
        ],
      },
      'My t',
    ),
  ).toBe(
    "insert into \"My t\" (id, \"Done\", big, b) values\n  (1, false, 9007199254740993, x'00ff'),\n  (2, null, null, 'o''k');",
  );
});
