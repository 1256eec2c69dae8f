/** Literals and JSON values become PostgreSQL's values, or its errors. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSqlError } from '#lib/engine/sql-error.ts';
import { parseType } from '#lib/engine/types/declared-type.ts';
import { encodeJson, encodeText } from '#lib/engine/types/encode.ts';
import { parseJson } from '#lib/engine/types/parse-json.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

const enums = new Map([['user_status', ['ONLINE', 'OFFLINE']]]);

function type(declared: string) {
  return parseType(declared, enums);
}

const texts: [string, string, SqlValue][] = [
  ['integer', ' 42 ', 42n],
  ['integer', '9223372036854775807', 9223372036854775807n],
  ['boolean', 'T', 1n],
  ['boolean', 'off', 0n],
  ['float8', '1e400', 'ERR 22003 "1e400" is out of range for type double precision'],
  ['float8', 'NaN', 'NaN'],
  ['float4', '0.1', 0.1],
  ['numeric', '1.10', '1.10'],
  ['numeric', '1.5', 1.5],
  ['numeric', '100', 100n],
  ['numeric', '1e2', 100n],
  ['numeric', '12345678901234567890.10', '12345678901234567890.10'],
  ['numeric(10,2)', '1.005', 1.01],
  ['numeric(30,2)', '1.5', '1.50'],
  ['numeric(4,2)', '123', 'ERR 22003 numeric field overflow'],
  ['uuid', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ['uuid', 'a0eebc999c0b4ef8bb6d6bb9bd380a11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ['timestamptz', '2024-06-15', '2024-06-15T00:00:00+00:00'],
  ['timestamptz', '2024-06-15 12:00:00.120+02', '2024-06-15T10:00:00.12+00:00'],
  ['timestamptz', '2024-06-15T12:00:00Z', '2024-06-15T12:00:00+00:00'],
  ['timestamptz', '2024-06-15 12:00 America/New_York', '2024-06-15T16:00:00+00:00'],
  ['timestamptz', '2024-11-03 01:30 America/New_York', '2024-11-03T06:30:00+00:00'],
  ['timestamptz', '2024-03-10 02:30 America/New_York', '2024-03-10T07:30:00+00:00'],
  ['timestamptz', '20240615T101112', '2024-06-15T10:11:12+00:00'],
  ['timestamptz', '2024-06-15 12:00 AM', '2024-06-15T00:00:00+00:00'],
  ['timestamptz', 'epoch', '1970-01-01T00:00:00+00:00'],
  ['timestamptz', 'infinity', 'infinity'],
  ['timestamptz', 'June 15, 2024 1:30 PM', '2024-06-15T13:30:00+00:00'],
  ['timestamptz', '2024-13-01', 'ERR 22008 date/time field value out of range: "2024-13-01"'],
  ['timestamptz', 'abc', 'ERR 22007 invalid input syntax for type timestamp with time zone: "abc"'],
  ['timestamp', '2024-06-15T12:00:00+02', '2024-06-15T12:00:00'],
  ['date', '2024-06-15T12:00:00', '2024-06-15'],
  ['date', '06/15/2024', '2024-06-15'],
  ['date', '2023-02-29', 'ERR 22008 date/time field value out of range: "2023-02-29"'],
  ['time', '10:20', '10:20:00'],
  ['timetz', '10:20:30+02', '10:20:30+02'],
  ['interval', 'P1Y2M3DT4H5M6.5S', '1 year 2 mons 3 days 04:05:06.5'],
  ['interval', '-1 day 02:00', '-1 days +02:00:00'],
  ['interval', '90 minutes', '01:30:00'],
  ['text[]', '{a,"b,c",NULL}', '["a","b,c",null]'],
  ['int4[]', '{1,2}', '[1,2]'],
  ['int4[]', '{{1,2},{3,4}}', '[[1,2],[3,4]]'],
  ['boolean[]', '{t,f}', '[true,false]'],
  ['text[]', '{a', 'ERR 22P02 malformed array literal: "{a"'],
  ['int4[]', '{a}', 'ERR 22P02 invalid input syntax for type integer: "a"'],
  ['int4range', '[1,5]', '[1,6)'],
  ['int4range', '(1,2)', 'empty'],
  ['int4range', '[3,1)', 'ERR 22000 range lower bound must be less than or equal to range upper bound'],
  ['numrange', '[1,1.5]', '[1,1.5]'],
  ['tsrange', '[2024-01-01, 2024-01-02)', '["2024-01-01 00:00:00","2024-01-02 00:00:00")'],
  ['daterange', '[2024-01-01,2024-01-31]', '[2024-01-01,2024-02-01)'],
  ['int4range', 'x', 'ERR 22P02 malformed range literal: "x"'],
  ['jsonb', '{"bb":1,"a":1.50,"a":2,"c":1e2}', '{"a":2,"c":100,"bb":1}'],
  ['json', ' {"b" : 1, "a": 2} ', '{"b":1,"a":2}'],
  ['json', '{', 'ERR 22P02 invalid input syntax for type json'],
  ['tsvector', "fat cat 'it''s':2A", "'cat' 'fat' 'it''s':2A"],
  ['vector(3)', '[1, 2, 3.5]', '[1,2,3.5]'],
  ['vector(2)', '[1,2,3]', 'ERR 22000 expected 2 dimensions, not 3'],
  ['geometry(Point,4326)', 'SRID=4326;POINT(-71.1 42.3)', '{"type":"Point","coordinates":[-71.1,42.3]}'],
  ['user_status', 'x', 'ERR 22P02 invalid input value for enum user_status: "x"'],
  ['varchar(3)', 'abcd', 'ERR 22001 value too long for type character varying(3)'],
  ['varchar(3)', 'abc  ', 'abc'],
  ['char(3)', 'a', 'a  '],
  ['integer', 'abc', 'ERR 22P02 invalid input syntax for type integer: "abc"'],
  ['smallint', '40000', 'ERR 22003 value "40000" is out of range for type smallint'],
  ['int4', '2147483648', 'ERR 22003 value "2147483648" is out of range for type integer'],
  ['boolean', 'o', 'ERR 22P02 invalid input syntax for type boolean: "o"'],
];

function attempt(work: () => SqlValue): SqlValue {
  try {
    return work();
  } catch (error) {
    if (isSqlError(error)) return `ERR ${error.sqlstate} ${error.message}`;
    throw error;
  }
}

test.each(texts)('%s from %s', (declared, text, stored) => {
  expect(attempt(() => encodeText(type(declared), text))).toEqual(stored);
});

test('bytea', () => {
  expect(encodeText(type('bytea'), '\\x6869')).toEqual(Buffer.from('hi'));
  expect(encodeText(type('bytea'), 'a\\\\\\001')).toEqual(Buffer.from('a\\\u0001'));
});

const values: [string, string, SqlValue][] = [
  ['integer', '1', 1n],
  ['integer', '1.0', 'ERR 22P02 invalid input syntax for type integer: "1.0"'],
  ['bigint', '9223372036854775807', 9223372036854775807n],
  ['integer', 'true', 'ERR 22P02 invalid input syntax for type integer: "true"'],
  ['numeric', '1.10', '1.10'],
  ['text', '1.10', '1.10'],
  ['text', 'true', 'true'],
  ['text', '{"a":[1]}', '{"a":[1]}'],
  ['boolean', 'false', 0n],
  ['jsonb', '"x"', '"x"'],
  ['jsonb', 'null', null],
  ['text[]', '["a",null,"b"]', '["a",null,"b"]'],
  ['text[]', '"{a,b}"', '["a","b"]'],
  ['numeric[]', '[1.10,2]', '[1.10,2]'],
  ['jsonb[]', '[[1],{"b":1,"a":2}]', '[[1],{"a":2,"b":1}]'],
  ['int4[]', '[[1],2]', 'ERR 22P02 malformed JSON array'],
  ['vector(2)', '[1,2]', '[1,2]'],
  ['', '7', 7n],
];

test.each(values)('%s from JSON %s', (declared, json, stored) => {
  expect(attempt(() => encodeJson(type(declared), parseJson(json)))).toEqual(stored);
});

test('encoding what was encoded changes nothing', () => {
  const kinds = [
    'timestamptz',
    'timestamp',
    'date',
    'time',
    'interval',
    'int4range',
    'tstzrange',
    'jsonb',
    'tsvector',
    'uuid',
  ] as const;
  const inputs: Record<(typeof kinds)[number], fc.Arbitrary<string>> = {
    timestamptz: fc
      .date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    timestamp: fc
      .date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    date: fc
      .date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    time: fc
      .tuple(fc.nat(23), fc.nat(59), fc.nat(59_999_999))
      .map(([h, m, s]) => `${h}:${m}:${s / 1_000_000}`.replace(/:(\d+)$/, ':$1.0')),
    interval: fc
      .tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: -99, max: 99 }), fc.integer({ min: -9e9, max: 9e9 }))
      .map(([m, d, s]) => `${m} months ${d} days ${s} microseconds`),
    int4range: fc
      .tuple(
        fc.integer({ min: -99, max: 0 }),
        fc.integer({ min: 0, max: 99 }),
        fc.constantFrom('[', '('),
        fc.constantFrom(']', ')'),
      )
      .map(([a, b, l, u]) => `${l}${a},${b}${u}`),
    tstzrange: fc.constantFrom('[2024-01-01,2024-01-02)', '(,2024-01-02 10:00:00.5+02]', 'empty', '[infinity,)'),
    jsonb: fc.json(),
    tsvector: fc
      .array(fc.string({ minLength: 1 }), { minLength: 1 })
      .map((words) => words.map((word) => `'${word.replace(/['\\]/g, '$&$&')}'`).join(' ')),
    uuid: fc.uuid(),
  };
  for (const kind of kinds) {
    fc.assert(
      fc.property(inputs[kind], (input) => {
        const once = attempt(() => encodeText(type(kind), input));
        if (String(once).startsWith('ERR 22P05')) return;
        expect(String(once)).not.toMatch(/^ERR/);
        expect(encodeText(type(kind), String(once))).toEqual(once);
      }),
      { numRuns: 100 },
    );
  }
});

test('canonical moments sort as the moments do', () => {
  const moment = fc.tuple(
    fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
    fc.nat(999),
  );
  fc.assert(
    fc.property(moment, moment, ([a, x], [b, y]) => {
      const [left, right] = [[a, x] as const, [b, y] as const].map(([date, micros]) =>
        String(encodeText(type('timestamptz'), date.toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`))),
      );
      const order = a.getTime() - b.getTime() || x - y;
      expect(Math.sign((left ?? '') < (right ?? '') ? -1 : left === right ? 0 : 1)).toBe(Math.sign(order));
    }),
  );
});

test('text arrays survive their literal', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.string()), { minLength: 1 }), (items) => {
      const literal = `{${items.map((item) => (item === null ? 'NULL' : `"${item.replace(/["\\]/g, '\\$&')}"`)).join(',')}}`;
      const stored = attempt(() => encodeText(type('text[]'), literal));
      if (items.some((item) => item?.includes('\u0000'))) return;
      expect(JSON.parse(String(stored))).toEqual(items);
    }),
  );
});
