/** Values from requests into the one form the file keeps, checked as PostgreSQL checks them. */

import { encodeArrayLiteral, encodeJsonArray } from '#lib/engine/types/encode-array.ts';
import { encodeBoolean, encodeFloat, encodeInteger } from '#lib/engine/types/encode-number.ts';
import { encodeRange } from '#lib/engine/types/encode-range.ts';
import {
  encodeBytea,
  encodeCharacters,
  encodeEnum,
  encodeGeometry,
  encodeUuid,
  encodeVector,
} from '#lib/engine/types/encode-text.ts';
import { encodeTemporal } from '#lib/engine/types/encode-time.ts';
import { canonicalJsonb, toJsonbText } from '#lib/engine/types/jsonb.ts';
import { encodeNumeric } from '#lib/engine/types/numeric.ts';
import { compactJson, isJsonNumber, toJsonText } from '#lib/engine/types/parse-json.ts';
import type { SemanticType, SqlValue } from '#lib/engine/types/semantic-type.ts';
import { parseLexemes, printLexemes } from '#lib/engine/types/tsvector-literal.ts';

/** A literal from a URL, a CSV cell or SQL, as stored. Throws a SqlError of class 22. */
export function encodeText(type: SemanticType, text: string): SqlValue {
  switch (type.kind) {
    case 'integer':
      return encodeInteger(type, text);
    case 'float':
      return encodeFloat(type, text);
    case 'numeric':
      return encodeNumeric(type, text);
    case 'boolean':
      return encodeBoolean(text);
    case 'text':
      return encodeCharacters(type, text);
    case 'uuid':
      return encodeUuid(text);
    case 'enum':
      return encodeEnum(type, text);
    case 'json':
      return type.binary ? canonicalJsonb(text) : compactJson(text);
    case 'timestamptz':
    case 'timestamp':
    case 'date':
    case 'time':
    case 'timetz':
    case 'interval':
      return encodeTemporal(type, text);
    case 'bytea':
      return encodeBytea(text);
    case 'array':
      return encodeArrayLiteral(type, text);
    case 'range':
      return encodeRange(type, text);
    case 'tsvector':
      return printLexemes(parseLexemes(text));
    case 'vector':
      return encodeVector(type, text);
    case 'geometry':
      return encodeGeometry(type, text);
    case 'unknown':
      return text;
  }
}

/** A value of a JSON body (see `parseJson`) as stored: what `json_populate_record` would make of it. */
export function encodeJson(type: SemanticType, value: unknown): SqlValue {
  if (type.kind === 'json')
    return value === undefined || value === null ? null : type.binary ? toJsonbText(value) : toJsonText(value);
  if (value === null || value === undefined) return null;
  if (type.kind === 'boolean' && typeof value === 'boolean') return value ? 1n : 0n;
  if (type.kind === 'integer' && Number.isSafeInteger(value)) return encodeInteger(type, String(value));
  if (typeof value === 'object' && !isJsonNumber(value)) {
    if (type.kind === 'array' || type.kind === 'vector') {
      if (Array.isArray(value))
        return type.kind === 'array' ? encodeJsonArray(type, value) : encodeVector(type, toJsonText(value));
    }
    if (type.kind === 'unknown') return toJsonText(value);
  }
  if (type.kind === 'unknown' && typeof value !== 'string') return encodeUnknown(value);
  return encodeText(type, jsonToText(value));
}

/** A column SQLite types by value keeps JSON's own type. */
function encodeUnknown(value: unknown): SqlValue {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  return encodeNumeric({ kind: 'numeric', name: 'numeric' }, String(value));
}

/** A SQL value of a loosely written statement (`'{a,b}'`, `1`, `TRUE`) as stored. */
export function encodeSql(type: SemanticType, value: SqlValue): SqlValue {
  if (value === null || type.kind === 'unknown') return value;
  if (value instanceof Uint8Array) return type.kind === 'bytea' ? value : encodeText(type, Buffer.from(value).toString('utf8'));
  if (type.kind === 'float' && typeof value !== 'string') return encodeFloat(type, printNumber(Number(value)));
  return encodeText(type, typeof value === 'number' ? printNumber(value) : String(value));
}

/** PostgreSQL would take `1.0` for an integer in SQL; SQLite's REAL carries no more than that. */
function printNumber(value: number): string {
  return String(value);
}

/** The text PostgreSQL's `->>` gives: strings bare, everything else as JSON. */
export function jsonToText(value: unknown): string {
  return typeof value === 'string' ? value : toJsonText(value);
}
