/** PostgreSQL's JSON functions that SQLite lacks or spells differently. Text that is no JSON gives NULL (or itself). */

import { findJson } from '#lib/engine/functions/containment.ts';
import { define, type NonNull, type Registrar, toInteger, toText } from '#lib/engine/functions/define.ts';
import { type Nested, parseArrayLiteral } from '#lib/engine/types/array-literal.ts';
import { jsonToText } from '#lib/engine/types/encode.ts';
import { toJsonbText } from '#lib/engine/types/jsonb.ts';
import { isJsonNumber, toJsonText } from '#lib/engine/types/parse-json.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

export function registerJson(db: Registrar): void {
  define(db, 'json_strip_nulls', [1], (value = '') => map(value, (json) => toJsonText(stripNulls(json))));
  define(db, 'jsonb_strip_nulls', [1], (value = '') => map(value, (json) => toJsonText(stripNulls(json))));
  define(db, 'jsonb_text', [1], (value = '') => map(value, spaced));
  define(db, 'jsonb_pretty', [1], (value = '') => map(value, (json) => pretty(json, '\n')));
  define(db, 'jsonb_canonical', [1], (value = '') => map(value, toJsonbText));
  define(db, 'json_scalar', [1], (value = '') =>
    map(value, (json) => (isObject(json) || json === null ? null : jsonToText(json))),
  );
  define(db, 'json_path', [2], (value = '', path = '') => map(value, (json) => print(follow(json, path), false)));
  define(db, 'json_path_text', [2], (value = '', path = '') => map(value, (json) => print(follow(json, path), true)));
  define(db, 'json_has_key', [2], (value = '', key = '') => hasKey(findJson(toText(value)), toText(key)));
  define(db, 'json_has_any', [2], (value = '', keys = '') => {
    const json = findJson(toText(value));
    return toKeys(keys).some((key) => hasKey(json, key));
  });
  define(db, 'json_has_all', [2], (value = '', keys = '') => {
    const json = findJson(toText(value));
    return toKeys(keys).every((key) => hasKey(json, key));
  });
  define(db, 'jsonb_concat', [2], (a = '', b = '') => concat(findJson(toText(a)), findJson(toText(b))));
  define(db, 'jsonb_delete', [2], (value = '', key = '') => map(value, (json) => toJsonbText(remove(json, key))));
  define(db, 'jsonb_set', [3, 4], (value = '', path = '', put = '', create = 1n) =>
    map(value, (json) => {
      const replacement = findJson(toText(put));
      return replacement === undefined ? null : toJsonbText(set(json, toKeys(path), replacement, toInteger(create) !== 0));
    }),
  );
}

function map(value: NonNull, print: (json: unknown) => SqlValue): SqlValue {
  const json = findJson(toText(value));
  return json === undefined ? null : print(json);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isJsonNumber(value);
}

/** Fields that are null go, at every depth; nulls in arrays stay. */
function stripNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stripNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (item === null ? [] : [[key, stripNulls(item)]])));
}

/** As PostgreSQL prints jsonb: a space after each comma and colon. */
export function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (!isObject(value)) return toJsonText(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${spaced(item)}`)
    .join(', ')}}`;
}

/** Four spaces a level; also an empty container takes two lines. */
function pretty(value: unknown, newline: string): string {
  if (!isObject(value)) return toJsonText(value);
  const inner = `${newline}    `;
  const items = Array.isArray(value)
    ? value.map((item) => pretty(item, inner))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${pretty(item, inner)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return `${open}${items.map((item) => inner + item).join(',')}${newline}${close}`;
}

/** A path as `{a,b}` or a JSON array. */
function toKeys(path: NonNull): string[] {
  const text = toText(path);
  const list = findJson(text);
  if (Array.isArray(list)) return list.map((item) => jsonToText(item));
  try {
    return parseArrayLiteral(text).filter((item: Nested): item is string => typeof item === 'string');
  } catch {
    return [text];
  }
}

function follow(json: unknown, path: NonNull): unknown {
  let value = json;
  for (const key of toKeys(path)) {
    if (Array.isArray(value)) value = /^-?\d+$/.test(key) ? value.at(Number(key)) : undefined;
    else value = isObject(value) && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
  }
  return value;
}

function print(value: unknown, asText: boolean): SqlValue {
  if (value === undefined || (asText && value === null)) return null;
  return asText ? jsonToText(value) : toJsonText(value);
}

function hasKey(json: unknown, key: string): boolean {
  if (Array.isArray(json)) return json.includes(key);
  return isObject(json) ? Object.hasOwn(json, key) : json === key;
}

function concat(a: unknown, b: unknown): SqlValue {
  if (a === undefined || b === undefined) return null;
  if (isObject(a) && isObject(b) && !Array.isArray(a) && !Array.isArray(b)) {
    return toJsonbText(Object.fromEntries([...Object.entries(a), ...Object.entries(b)]));
  }
  return toJsonbText([...(Array.isArray(a) ? a : [a]), ...(Array.isArray(b) ? b : [b])]);
}

function remove(json: unknown, key: NonNull): unknown {
  if (Array.isArray(json)) {
    if (typeof key !== 'bigint') return json.filter((item) => item !== toText(key));
    const index = Number(key) < 0 ? json.length + Number(key) : Number(key);
    return json.filter((_item, at) => at !== index);
  }
  return isObject(json) ? Object.fromEntries(Object.entries(json).filter(([name]) => name !== toText(key))) : json;
}

function set(json: unknown, path: readonly string[], value: unknown, create: boolean): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return json;
  if (Array.isArray(json)) {
    if (!/^-?\d+$/.test(key)) return json;
    const index = Number(key) < 0 ? json.length + Number(key) : Number(key);
    if (index < 0 || index >= json.length)
      return create && rest.length === 0 ? (index < 0 ? [value, ...json] : [...json, value]) : json;
    return json.map((item, at) => (at === index ? (rest.length === 0 ? value : set(item, rest, value, create)) : item));
  }
  if (!isObject(json)) return json;
  const has = Object.hasOwn(json, key);
  if (rest.length === 0 ? !has && !create : !has) return json;
  const next = rest.length === 0 ? value : set(Reflect.get(json, key), rest, value, create);
  return Object.fromEntries([...Object.entries(json).filter(([name]) => name !== key), [key, next]]);
}
