/** JSON text of query results: integers beyond 2^53 keep every digit, bytes become PostgreSQL's `\x` form. */

import { inSteps } from '#lib/engine/run/in-steps.ts';
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

/** The same with pauses where it takes long: a query's result may be tens of megabytes. */
export function printJson(value: unknown): string | Promise<string> {
  return inSteps(print(value));
}

const longText = 1 << 20;

function* print(value: unknown): Generator<void, string> {
  if (typeof value === 'string' && value.length > longText) return yield* printText(value);
  if (Array.isArray(value)) {
    const items: string[] = [];
    for (const item of value) {
      items.push(yield* print(item ?? null));
      yield;
    }
    return `[${items.join(',')}]`;
  }
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return toExactJson(value);
  const members: string[] = [];
  for (const [name, member] of Object.entries(value))
    if (member !== undefined) members.push(`${JSON.stringify(name)}:${yield* print(member)}`);
  return `{${members.join(',')}}`;
}

/** Never cut between the two halves of one character. */
function* printText(text: string): Generator<void, string> {
  const parts: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = start + longText;
    const cut = /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) ? end - 1 : end;
    parts.push(JSON.stringify(text.slice(start, cut)).slice(1, -1));
    start = cut;
    yield;
  }
  return `"${parts.join('')}"`;
}

/** A value of a row as JSON can say it. */
export function toJsonValue(value: SqlValue): string | number | bigint | null {
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  // JSON has no word for these; PostgreSQL's are text.
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
}
