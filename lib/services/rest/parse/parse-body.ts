/** A request's body as rows: JSON, CSV or a form. Fails PGRST102. */

import type { PackedRows } from '#lib/engine/run/packed-rows.ts';
import { parseJson } from '#lib/engine/types/parse-json.ts';
import { splitCsv } from '#lib/services/rest/parse/split-csv.ts';
import { badBody } from '#lib/services/rest/respond/rest-error.ts';

export type PayloadRow = ReadonlyMap<string, unknown>;

/** An array is one; those of a large body are made as they are asked for. */
export interface PayloadRows extends Iterable<PayloadRow> {
  readonly length: number;
  at(index: number): PayloadRow | undefined;
}

export interface Payload {
  readonly rows: PayloadRows;
  /** Every key of the first row; with `uniform` false some rows differ. */
  readonly keys: readonly string[];
  readonly uniform: boolean;
  /** JSON values as parsed; CSV and form values as text (null for CSV's `NULL`), to be read as literals; or as columns keep them. */
  readonly form: 'json' | 'literal' | 'encoded';
  /** What an encoded payload was encoded for, short values of its first row as they were sent, and its rows packed. */
  readonly encoded: {
    readonly fields: string;
    readonly sent: ReadonlyMap<string, string>;
    readonly packed: PackedRows;
  } | null;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

export function parsePayload(body: Uint8Array, contentType: string | null): Payload {
  const type = (contentType ?? 'application/json').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const text = decodeBody(body);
  switch (type) {
    case '':
    case 'application/json':
    case 'application/vnd.pgrst.object+json':
    case 'application/vnd.pgrst.array+json':
      return toPayload(parseJsonBody(text));
    case 'text/csv':
      return parseCsv(text);
    case 'application/x-www-form-urlencoded': {
      const row = new Map<string, unknown>(new URLSearchParams(text));
      return { rows: [row], keys: [...row.keys()], uniform: true, form: 'literal', encoded: null };
    }
    default:
      throw badBody(`Content-Type not acceptable: ${type}`);
  }
}

export function decodeBody(body: Uint8Array): string {
  try {
    return decoder.decode(body);
  } catch {
    throw badBody('Empty or invalid json');
  }
}

export function parseJsonBody(text: string): unknown {
  if (text.trim() === '') throw badBody('Empty or invalid json');
  try {
    return parseJson(text);
  } catch {
    throw badBody('Empty or invalid json');
  }
}

function toPayload(value: unknown): Payload {
  const items = (Array.isArray(value) ? value : [value]).map(toObject);
  const keys = Object.keys(items[0] ?? {});
  const uniform = items.every(
    (item) => Object.keys(item).length === keys.length && keys.every((key) => Object.hasOwn(item, key)),
  );
  const rows = toRows(items, (item) => new Map<string, unknown>(Object.entries(item)));
  return { rows, keys, uniform, form: 'json', encoded: null };
}

function toObject(item: unknown): object {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) throw badBody('Empty or invalid json');
  return item;
}

/** Rows made as they are asked for: of millions of small ones, a map each would take far more memory than the body. */
export function toRows<T>(items: readonly T[], make: (item: T) => PayloadRow): PayloadRows {
  return {
    length: items.length,
    at(index) {
      const item = items[index];
      return item === undefined ? undefined : make(item);
    },
    *[Symbol.iterator]() {
      for (const item of items) yield make(item);
    },
  };
}

/** With a header row; an unquoted `NULL` is null. */
function parseCsv(text: string): Payload {
  const [keys = [], ...lines] = splitCsv(text);
  const names = keys.map((key) => key ?? 'NULL');
  if (lines.some((line) => line.length !== names.length)) throw badBody('All lines must have same number of fields');
  const rows = toRows(lines, (line) => new Map(names.map((name, index) => [name, line[index] ?? null])));
  return { rows, keys: names, uniform: true, form: 'literal', encoded: null };
}
