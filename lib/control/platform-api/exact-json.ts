/** JSON text of query results: integers beyond 2^53 keep every digit, bytes become PostgreSQL's `\x` form. */

import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

interface RawJson {
  rawJSON(text: string): unknown;
}

// In every Node this runs on, and not yet in TypeScript's library.
const { rawJSON } = JSON as unknown as RawJson;

/** As JSON.stringify, bigints included. */
export function toExactJson(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? rawJSON(String(one)) : one));
}

/** A value of a row as JSON can say it. */
export function toJsonValue(value: SqlValue): string | number | bigint | null {
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  // JSON has no word for these; PostgreSQL's are text.
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
}
