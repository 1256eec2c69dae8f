/** The arguments of a call encoded for their types, as the function's body reads them. */

import type { Catalog, SqlFunction } from '#lib/engine/catalog/catalog.ts';
import { toParameterNames } from '#lib/engine/compile/function-body.ts';
import { SqlError } from '#lib/engine/sql-error.ts';
import { encodeJson, encodeText } from '#lib/engine/types/encode.ts';
import { parseJson } from '#lib/engine/types/parse-json.ts';
import type { SemanticType, SqlValue } from '#lib/engine/types/semantic-type.ts';
import { type Field, toFields } from '#lib/services/rest/payload/fields.ts';
import type { CallValues } from '#lib/services/rest/rpc/read-arguments-body.ts';

/** An argument as plain data that crosses to a thread. */
export interface ArgumentSpec {
  readonly name: string;
  /** Without the colon. */
  readonly parameter: string;
  readonly type: SemanticType;
  readonly variadic: boolean;
  /** The columns of the table whose row it is. */
  readonly row: RowSpec | null;
}

interface RowSpec {
  readonly table: string;
  readonly fields: readonly Field[];
}

export function toSpecs(catalog: Catalog, fn: SqlFunction): ArgumentSpec[] {
  const parameters = toParameterNames(fn);
  return fn.arguments.map(({ name, type, variadic, row }, index) => {
    const table = row === null ? undefined : catalog.tables.get(row);
    const spec = table === undefined ? null : { table: table.name, fields: toFields(table).list };
    return { name, parameter: parameters[index] ?? '', type, variadic, row: spec };
  });
}

/** By parameter name; an absent argument is left to its default. */
export function encodeArguments(
  specs: readonly ArgumentSpec[],
  whole: boolean,
  values: CallValues,
): ReadonlyMap<string, SqlValue> {
  const encoded = new Map<string, SqlValue>();
  for (const spec of specs) {
    const value = whole ? values.whole : values.byName.get(spec.name);
    if (value === undefined) continue;
    encoded.set(spec.parameter, spec.row === null ? encodeOne(spec, value, values.literal) : encodeRow(spec.row, value));
  }
  return encoded;
}

function encodeOne({ type, variadic }: ArgumentSpec, value: unknown, literal: boolean): SqlValue {
  if (value === null) return null;
  if (Array.isArray(value) && literal) return encodeJson(type, value);
  if (variadic && !Array.isArray(value)) return encodeJson(type, [value]);
  return literal ? encodeText(type, String(value)) : encodeJson(type, value);
}

/** A row of a table, given as an object: JSON text of its columns as the file keeps them. */
function encodeRow(table: RowSpec, value: unknown): SqlValue {
  if (value === null) return null;
  const given = typeof value === 'string' ? readRow(table, value) : value;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw badRow(table);
  const fields = new Map<string, unknown>(Object.entries(given));
  const pairs = table.fields.map((column) => {
    const field = fields.get(column.name) ?? null;
    return `${JSON.stringify(column.name)}:${printStored(field === null ? null : encodeJson(column.type, field))}`;
  });
  return `{${pairs.join(',')}}`;
}

function readRow(table: RowSpec, text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    throw badRow(table);
  }
}

function badRow(table: RowSpec): SqlError {
  return new SqlError({
    sqlstate: '22P02',
    message: `malformed record literal for type ${table.table}`,
    hint: 'Give the row as a JSON object.',
  });
}

function printStored(value: SqlValue): string {
  if (typeof value === 'bigint') return value.toString();
  return JSON.stringify(value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value);
}
