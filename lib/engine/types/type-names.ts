/** PostgreSQL's type names and the spellings SQLite files use, each with what it means here. */

import type { SemanticType, TypeKind } from '#lib/engine/types/semantic-type.ts';

const integer8: SemanticType = { kind: 'integer', name: 'integer', bytes: 8 };
const int4: SemanticType = { kind: 'integer', name: 'integer', bytes: 4 };
const int2: SemanticType = { kind: 'integer', name: 'smallint', bytes: 2 };
const int8: SemanticType = { kind: 'integer', name: 'bigint', bytes: 8 };
const float8: SemanticType = { kind: 'float', name: 'double precision', bytes: 8 };
const real8: SemanticType = { kind: 'float', name: 'real', bytes: 8 };
const float4: SemanticType = { kind: 'float', name: 'real', bytes: 4 };
const numeric: SemanticType = { kind: 'numeric', name: 'numeric' };
const boolean: SemanticType = { kind: 'boolean', name: 'boolean' };
const text: SemanticType = { kind: 'text', name: 'text' };
const varchar: SemanticType = { kind: 'text', name: 'character varying' };
const char: SemanticType = { kind: 'text', name: 'character' };
const timestamptz: SemanticType = { kind: 'timestamptz', name: 'timestamp with time zone' };
const timestamp: SemanticType = { kind: 'timestamp', name: 'timestamp without time zone' };
const timetz: SemanticType = { kind: 'timetz', name: 'time with time zone' };
const time: SemanticType = { kind: 'time', name: 'time without time zone' };
const date: SemanticType = { kind: 'date', name: 'date' };
const bytea: SemanticType = { kind: 'bytea', name: 'bytea' };

function range(name: string, element: SemanticType): SemanticType {
  return { kind: 'range', name, element };
}

function named(kind: TypeKind, ...names: string[]): [string, SemanticType][] {
  return names.map((name) => [name, { kind, name }]);
}

function all(type: SemanticType, ...names: string[]): [string, SemanticType][] {
  return names.map((name) => [name, type]);
}

/**
 * By lower-case name. `integer` and `real` are SQLite's (8 bytes), as the words mean in a SQLite file; `int4` and `float4`
 * are PostgreSQL's.
 */
export const typesByName: ReadonlyMap<string, SemanticType> = new Map([
  ...all(integer8, 'integer', 'int', 'serial', 'serial4', 'mediumint', 'unsigned big int', 'tinyint', 'oid'),
  ...all(int4, 'int4'),
  ...all(int2, 'smallint', 'int2', 'smallserial', 'serial2'),
  ...all(int8, 'bigint', 'int8', 'bigserial', 'serial8'),
  ...all(float8, 'double precision', 'float8', 'double', 'float'),
  ...all(real8, 'real'),
  ...all(float4, 'float4'),
  ...all(numeric, 'numeric', 'decimal', 'dec', 'number'),
  ...all(boolean, 'boolean', 'bool'),
  ...all(text, 'text', 'clob', 'longtext', 'mediumtext', 'tinytext'),
  ...all(varchar, 'character varying', 'varchar', 'nvarchar', 'varying character', 'varchar2'),
  ...all(char, 'character', 'char', 'bpchar', 'nchar', 'native character'),
  ...all(timestamptz, 'timestamptz', 'timestamp with time zone'),
  ...all(timestamp, 'timestamp', 'timestamp without time zone', 'datetime'),
  ...all(timetz, 'timetz', 'time with time zone'),
  ...all(time, 'time', 'time without time zone'),
  ...all(date, 'date'),
  ...all(bytea, 'bytea', 'blob', 'longblob', 'binary', 'varbinary'),
  ...named('uuid', 'uuid'),
  ...named('json', 'json'),
  ['jsonb', { kind: 'json', name: 'jsonb', binary: true }],
  ...named('interval', 'interval'),
  ...named('tsvector', 'tsvector'),
  ...named('vector', 'vector', 'halfvec'),
  ...named('geometry', 'geometry', 'geography'),
  ['int4range', range('int4range', int4)],
  ['int8range', range('int8range', int8)],
  ['numrange', range('numrange', numeric)],
  ['tsrange', range('tsrange', timestamp)],
  ['tstzrange', range('tstzrange', timestamptz)],
  ['daterange', range('daterange', date)],
  ...named(
    'text',
    'citext',
    'name',
    'inet',
    'cidr',
    'macaddr',
    'macaddr8',
    'money',
    'xml',
    'tsquery',
    'ltree',
    'bit',
    'bit varying',
  ),
  ...named('text', 'point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle', 'hstore', 'regclass', 'jsonpath', 'varbit'),
]);

/** The spelling that `parseType` reads back as the same type, before affinity is thought of. */
export function shortName(type: SemanticType): string {
  switch (type.kind) {
    case 'integer':
      return type.bytes === 4 ? 'int4' : type.bytes === 2 ? 'smallint' : type.name;
    case 'float':
      return type.bytes === 4 ? 'float4' : type.name;
    case 'numeric':
      return type.precision === undefined ? 'numeric' : `numeric(${type.precision},${type.scale ?? 0})`;
    case 'text':
      return withArgument(shortTextNames.get(type.name) ?? type.name, type.length);
    case 'timestamptz':
    case 'timetz':
      return withArgument(type.kind, type.precision);
    case 'timestamp':
    case 'time':
    case 'interval':
      return withArgument(type.kind, type.precision);
    case 'vector':
      return withArgument(type.name, type.length);
    case 'array':
      return `${type.element ? shortName(type.element) : 'text'}[]`;
    default:
      return type.name;
  }
}

const shortTextNames = new Map([
  ['character varying', 'varchar'],
  ['character', 'char'],
]);

function withArgument(name: string, argument: number | undefined): string {
  return argument === undefined ? name : `${name}(${argument})`;
}
