/** JSON in and out without losing a digit: numbers a double cannot hold keep their source text. */

import { SqlError } from '#lib/engine/sql-error.ts';
import { isNestedDeeper } from '#lib/http/json-depth.ts';

const brand = Symbol.for('koyalite.json-number');
const maxDepth = 1000;

/** A JSON number whose digits JavaScript would change: `12345678901234567890`, `1.10`, `1e400`. */
export class JsonNumber {
  readonly [brand] = true;
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  /** `JSON.stringify` prints the digits as they came. */
  toJSON(): unknown {
    return rawJson(this.source);
  }

  toString(): string {
    return this.source;
  }
}

const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

export function isJsonNumber(value: unknown): value is JsonNumber {
  return typeof value === 'object' && value !== null && brand in value;
}

/**
 * Parses JSON text. Numbers come as `number` when JavaScript prints them as they were written, else as `JsonNumber`.
 * Throws 22P02 on malformed text and 54001 beyond 1000 levels.
 */
export function parseJson(text: string): unknown {
  if (isNestedDeeper(text, maxDepth)) {
    throw new SqlError({
      sqlstate: '54001',
      message: 'stack depth limit exceeded',
      hint: `JSON may be nested ${maxDepth} levels deep.`,
    });
  }
  try {
    return mayHoldInexactNumber.test(text) ? (JSON.parse as ParseWithSource)(text, keepDigits) : JSON.parse(text);
  } catch (cause) {
    throw new SqlError({ sqlstate: '22P02', message: 'invalid input syntax for type json', details: jsonDetails(text), cause });
  }
}

type ParseWithSource = (text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown) => unknown;

/** A reviver walks every value, so texts of short plain integers, the usual case, go without. */
const mayHoldInexactNumber = /\d[.eE]|\d{16}|-0/;

function keepDigits(_key: string, value: unknown, context: { source?: string }): unknown {
  if (typeof value !== 'number' || context.source === undefined || context.source === String(value)) return value;
  return new JsonNumber(context.source);
}

function jsonDetails(text: string): string {
  return text.trim() === '' ? 'The input string ended unexpectedly.' : 'Token is invalid.';
}

/** Compact JSON text of a parsed value, digits kept. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

/** JSON text without the white space between tokens; keys keep their order and duplicates, as PostgreSQL's `json` does. */
export function compactJson(text: string): string {
  parseJson(text);
  return /\s/.test(text) ? text.replace(/"(?:[^"\\]|\\.)*"|\s+/g, (token) => (token.startsWith('"') ? token : '')) : text;
}
