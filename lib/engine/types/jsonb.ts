/** Canonical `jsonb` text: keys once, shortest first, numbers as PostgreSQL's numeric prints them. */

import { SqlError } from '#lib/engine/sql-error.ts';
import { toNumericText } from '#lib/engine/types/numeric.ts';
import { isJsonNumber, parseJson } from '#lib/engine/types/parse-json.ts';

/** Canonical text of a parsed value. Two documents that PostgreSQL stores alike give the same text. */
export function toJsonbText(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
      return Number.isFinite(value) ? (toNumericText(String(value)) ?? 'null') : 'null';
    case 'boolean':
      return value ? 'true' : 'false';
    case 'bigint':
      return String(value);
    default:
      if (isJsonNumber(value)) return toNumericText(value.source) ?? 'null';
      if (Array.isArray(value)) return `[${value.map(toJsonbText).join(',')}]`;
      return `{${sortKeys(Object.keys(value))
        .map((key) => `${quote(key)}:${toJsonbText(Reflect.get(value, key))}`)
        .join(',')}}`;
  }
}

/** Canonical text of JSON text. Throws 22P02. */
export function canonicalJsonb(text: string): string {
  return toJsonbText(parseJson(text));
}

function quote(text: string): string {
  if (text.includes('\u0000')) {
    throw new SqlError({
      sqlstate: '22P05',
      message: 'unsupported Unicode escape sequence',
      details: '\\u0000 cannot be converted to text.',
    });
  }
  return JSON.stringify(text);
}

function sortKeys(keys: string[]): string[] {
  const sized = keys.map((key) => ({ key, bytes: Buffer.from(key) }));
  sized.sort((a, b) => a.bytes.length - b.bytes.length || Buffer.compare(a.bytes, b.bytes));
  return sized.map(({ key }) => key);
}
