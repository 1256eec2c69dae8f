/** Texts with a shape: characters, uuids, enum labels, bytes, vectors, geometries. */

import { SqlError } from '#lib/engine/sql-error.ts';
import { parseJson, toJsonText } from '#lib/engine/types/parse-json.ts';
import type { SemanticType } from '#lib/engine/types/semantic-type.ts';
import { syntaxError, tooLong } from '#lib/engine/types/type-error.ts';

/** `text`, `varchar(n)`, `char(n)`. Throws 22001 when longer than declared (spaces at the end do not count). */
export function encodeCharacters(type: SemanticType, text: string): string {
  if (text.includes('\u0000')) {
    throw new SqlError({ sqlstate: '22021', message: 'invalid byte sequence for encoding "UTF8": 0x00' });
  }
  const { length } = type;
  if (length === undefined) return text;
  if (type.name === 'character') return cut(text, length, type.name).padEnd(length + surrogates(text));
  return cut(text, length, type.name);
}

function cut(text: string, length: number, name: string): string {
  if (text.length <= length) return text;
  const characters = Array.from(text);
  if (characters.length <= length) return text;
  if (characters.slice(length).some((character) => character !== ' ')) throw tooLong(name, length);
  return characters.slice(0, length).join('');
}

function surrogates(text: string): number {
  return text.length - Array.from(text).length;
}

/** Lower case, hyphens in their places; braces and missing hyphens are accepted. Throws 22P02. */
export function encodeUuid(text: string): string {
  const lower = text.trim().toLowerCase();
  if (/^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/.test(lower)) return lower;
  const bare = lower.replace(/^\{(.*)\}$/, '$1');
  if (!/^[\da-f]{4}(?:-?[\da-f]{4}){7}$/.test(bare)) throw syntaxError('uuid', text);
  return bare.replaceAll('-', '').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Throws 22P02 `invalid input value for enum user_status: "x"`. */
export function encodeEnum(type: SemanticType, text: string): string {
  if (type.labels?.includes(text)) return text;
  throw new SqlError({ sqlstate: '22P02', message: `invalid input value for enum ${type.name}: "${text}"` });
}

/** `\x6869` or the escape format. Throws 22P02 or 22023. */
export function encodeBytea(text: string): Uint8Array {
  if (!text.startsWith('\\x')) return unescapeBytea(text);
  const hex = text.slice(2).replace(/\s/g, '');
  const wrong = /[^\da-f]/i.exec(hex);
  if (wrong) throw new SqlError({ sqlstate: '22023', message: `invalid hexadecimal digit: "${wrong[0]}"` });
  if (hex.length % 2 === 1) throw new SqlError({ sqlstate: '22023', message: 'invalid hexadecimal data: odd number of digits' });
  return Buffer.from(hex, 'hex');
}

function unescapeBytea(text: string): Uint8Array {
  if (!text.includes('\\')) return Buffer.from(text);
  const parts: Buffer[] = [];
  for (const [piece, plain, octal] of text.matchAll(/([^\\]+)|\\(?:([0-3][0-7]{2})|\\)|\\/g)) {
    if (piece === '\\') throw syntaxError('bytea', text);
    if (plain !== undefined) parts.push(Buffer.from(plain));
    else parts.push(octal === undefined ? Buffer.from('\\') : Buffer.from([Number.parseInt(octal, 8)]));
  }
  return Buffer.concat(parts);
}

/** pgvector's `[1,2,3]`, of the declared length. Throws 22P02 or 22000. */
export function encodeVector(type: SemanticType, text: string): string {
  const inner = /^\s*\[(.*)\]\s*$/s.exec(text)?.[1];
  if (inner === undefined) {
    throw new SqlError({
      sqlstate: '22P02',
      message: `invalid input syntax for type vector: "${text}"`,
      details: 'Vector contents must start with "[".',
    });
  }
  if (inner.trim() === '') throw new SqlError({ sqlstate: '22000', message: 'vector must have at least 1 dimension' });
  const values = inner.split(',').map((part) => {
    const trimmed = part.trim();
    if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed)) throw syntaxError('vector', text);
    const value = Number(trimmed);
    if (!Number.isFinite(Math.fround(value)))
      throw new SqlError({ sqlstate: '22003', message: `"${trimmed}" is out of range for type vector` });
    return value;
  });
  if (type.length !== undefined && values.length !== type.length) {
    throw new SqlError({ sqlstate: '22000', message: `expected ${type.length} dimensions, not ${values.length}` });
  }
  return `[${values.join(',')}]`;
}

const geometryTypes = new Set([
  'Point',
  'LineString',
  'Polygon',
  'MultiPoint',
  'MultiLineString',
  'MultiPolygon',
  'GeometryCollection',
]);

/** GeoJSON text, or WKT (`POINT(1 2)`, with or without `SRID=4326;`) turned into it. Throws XX000 as PostGIS does. */
export function encodeGeometry(_type: SemanticType, text: string): string {
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) {
    const value = parseJson(trimmed);
    const name = typeof value === 'object' && value !== null ? Reflect.get(value, 'type') : null;
    if (typeof name === 'string' && geometryTypes.has(name)) return toJsonText(value);
    throw invalidGeometry('unknown GeoJSON type');
  }
  const wkt = /^(?:SRID=\d+;)?\s*(POINT|LINESTRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON)\s*(\(.*\))$/is.exec(trimmed);
  const name = [...geometryTypes].find((known) => known.toLowerCase() === wkt?.[1]?.toLowerCase());
  if (!wkt?.[2] || !name) throw invalidGeometry('parse error - invalid geometry');
  const numbers = wkt[2].replace(
    /[+-]?[\d.]+(?:e[+-]?\d+)?(?:\s+[+-]?[\d.]+(?:e[+-]?\d+)?)+/gi,
    (pair) => `[${pair.trim().split(/\s+/).map(Number).join(',')}]`,
  );
  const nested = numbers.replaceAll('(', '[').replaceAll(')', ']');
  const coordinates =
    name === 'Point' ? nested.slice(1, -1) : name === 'MultiPoint' ? nested.replace(/\[\[(.*?)\]\]/g, '[$1]') : nested;
  try {
    return `{"type":"${name}","coordinates":${toJsonText(JSON.parse(coordinates))}}`;
  } catch {
    throw invalidGeometry('parse error - invalid geometry');
  }
}

function invalidGeometry(message: string): SqlError {
  return new SqlError({ sqlstate: 'XX000', message });
}
