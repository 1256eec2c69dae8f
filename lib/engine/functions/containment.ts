/** `@>` and `&&` for jsonb and arrays, over their stored JSON texts. */

import { numericKey } from '#lib/engine/types/numeric.ts';
import { isJsonNumber, parseJson, toJsonText } from '#lib/engine/types/parse-json.ts';

/** Undefined when the text is no JSON: such a value contains nothing. */
export function findJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** PostgreSQL's jsonb containment; an array also contains a bare scalar, at the top only. */
export function jsonContains(a: unknown, b: unknown): boolean {
  if (a === undefined || b === undefined) return false;
  if (Array.isArray(a) && !isContainer(b)) return a.some((item) => isEqualScalar(item, b));
  return containsDeep(a, b);
}

function containsDeep(a: unknown, b: unknown): boolean {
  if (Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      b.every((wanted) => a.some((item) => (isContainer(wanted) ? containsDeep(item, wanted) : isEqualScalar(item, wanted))))
    );
  }
  if (isContainer(b)) {
    return (
      isContainer(a) &&
      !Array.isArray(a) &&
      Object.entries(b).every(([key, wanted]) => Object.hasOwn(a, key) && containsDeep(Reflect.get(a, key), wanted))
    );
  }
  return isEqualScalar(a, b);
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isJsonNumber(value);
}

function isEqualScalar(a: unknown, b: unknown): boolean {
  return a === b || (!isContainer(a) && !isContainer(b) && scalarKey(a) === scalarKey(b));
}

function scalarKey(value: unknown): string {
  if (typeof value === 'number' || isJsonNumber(value)) return `n${numericKey(String(value))}`;
  return typeof value === 'string' ? `s${value}` : String(value);
}

/** The elements of an array of any dimension as comparable keys; NULLs are left out, since they equal nothing. */
export function elementKeys(array: unknown): Set<string> {
  const keys = new Set<string>();
  const add = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(add);
    else if (value !== null && value !== undefined) keys.add(isContainer(value) ? `o${toJsonText(value)}` : scalarKey(value));
  };
  add(array);
  return keys;
}

export function arrayContains(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b) || hasNull(b)) return false;
  const have = elementKeys(a);
  for (const wanted of elementKeys(b)) if (!have.has(wanted)) return false;
  return true;
}

function hasNull(array: readonly unknown[]): boolean {
  return array.some((item) => (Array.isArray(item) ? hasNull(item) : item === null));
}

export function arrayOverlaps(a: unknown, b: unknown): boolean {
  const have = elementKeys(a);
  for (const wanted of elementKeys(b)) if (have.has(wanted)) return true;
  return false;
}
