/** Arrays, kept as JSON text of their elements' JSON values. */

import { SqlError } from '#lib/engine/sql-error.ts';
import { type Nested, parseArrayLiteral } from '#lib/engine/types/array-literal.ts';
import { encodeJson, encodeText } from '#lib/engine/types/encode.ts';
import type { SemanticType, SqlValue } from '#lib/engine/types/semantic-type.ts';

const text: SemanticType = { kind: 'text', name: 'text' };

/** `{a,b}`; a JSON array is taken too. */
export function encodeArrayLiteral(type: SemanticType, literal: string): string {
  const element = type.element ?? text;
  const print = (item: Nested): string =>
    item === null
      ? 'null'
      : Array.isArray(item)
        ? `[${item.map(print).join(',')}]`
        : toElementText(element, encodeText(element, item));
  return print(parseArrayLiteral(literal));
}

/** An array of a JSON body. Throws what the elements' type throws. */
export function encodeJsonArray(type: SemanticType, items: readonly unknown[]): string {
  const element = type.element ?? text;
  const lengths = new Map<number, number>();
  const print = (item: unknown, depth: number): string => {
    if (Array.isArray(item) && element.kind !== 'json' && element.kind !== 'vector') {
      if ((lengths.get(depth) ?? item.length) !== item.length) throw ragged();
      lengths.set(depth, item.length);
      const nested = item.filter(Array.isArray).length;
      if (nested > 0 && nested < item.length) throw ragged();
      return `[${item.map((inner) => print(inner, depth + 1)).join(',')}]`;
    }
    return item === null ? 'null' : toElementText(element, encodeJson(element, item));
  };
  if (element.kind === 'json' || element.kind === 'vector') return `[${items.map((item) => print(item, 1)).join(',')}]`;
  return print(items, 0);
}

function ragged(): SqlError {
  return new SqlError({
    sqlstate: '22P02',
    message: 'malformed JSON array',
    details: 'Multidimensional arrays must have sub-arrays with matching dimensions.',
  });
}

/** A stored element as it stands in the array's JSON. */
export function toElementText(type: SemanticType, value: SqlValue): string {
  if (value === null) return 'null';
  if (value instanceof Uint8Array) return JSON.stringify(`\\x${Buffer.from(value).toString('hex')}`);
  switch (type.kind) {
    case 'boolean':
      return Number(value) === 1 ? 'true' : 'false';
    case 'integer':
      return String(value);
    case 'float':
      return typeof value === 'number' && Number.isFinite(value) ? String(value) : JSON.stringify(String(value));
    case 'numeric': {
      const digits = typeof value === 'number' && type.scale !== undefined ? value.toFixed(type.scale) : String(value);
      const scaled = typeof value === 'bigint' && type.scale ? `${digits}.${'0'.repeat(type.scale)}` : digits;
      return /^-?\d/.test(scaled) ? scaled : JSON.stringify(scaled);
    }
    case 'json':
    case 'vector':
    case 'geometry':
      return String(value);
    default:
      return JSON.stringify(String(value));
  }
}
