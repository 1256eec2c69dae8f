/** Stored values print as PostgREST prints them, compare and sort as PostgreSQL does, through real SQLite. */

import SQLite from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { registerFunctions } from '#lib/engine/functions/register-functions.ts';
import { canonicalExpression } from '#lib/engine/types/canonical-expression.ts';
import { castExpression } from '#lib/engine/types/cast.ts';
import { parseType, toPhysicalType } from '#lib/engine/types/declared-type.ts';
import { encodeText } from '#lib/engine/types/encode.ts';
import { compareExpression, jsonExpression, orderExpression } from '#lib/engine/types/json-expression.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';
import { textExpression } from '#lib/engine/types/to-text.ts';

const enums = new Map([['mood', ['sad', 'ok', 'happy']]]);

function open(declared: string, values: readonly (SqlValue | undefined)[]) {
  const db = new SQLite(':memory:');
  registerFunctions(db);
  const type = parseType(declared, enums);
  db.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, c ${toPhysicalType(type)})`);
  for (const value of values) db.prepare('INSERT INTO t (c) VALUES (?)').run(value);
  return { db, type, all: (sql: string) => db.prepare(sql).pluck().safeIntegers().all() };
}

const printed: [string, string, string, string][] = [
  ['boolean', 'true', 'true', 't'],
  ['integer', '9223372036854775807', '9223372036854775807', '9223372036854775807'],
  ['numeric', '1.10', '1.10', '1.10'],
  ['numeric', '12345678901234567890.10', '12345678901234567890.10', '12345678901234567890.10'],
  ['numeric', 'NaN', '"NaN"', 'NaN'],
  ['numeric(10,2)', '999.9', '999.90', '999.90'],
  ['numeric(10,2)', '5', '5.00', '5.00'],
  ['numeric(12,0)', '5', '5', '5'],
  ['float8', '1', '1', '1'],
  ['float8', '0.5', '0.5', '0.5'],
  ['float8', 'Infinity', '"Infinity"', 'Infinity'],
  ['float8', 'NaN', '"NaN"', 'NaN'],
  ['text', '1e5', '"1e5"', '1e5'],
  ['jsonb', '{"b":1.50,"a":[1,"x"]}', '{"a":[1,"x"],"b":1.50}', '{"a": [1, "x"], "b": 1.50}'],
  ['text[]', '{a,NULL,"b c"}', '["a",null,"b c"]', '{a,NULL,"b c"}'],
  ['boolean[]', '{t,f}', '[true,false]', '{t,f}'],
  ['bytea', '\\x6869', '"\\\\x6869"', '\\x6869'],
  ['timestamptz', '2024-06-15 10:00:00.5+02', '"2024-06-15T08:00:00.5+00:00"', '2024-06-15 08:00:00.5+00'],
  ['timestamp', '2024-06-15 10:00', '"2024-06-15T10:00:00"', '2024-06-15 10:00:00'],
  ['int4range', '[1,3]', '"[1,4)"', '[1,4)'],
  ['interval', '1 hour', '"01:00:00"', '01:00:00'],
  ['vector(2)', '[1,2]', '"[1,2]"', '[1,2]'],
  ['geometry', 'POINT(1 2)', '{"type":"Point","coordinates":[1,2]}', '{"type":"Point","coordinates":[1,2]}'],
  ['mood', 'sad', '"sad"', 'sad'],
  ['date', '2024-06-15', '"2024-06-15"', '2024-06-15'],
];

test.each(printed)('%s %s', (declared, input, json, text) => {
  const type = parseType(declared, enums);
  const { all } = open(declared, [encodeText(type, input), null]);
  expect(all(`SELECT json_object('c', ${jsonExpression(type, 'c')}) FROM t`)).toEqual([`{"c":${json}}`, '{"c":null}']);
  expect(all(`SELECT ${textExpression(type, 'c')} FROM t`)).toEqual([text, null]);
});

test.each(['json', 'jsonb', 'text[]', 'numeric', 'numeric(10,2)', 'boolean', 'float8', 'bytea', 'WHATEVER'])(
  'a column of %s never raises, whatever it holds',
  (declared) => {
    const type = parseType(declared);
    const odd: SqlValue[] = ['{bad', '', '1', 'x', '[1', '{"a":', 1n, 1.5, '['.repeat(2000)];
    if (!['numeric', 'boolean', 'float'].includes(type.kind)) odd.push(Buffer.from([0, 255]));
    const { all } = open(declared, odd);
    expect(all(`SELECT json_object('c', ${jsonExpression(type, 'c')}) FROM t`)).toHaveLength(odd.length);
    expect(all(`SELECT ${textExpression(type, 'c')} FROM t`)).toHaveLength(odd.length);
    expect(all(`SELECT c FROM t ORDER BY ${orderExpression(type, 'c')}`)).toHaveLength(odd.length);
  },
);

const sorted: [string, string[]][] = [
  ['numeric', ['-Infinity', '-10', '-9.5', '0', '0.00001', '1.05', '1.10', '2', '10', '12345678901234567890.1', 'NaN']],
  ['interval', ['-1 days', '00:00:01', '1 day', '25:00:00', '1 mon']],
  ['mood', ['sad', 'ok', 'happy']],
  ['int4range', ['empty', '(,5)', '[-2,1)', '[1,2)', '[1,10)', '[1,)', '[10,11)']],
  ['int4[]', ['{}', '{1}', '{1,2}', '{2}', '{10}']],
  ['timetz', ['10:00:00+02', '09:00:00+00', '08:00:00-02']],
];

test.each(sorted)('%s sorts by value', (declared, inOrder) => {
  const type = parseType(declared, enums);
  const stored = inOrder.map((text) => encodeText(type, text));
  const { all } = open(declared, [...stored].reverse());
  expect(all(`SELECT c FROM t ORDER BY ${orderExpression(type, 'c')}`)).toEqual(stored);
});

test('numerics compare by value and can still be found by a bound literal', () => {
  const type = parseType('numeric');
  const { db } = open('numeric', [encodeText(type, '1.10'), encodeText(type, '1.1'), encodeText(type, '2')]);
  const find = db.prepare(`SELECT id FROM t WHERE ${compareExpression(type, 'c')} = ${compareExpression(type, '+?')}`).pluck();
  expect(find.all(encodeText(type, '1.100'))).toEqual([1, 2]);
  const above = db.prepare(`SELECT id FROM t WHERE ${compareExpression(type, 'c')} > ${compareExpression(type, '+?')}`).pluck();
  expect(above.all(encodeText(type, '1.5'))).toEqual([3]);
});

test('a numeric with up to 15 digits keeps its index', () => {
  const type = parseType('numeric(10,2)');
  const { db } = open('numeric(10,2)', []);
  db.exec('CREATE INDEX i ON t (c)');
  const plan = db
    .prepare(`EXPLAIN QUERY PLAN SELECT id FROM t WHERE ${compareExpression(type, 'c')} = ${compareExpression(type, '+?')}`)
    .all(1);
  expect(JSON.stringify(plan)).toContain('SEARCH');
});

test('any numeric prints the digits it was given', () => {
  const type = parseType('numeric');
  const { db } = open('numeric', []);
  const roundTrip = db.prepare(`SELECT json_object('c', ${jsonExpression(type, 'x')}) FROM (SELECT ? AS x)`).pluck();
  const number = fc.oneof(
    fc.bigInt().map(String),
    fc.tuple(fc.integer(), fc.stringMatching(/^\d{1,20}$/)).map(([whole, fraction]) => `${whole}.${fraction}`),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }).map(String),
  );
  fc.assert(
    fc.property(number, (text) => {
      if (/e/.test(text) || /^-0(?:\.0*)?$/.test(text)) return;
      expect(roundTrip.get(encodeText(type, text))).toBe(`{"c":${text}}`);
    }),
    { numRuns: 500 },
  );
});

const casts: [string, SqlValue, string, SqlValue][] = [
  ['text', '42', 'int', 42n],
  ['text', 'abc', 'int', null],
  ['numeric', 1.5, 'int4', 2n],
  ['integer', 1n, 'text', '1'],
  ['boolean', 1n, 'text', 'true'],
  ['boolean', 1n, 'int', 1n],
  ['timestamptz', '2024-06-15T10:00:00+00:00', 'date', '2024-06-15'],
  ['timestamptz', '2024-06-15T10:00:00+00:00', 'time', '10:00:00'],
  ['text', '{"a": 1}', 'jsonb', '{"a":1}'],
  ['jsonb', '"7"', 'int', 7n],
  ['jsonb', '{}', 'int', null],
  ['text', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ['text', 'abcdef', 'varchar(3)', 'abc'],
];

test.each(casts)('%s %s::%s', (declared, value, target, expected) => {
  const { all } = open(declared, [value]);
  expect(all(`SELECT ${castExpression(parseType(declared), target, 'c').sql} FROM t`)).toEqual([expected]);
});

test('casts PostgreSQL does not have are refused', () => {
  expect(() => castExpression(parseType('date'), 'int', 'c')).toThrow('cannot cast type date to integer');
  expect(() => castExpression(parseType('text'), 'nope', 'c')).toThrow('type "nope" does not exist');
});

test('a loosely written value becomes canonical or is refused', () => {
  const { db } = open('text', []);
  const canonical = (declared: string, value: SqlValue) =>
    db
      .prepare(`SELECT ${canonicalExpression(parseType(declared, enums), '?')}`)
      .pluck()
      .safeIntegers()
      .get(value);
  expect(canonical('text[]', '{a,b}')).toBe('["a","b"]');
  expect(canonical('timestamptz', '2024-1-5')).toBe('2024-01-05T00:00:00+00:00');
  expect(canonical('boolean', 1n)).toBe(1n);
  expect(canonical('mood[]', '{sad}')).toBe('["sad"]');
  expect(() => canonical('mood', 'x')).toThrow('invalid input value for enum mood: "x"');
  expect(canonical('mood', null)).toBe(null);
});
