/** The functions' results, and that those called pure never raise on anything. */

import SQLite from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pureFunctions } from '#lib/engine/functions/functions-list.ts';
import { registerFunctions } from '#lib/engine/functions/register-functions.ts';

const db = new SQLite(':memory:');
registerFunctions(db);

function value(sql: string): unknown {
  return db.prepare(`SELECT ${sql}`).pluck().get();
}

test.each([
  [`timestamp_add('2024-01-31T10:00:00+00:00', '1 month', 1)`, '2024-02-29T10:00:00+00:00'],
  [`timestamp_add('2024-03-31T10:00:00', '1 month', -1)`, '2024-02-29T10:00:00'],
  [`timestamp_add('2024-01-31', '1 day 01:00', 1)`, '2024-02-01T01:00:00'],
  [`timestamp_add('23:00:00', '2 hours', 1)`, '01:00:00'],
  [`timestamp_add('1 day', '02:00', 1)`, '1 day 02:00:00'],
  [`timestamp_diff('2024-03-01', '2024-02-01')`, 29],
  [`timestamp_diff('2024-03-01T00:00:00+00:00', '2024-03-02T12:00:00+00:00')`, '-1 days -12:00:00'],
  [`date_trunc('month', '2024-06-15T10:20:30.5+00:00')`, '2024-06-01T00:00:00+00:00'],
  [`date_trunc('week', '2024-06-15T10:20:30')`, '2024-06-10T00:00:00'],
  [`date_trunc('day', '2024-06-15T03:00:00+00:00', 'America/New_York')`, '2024-06-14T04:00:00+00:00'],
  [`extract_field('week', '2024-12-30')`, 1],
  [`extract_field('isoyear', '2024-12-30')`, 2025],
  [`extract_field('dow', '2024-06-16')`, 0],
  [`extract_field('epoch', '1970-01-02T00:00:00.5+00:00')`, 86400.5],
  [`extract_field('hour', '1 day 25:00:00')`, 25],
  [`at_time_zone('2024-06-15T12:00:00+00:00', 'Europe/Paris')`, '2024-06-15T14:00:00'],
  [`at_time_zone('2024-06-15T14:00:00', 'Europe/Paris')`, '2024-06-15T12:00:00+00:00'],
  [`to_timestamp(1.5)`, '1970-01-01T00:00:01.5+00:00'],
  [`to_char('2024-06-05T13:05:09+00:00', 'YYYY-MM-DD HH12:MI:SS AM FMMonth FMDDth')`, '2024-06-05 01:05:09 PM June 5th'],
  [`to_char(1234.5, 'FM999,990.00')`, '1,234.50'],
  [`to_char(-7, '000')`, '-007'],
  [`left('héllo', 2) || right('héllo', -3)`, 'hélo'],
  [`lpad('7', 3, '0') || rpad('a', 3, 'xy') || lpad('abc', 2)`, '007axyab'],
  [`split_part('a,b,c', ',', 2) || split_part('a,b', ',', -1) || split_part('a', ',', 2)`, 'bb'],
  [`initcap('hello wORLD-x')`, 'Hello World-X'],
  [`translate('12345', '143', 'ax')`, 'a2x5'],
  [`string_to_array('a,b,', ',')`, '["a","b",""]'],
  [`array_to_string('["a",null,"b"]', ',', '*')`, 'a,*,b'],
  [`array_length('[[1,2,3],[4,5,6]]', 2)`, 3],
  [`array_position('["a","b"]', 'b')`, 2],
  [`array_remove('[1,2,1]', 1)`, '[2]'],
  [`cardinality('[]')`, 0],
  [`array_length('[]', 1)`, null],
  [`json_strip_nulls('{"a":null,"b":[null,{"c":null}]}')`, '{"b":[null,{}]}'],
  [`json_path_text('{"a":[{"b":1.10}]}', '{a,0,b}')`, '1.10'],
  [`jsonb_concat('{"a":1}', '{"b":2}')`, '{"a":1,"b":2}'],
  [`jsonb_set('{"a":{}}', '{a,b}', '1')`, '{"a":{"b":1}}'],
  [`json_has_key('{"a":1}', 'a') + json_has_any('{"a":1}', '["x","a"]') + json_has_all('{"a":1}', '{x,a}')`, 2],
  [`csv_cell('"a \\"b\\""')`, '"a ""b"""'],
  [`csv_cell('true') || csv_cell('null') || csv_cell('[1,2]')`, 't"[1, 2]"'],
  [`encode(decode('aGk=', 'base64'), 'hex')`, '6869'],
  [`md5('abc')`, '900150983cd24fb0d6963f7d28e17f72'],
  [`encode(sha256('abc'), 'hex')`, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [`storage_foldername('a/b/c.png') || storage_filename('a/b/c.png') || storage_extension('a/b/c.png')`, '["a","b"]c.pngpng'],
  [`cosine_distance('[1,0]', '[1,0]')`, 0],
  [`l2_distance('[0,0]', '[3,4]')`, 5],
  [`l2_distance('[0]', '[3,4]')`, null],
  [`regexp_replace('a1b2', '\\d', '<\\&>', 'g')`, 'a<1>b<2>'],
  [`'abc' REGEXP '^a'`, 1],
  [`numeric_compare('1.10', 1.1)`, 0],
  [`(SELECT numeric_sum(column1) FROM (VALUES ('0.10'), (1), (NULL), ('12345678901234567890.05')))`, '12345678901234567891.15'],
  [`(SELECT numeric_avg(column1) FROM (VALUES (1), (2), (2)))`, '1.6666666666666667'],
  [`(SELECT numeric_sum(1) WHERE 0)`, null],
  [`typeof(array_length('[1]', 1)) || typeof(json_contains('1', '1'))`, 'integerinteger'],
  [`length(gen_random_uuid())`, 36],
  [`ilike(NULL, 'a')`, null],
])('%s', (sql, expected) => {
  expect(value(sql)).toEqual(expected);
});

const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.json({ maxDepth: 2 }),
  fc.constantFrom(
    '{a,b}',
    '[1,2)',
    'empty',
    '2024-01-31T00:00:00+00:00',
    '9999-12-31',
    '0001-01-01T00:00:00',
    'infinity',
    '1 year',
    '-999999999 years',
    '1e9999999',
    'NaN',
    '\\',
    '%',
    '[',
    '["\\u0000"]',
    '{"__proto__":1}',
    'day',
    'hex',
    'sha256',
    'UTC',
    'YYYY',
    '999',
    `${'['.repeat(1200)}`,
    'numeric(1000,1000)',
    'timestamptz',
    'x[]',
  ),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double(),
  fc.constant(null),
  fc.uint8Array({ maxLength: 8 }),
);

const ours = db
  .prepare("SELECT DISTINCT name, narg FROM pragma_function_list WHERE builtin = 0 AND type = 's' AND narg >= 0")
  .all() as { name: string; narg: number }[];
const aggregates = new Set(['numeric_sum', 'numeric_avg']);
const pure = ours.filter(({ name }) => pureFunctions.has(name) && !aggregates.has(name) && !/^fts|^rtree/.test(name));

test('there are pure functions to try', () => {
  expect(pure.length).toBeGreaterThan(100);
});

test.each(pure)('$name of $narg arguments never raises', ({ name, narg }) => {
  const statement = db.prepare(`SELECT ${name}(${Array.from({ length: narg }, () => '?').join(', ')})`);
  fc.assert(
    fc.property(fc.array(odd, { minLength: narg, maxLength: narg }), (values) => {
      statement.get(...values);
    }),
    { numRuns: 60 },
  );
});
