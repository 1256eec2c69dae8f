/** PostgreSQL's array functions over arrays kept as JSON text. Text that is no array gives NULL. */

import { findJson } from '#lib/engine/functions/containment.ts';
import { define, defineNullable, type NonNull, type Registrar, toInteger, toText } from '#lib/engine/functions/define.ts';
import { jsonToText } from '#lib/engine/types/encode.ts';
import { toJsonText } from '#lib/engine/types/parse-json.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

export function registerArrays(db: Registrar): void {
  define(db, 'array_length', [2], (value = '', dimension = 1n) => {
    const lengths = dimensions(toArray(value));
    const length = lengths[toInteger(dimension) - 1];
    return length ? BigInt(length) : null;
  });
  define(db, 'array_ndims', [1], (value = '') => toCount(dimensions(toArray(value)).length));
  define(db, 'cardinality', [1], (value = '') => {
    const array = toArray(value);
    return array && BigInt(array.flat(6).length);
  });
  defineNullable(db, 'array_position', [2, 3], (value, item, start) => {
    const array = value == null ? null : toArray(value);
    const from = start == null ? 0 : Math.max(0, toInteger(start) - 1);
    return array && toCount(array.findIndex((element, index) => index >= from && isSame(element, item ?? null)) + 1);
  });
  defineNullable(db, 'array_append', [2], (value, item) => change(value ?? '[]', (array) => [...array, toElement(item ?? null)]));
  defineNullable(db, 'array_prepend', [2], (item, value) =>
    change(value ?? '[]', (array) => [toElement(item ?? null), ...array]),
  );
  defineNullable(db, 'array_cat', [2], (a, b) =>
    change(a ?? b ?? null, (array) => (a == null ? array : [...array, ...((b == null ? null : toArray(b)) ?? [])])),
  );
  defineNullable(db, 'array_remove', [2], (value, item) =>
    change(value ?? null, (array) => array.filter((element) => !isSame(element, item ?? null))),
  );
  defineNullable(db, 'array_replace', [3], (value, from, to) =>
    change(value ?? null, (array) => array.map((element) => (isSame(element, from ?? null) ? toElement(to ?? null) : element))),
  );
  defineNullable(db, 'string_to_array', [2, 3], (text, separator, nullText) => {
    if (text == null) return null;
    const whole = toText(text);
    if (whole === '') return '[]';
    const mark = separator == null ? null : toText(separator);
    const parts = mark === null ? Array.from(whole) : mark === '' ? [whole] : whole.split(mark);
    return JSON.stringify(parts.map((part) => (nullText != null && part === toText(nullText) ? null : part)));
  });
  defineNullable(db, 'array_to_string', [2, 3], (value, separator, nullText) => {
    const array = value == null ? null : toArray(value);
    if (!array || separator == null) return null;
    const parts = array
      .flat(6)
      .flatMap((item) => (item === null ? (nullText == null ? [] : [toText(nullText)]) : [asText(item)]));
    return parts.join(toText(separator));
  });
  define(db, 'array_element', [2], (value = '', index = 1n) => {
    const item = toArray(value)?.[toInteger(index) - 1];
    return item === undefined || item === null ? null : fromElement(item);
  });
}

function toArray(value: NonNull): unknown[] | null {
  const json = findJson(toText(value));
  return Array.isArray(json) ? json : null;
}

function change(value: SqlValue, edit: (array: unknown[]) => unknown[]): SqlValue {
  const array = value === null ? null : toArray(value);
  return array && toJsonText(edit(array));
}

/** Lengths by dimension; an empty array has none. */
function dimensions(array: unknown[] | null): number[] {
  if (!array || array.length === 0) return [];
  const [first] = array;
  return [array.length, ...(Array.isArray(first) ? dimensions(first) : [])];
}

function toCount(count: number): SqlValue {
  return count === 0 ? null : BigInt(count);
}

function asText(item: unknown): string {
  return typeof item === 'boolean' ? (item ? 't' : 'f') : jsonToText(item);
}

/** A SQL value equals an element when their texts do; booleans are 1 and 0 in SQL. */
function isSame(element: unknown, value: SqlValue): boolean {
  if (value === null || element === null) return value === null && element === null;
  if (typeof element === 'boolean') return toText(value) === (element ? '1' : '0') || toText(value) === String(element);
  return jsonToText(element) === toText(value);
}

function toElement(value: SqlValue): unknown {
  if (value === null || typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : findJson(String(value));
  return `\\x${Buffer.from(value).toString('hex')}`;
}

function fromElement(item: unknown): SqlValue {
  if (typeof item === 'boolean') return item ? 1n : 0n;
  if (typeof item === 'number') return Number.isSafeInteger(item) ? BigInt(item) : item;
  return jsonToText(item);
}
