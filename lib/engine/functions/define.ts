/** How a function of ours is given to SQLite. */

import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

/** What functions are defined on: a connection, or the list kept for every connection to come. */
export interface Registrar {
  function(name: string, options: FunctionOptions, body: (...values: unknown[]) => unknown): unknown;
  aggregate<T>(name: string, options: AggregateOptions<T>): unknown;
}

export interface FunctionOptions {
  deterministic: boolean;
  safeIntegers: boolean;
  varargs?: boolean;
}

export interface AggregateOptions<T> extends FunctionOptions {
  start: () => T;
  step: (total: T, value: unknown) => T;
  result: (total: T) => unknown;
}

/** A function over SQL values. Integers come as bigint and should be returned as bigint: a number would become a REAL. */
export type SqlBody = (...values: NonNull[]) => SqlValue | boolean;

export type NonNull = Exclude<SqlValue, null>;

/** Registers a deterministic function that is NULL when any argument is. Overloads are told apart by their argument count. */
export function define(db: Registrar, name: string, counts: readonly number[], body: SqlBody): void {
  defineNullable(db, name, counts, (...values) => {
    for (const value of values) if (value === null) return null;
    return body(...(values as NonNull[]));
  });
}

/** The same for a body that wants to see NULLs. */
export function defineNullable(
  db: Registrar,
  name: string,
  counts: readonly number[],
  body: (...values: SqlValue[]) => SqlValue | boolean,
): void {
  for (const count of counts)
    db.function(name, { deterministic: true, safeIntegers: true, varargs: count < 0 }, withArity(count, body));
}

/** Registers a function that differs at each call. */
export function defineVolatile(
  db: Registrar,
  name: string,
  counts: readonly number[],
  body: (...values: SqlValue[]) => SqlValue,
): void {
  for (const count of counts) db.function(name, { deterministic: false, safeIntegers: true }, withArity(count, body));
}

/** SQLite counts the parameters of the JavaScript function. */
function withArity(count: number, body: (...values: SqlValue[]) => SqlValue | boolean): (...values: unknown[]) => unknown {
  const call = (...values: unknown[]): unknown => {
    const result = body(...(values as SqlValue[]));
    return typeof result === 'boolean' ? (result ? 1n : 0n) : result;
  };
  return count < 0 ? call : Object.defineProperty(call, 'length', { value: count });
}

/** A value as the text SQLite would cast it to. */
export function toText(value: NonNull): string {
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value);
}

/** A count or position argument; anything that is no number counts as 0. */
export function toInteger(value: NonNull): number {
  const number = Number(typeof value === 'object' ? 0 : value);
  return Number.isFinite(number) ? Math.trunc(number) : 0;
}
