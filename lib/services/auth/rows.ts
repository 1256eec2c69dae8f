/** Reading typed values out of rows, and the two spellings of time: as stored and as sent. */

import type { Row } from '#lib/engine/database.ts';

export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw new Error(`Column ${column} holds no text`);
}

export function findText(row: Row, column: string): string | null {
  return row[column] === null || row[column] === undefined ? null : textOf(row, column);
}

export function numberOf(row: Row, column: string): number {
  return Number(row[column] ?? 0);
}

export function isTrue(row: Row, column: string): boolean {
  return Number(row[column] ?? 0) === 1;
}

export type JsonObject = Record<string, unknown>;

/** A JSON object column; anything else reads as `{}`. */
export function objectOf(row: Row, column: string): JsonObject {
  const text = findText(row, column);
  const value: unknown = text === null ? {} : JSON.parse(text);
  return isObject(value) ? value : {};
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function timeMs(stored: string): number {
  return Date.parse(stored);
}

/** As GoTrue sends it: `2024-06-15T00:00:00.123Z`. */
export function toWireTime(stored: string): string {
  return stored
    .replace('+00:00', 'Z')
    .replace(/(\.\d*?)0+Z$/, '$1Z')
    .replace('.Z', 'Z');
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}
