/** What a thread does with a large body: parses it and encodes its values. Synchronous, a thread having nothing else to do. */

import { toWireError, type WireError } from '#lib/engine/child/child-message.ts';
import { type PackedRows, packRows } from '#lib/engine/run/packed-rows.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';
import { type BatchItem, parseOperations } from '#lib/services/rest/batch/parse-operations.ts';
import { type Payload, type PayloadRow, parsePayload } from '#lib/services/rest/parse/parse-body.ts';
import { encodeValue } from '#lib/services/rest/payload/encode-value.ts';
import type { Field } from '#lib/services/rest/payload/fields.ts';
import { type ArgumentSpec, encodeArguments } from '#lib/services/rest/rpc/encode-arguments.ts';
import { type Given, readArgumentsBody } from '#lib/services/rest/rpc/read-arguments-body.ts';

export interface RowsWork {
  readonly body: Uint8Array;
  readonly contentType: string | null;
  readonly fields: readonly Field[];
  /** Those asked for; null = those the rows have. */
  readonly columns: readonly string[] | null;
}

export interface RowsResult {
  readonly keys: readonly string[];
  readonly uniform: boolean;
  readonly sent: ReadonlyMap<string, string>;
  readonly packed: PackedRows;
}

/** Errors lose what they are on their way between threads. */
export type Outcome<T> = { readonly value: T } | { readonly error: WireError };

function attempt<T>(work: () => T): Outcome<T> {
  try {
    return { value: work() };
  } catch (error) {
    return { error: toWireError(error) };
  }
}

export function rows({ body, contentType, fields, columns }: RowsWork): Outcome<RowsResult> {
  return attempt(() => {
    const payload = parsePayload(body, contentType);
    const wanted = columns === null ? fields : fields.filter(({ name }) => columns.includes(name));
    const encoded = Iterator.from(payload.rows).map((row) => encodeFields(wanted, row, payload.form));
    return {
      keys: untilUnknown(payload.keys, fields),
      uniform: payload.uniform,
      sent: toSent(payload.rows.at(0) ?? new Map(), wanted),
      packed: packRows(payload.rows.length, encoded),
    };
  });
}

function encodeFields(fields: readonly Field[], row: PayloadRow, form: Payload['form']): Map<string, SqlValue> {
  const encoded = new Map<string, SqlValue>();
  for (const { name, type } of fields) {
    const value = row.get(name);
    if (value !== undefined) encoded.set(name, value === null ? null : encodeValue(type, value, form));
  }
  return encoded;
}

/** The first key that is no column is what the write is refused for: there may be a million more. */
function untilUnknown(keys: readonly string[], fields: readonly Field[]): string[] {
  const known = new Set(fields.map(({ name }) => name));
  const end = keys.findIndex((key) => !known.has(key));
  return end < 0 ? [...keys] : keys.slice(0, end + 1);
}

/** Longer ones are no keys in a URL. */
const longestKey = 8192;

function toSent(row: PayloadRow, fields: readonly Field[]): Map<string, string> {
  const sent = new Map<string, string>();
  for (const { name } of fields) {
    const value = row.get(name);
    if (value === undefined || (typeof value === 'object' && value !== null)) continue;
    const text = String(value);
    if (text.length <= longestKey) sent.set(name, text);
  }
  return sent;
}

export function operations(body: Uint8Array): Outcome<BatchItem[]> {
  return attempt(() => parseOperations(body));
}

export interface CallWork {
  readonly body: Uint8Array;
  readonly contentType: string;
}

/** Which arguments a body gives: what a function is chosen by. */
export function given({ body, contentType }: CallWork): Outcome<Given> {
  return attempt(() => readArgumentsBody(body, contentType).given);
}

export interface ArgumentsWork extends CallWork {
  readonly specs: readonly ArgumentSpec[];
  readonly whole: boolean;
}

export function callArguments({ body, contentType, specs, whole }: ArgumentsWork): Outcome<ReadonlyMap<string, SqlValue>> {
  return attempt(() => encodeArguments(specs, whole, readArgumentsBody(body, contentType).values));
}
