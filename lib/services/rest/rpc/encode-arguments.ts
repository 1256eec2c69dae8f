/** The arguments of a call encoded for their types, as the function's body reads them. */

import type { Catalog, FunctionArgument, Table } from '#lib/engine/catalog/catalog.ts';
import { toParameterNames } from '#lib/engine/compile/function-body.ts';
import { SqlError } from '#lib/engine/sql-error.ts';
import { encodeJson, encodeText } from '#lib/engine/types/encode.ts';
import { parseJson } from '#lib/engine/types/parse-json.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';
import type { Chosen } from '#lib/services/rest/rpc/choose-function.ts';
import type { CallValues } from '#lib/services/rest/rpc/read-arguments.ts';

/** By parameter name without the colon; an absent argument is left to its default. */
export function encodeArguments(catalog: Catalog, chosen: Chosen, values: CallValues): ReadonlyMap<string, SqlValue> {
  const encoded = new Map<string, SqlValue>();
  const parameters = toParameterNames(chosen.fn);
  for (const [index, argument] of chosen.fn.arguments.entries()) {
    const value = chosen.whole ? values.whole : values.byName.get(argument.name);
    if (value === undefined) continue;
    const parameter = parameters[index] ?? '';
    const table = argument.row === null ? undefined : catalog.tables.get(argument.row);
    encoded.set(parameter, table === undefined ? encodeOne(argument, value, values.literal) : encodeRow(table, value));
  }
  return encoded;
}

function encodeOne({ type, variadic }: FunctionArgument, value: unknown, literal: boolean): SqlValue {
  if (value === null) return null;
  if (Array.isArray(value) && literal) return encodeJson(type, value);
  if (variadic && !Array.isArray(value)) return encodeJson(type, [value]);
  return literal ? encodeText(type, String(value)) : encodeJson(type, value);
}

/** A row of a table, given as an object: JSON text of its columns as the file keeps them. */
function encodeRow(table: Table, value: unknown): SqlValue {
  if (value === null) return null;
  const given = typeof value === 'string' ? readRow(table, value) : value;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw badRow(table);
  const fields = new Map<string, unknown>(Object.entries(given));
  const pairs = table.columns.map((column) => {
    const field = fields.get(column.name) ?? null;
    return `${JSON.stringify(column.name)}:${printStored(field === null ? null : encodeJson(column.type, field))}`;
  });
  return `{${pairs.join(',')}}`;
}

function readRow(table: Table, text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    throw badRow(table);
  }
}

function badRow(table: Table): SqlError {
  return new SqlError({
    sqlstate: '22P02',
    message: `malformed record literal for type ${table.name}`,
    hint: 'Give the row as a JSON object.',
  });
}

function printStored(value: SqlValue): string {
  if (typeof value === 'bigint') return value.toString();
  return JSON.stringify(value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value);
}
