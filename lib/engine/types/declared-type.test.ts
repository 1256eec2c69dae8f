/** Declared types are read as meant and written so that SQLite keeps every value. */

import SQLite from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findType, parseType, toPhysicalType } from '#lib/engine/types/declared-type.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

const enums = new Map([
  ['user_status', ['ONLINE', 'OFFLINE', '1', '007', '1e5']],
  ['print_kind', ['a']],
  ['Points ~int', ['b']],
]);

const spellings = [
  ['int4', 'integer', 'integer', 4],
  ['INTEGER', 'integer', 'integer', 8],
  ['bigint', 'integer', 'bigint', 8],
  ['smallint', 'integer', 'smallint', 2],
  ['serial', 'integer', 'integer', 8],
  ['double precision', 'float', 'double precision', 8],
  ['float4', 'float', 'real', 4],
  ['character varying', 'text', 'character varying', undefined],
  ['varchar(20)', 'text', 'character varying', undefined],
  ['NVARCHAR(160)', 'text', 'character varying', undefined],
  ['timestamp with time zone', 'timestamptz', 'timestamp with time zone', undefined],
  ['timestamp (3) with time zone', 'timestamptz', 'timestamp with time zone', undefined],
  ['DATETIME', 'timestamp', 'timestamp without time zone', undefined],
  ['bool', 'boolean', 'boolean', undefined],
  ['TINYINT(1)', 'boolean', 'boolean', undefined],
  ['text[]', 'array', 'text[]', undefined],
  ['integer array', 'array', 'integer[]', undefined],
  ['user_status', 'enum', 'user_status', undefined],
  ['public.user_status', 'enum', 'user_status', undefined],
  ['user_status[]', 'array', 'user_status[]', undefined],
  ['vector(384)', 'vector', 'vector', undefined],
  ['int4range', 'range', 'int4range', undefined],
  ['geometry(Point,4326)', 'geometry', 'geometry(Point,4326)', undefined],
  ['jsonb', 'json', 'jsonb', undefined],
  ['BLOB', 'bytea', 'bytea', undefined],
  ['', 'unknown', '', undefined],
  ['WHATEVER', 'unknown', 'WHATEVER', undefined],
  ['UNSIGNED BIG INT', 'integer', 'integer', 8],
] as const;

test.each(spellings)('%s', (declared, kind, name, bytes) => {
  const type = parseType(declared, enums);
  expect([type.kind, type.name, type.bytes]).toEqual([kind, name, bytes]);
});

test('arguments are kept', () => {
  expect(parseType('numeric(10,2)')).toMatchObject({ precision: 10, scale: 2 });
  expect(parseType('decimal(7)')).toMatchObject({ kind: 'numeric', precision: 7, scale: 0 });
  expect(parseType('varchar(20)').length).toBe(20);
  expect(parseType('vector(384)').length).toBe(384);
  expect(parseType('user_status', enums).labels).toEqual(['ONLINE', 'OFFLINE', '1', '007', '1e5']);
});

test('an unknown name is told from a known one', () => {
  expect(findType('no_such_type')).toBeNull();
  expect(findType('no_such_type[]')).toBeNull();
});

const arguments_ = fc.integer({ min: 1, max: 1000 });
const written = fc.oneof(
  fc.constantFrom(...spellings.map(([declared]) => declared)),
  fc.constantFrom(
    'uuid',
    'json',
    'date',
    'time',
    'timetz',
    'interval',
    'bytea',
    'tsvector',
    'vector',
    'numrange',
    'tstzrange',
    'citext',
    'inet',
    'point',
    'real',
    'numeric',
    'print_kind',
    'Points ~int',
  ),
  fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 20 })).map(([p, s]) => `numeric(${p},${s})`),
  arguments_.map((n) => `varchar(${n})`),
  arguments_.map((n) => `char(${n})`),
  fc.integer({ min: 0, max: 6 }).map((n) => `timestamptz(${n})`),
);

test('parseType reads back what toPhysicalType writes', () => {
  const db = new SQLite(':memory:');
  fc.assert(
    fc.property(written, fc.boolean(), (base, array) => {
      const declared = array && base !== '' && base !== 'WHATEVER' ? `${base}[]` : base;
      const type = parseType(declared, enums);
      db.exec(`CREATE TABLE t (c ${toPhysicalType(type)})`);
      const stored = db.pragma('table_info(t)') as { type: string }[];
      db.exec('DROP TABLE t');
      expect(parseType(stored[0]?.type ?? 'missing', enums)).toEqual(type);
      expect(parseType(toPhysicalType(type), enums)).toEqual(type);
    }),
    { numRuns: 300 },
  );
});

const textual = [
  'text',
  'varchar(20)',
  'uuid',
  'user_status',
  'print_kind',
  'Points ~int',
  'json',
  'jsonb',
  'timestamptz',
  'interval',
  'int4range',
  'integer[]',
  'point',
  'geometry(Point,4326)',
  'vector(3)',
  'tsvector',
  'date',
  'time',
  'citext',
  'numeric',
  'numeric(30,2)',
  'bytea',
];
const awkward: SqlValue[] = [
  '1',
  '1e5',
  '007',
  '12345678901234567890.10',
  ' 1',
  '9223372036854775807',
  '{}',
  '',
  '0x10',
  '1.0',
  'Infinity',
  '-0',
];

test.each(textual)('a column of %s keeps awkward texts byte for byte', (declared) => {
  const db = new SQLite(':memory:');
  db.exec(`CREATE TABLE t (c ${toPhysicalType(parseType(declared, enums))})`);
  for (const value of awkward) {
    const kept = db.prepare('INSERT INTO t VALUES (?) RETURNING c, typeof(c) AS kind').get(value);
    expect(kept).toEqual({ c: value, kind: 'text' });
  }
});

test.each(['INTEGER', 'bigint', 'numeric', 'numeric(15,0)', 'boolean'])('a column of %s keeps integers exact', (declared) => {
  const db = new SQLite(':memory:');
  db.exec(`CREATE TABLE t (c ${toPhysicalType(parseType(declared))})`);
  for (const value of [0n, 1n, -1n, 9007199254740993n, 9223372036854775807n, -9223372036854775808n]) {
    const kept = db.prepare('INSERT INTO t VALUES (?) RETURNING c, typeof(c) AS kind').safeIntegers().get(value);
    expect(kept).toEqual({ c: value, kind: 'integer' });
  }
});

test('INTEGER PRIMARY KEY stays a rowid alias', () => {
  const db = new SQLite(':memory:');
  db.exec(`CREATE TABLE t (id ${toPhysicalType(parseType('integer'))} PRIMARY KEY, a)`);
  expect(db.prepare('INSERT INTO t (a) VALUES (1) RETURNING id').pluck().get()).toBe(1);
});
