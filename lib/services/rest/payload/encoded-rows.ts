/** Rows as columns keep them, packed into slices: each is unpacked by itself, so that none of a large body's takes long. */

import { deserialize, serialize } from 'node:v8';
import { z } from 'zod';
import { errorSchema, fromWireError, toWireError, type WireError } from '#lib/engine/child/child-message.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';
import type { PayloadRow, PayloadRows } from '#lib/services/rest/parse/parse-body.ts';

/** One slice after the other; `ends` says where each stops. */
export interface PackedRows {
  readonly length: number;
  readonly bytes: Uint8Array;
  readonly ends: readonly number[];
}

const valuesPerSlice = 4000;
const rowsPerSlice = 1000;
const charactersPerSlice = 1 << 18;

const sliceSchema = z.object({
  shapes: z.array(z.array(z.string())),
  rows: z.custom<(readonly [number, ...SqlValue[]])[]>((value) => Array.isArray(value)),
  /** Of the row after the last. */
  error: errorSchema.nullable(),
});

/** What a row is refused for is thrown when its turn comes, as if it were encoded then. */
export function packRows(length: number, rows: Iterable<ReadonlyMap<string, SqlValue>>): PackedRows {
  const packed: Buffer[] = [];
  const ends: number[] = [];
  let slice = startSlice();
  const finish = (error: WireError | null) => {
    const bytes = serialize({ shapes: [...slice.shapes.values()].map(({ names }) => names), rows: slice.rows, error });
    packed.push(bytes);
    ends.push((ends.at(-1) ?? 0) + bytes.byteLength);
    slice = startSlice();
  };
  try {
    for (const row of rows) {
      addRow(slice, row);
      if (slice.rows.length >= rowsPerSlice || slice.values >= valuesPerSlice || slice.characters >= charactersPerSlice)
        finish(null);
    }
    finish(null);
  } catch (error) {
    finish(toWireError(error));
  }
  return { length, bytes: Buffer.concat(packed), ends };
}

interface Slice {
  readonly shapes: Map<string, { readonly index: number; readonly names: readonly string[] }>;
  readonly rows: (readonly [number, ...SqlValue[]])[];
  values: number;
  characters: number;
}

function startSlice(): Slice {
  return { shapes: new Map(), rows: [], values: 0, characters: 0 };
}

function addRow(slice: Slice, row: ReadonlyMap<string, SqlValue>): void {
  const names = [...row.keys()];
  const key = names.join('\0');
  const shape = slice.shapes.get(key) ?? { index: slice.shapes.size, names };
  slice.shapes.set(key, shape);
  slice.rows.push([shape.index, ...row.values()]);
  slice.values += names.length;
  for (const value of row.values()) slice.characters += typeof value === 'string' ? value.length : 8;
}

/** Nothing unpacked is kept: rows are gone through once or twice, and millions of them would be much to look after. */
export function unpackRows({ length, bytes, ends }: PackedRows): PayloadRows {
  /** Throws what a row was refused for when it is reached. */
  function* unpack(): Generator<PayloadRow> {
    for (const [index, end] of ends.entries()) {
      const { rows, shapes, error } = sliceSchema.parse(deserialize(bytes.subarray(ends[index - 1] ?? 0, end)));
      for (const [shape, ...values] of rows)
        yield new Map((shapes[shape] ?? []).map((name, place) => [name, values[place] ?? null]));
      if (error !== null) throw fromWireError(error);
    }
  }
  return {
    length,
    at: (index) => unpack().drop(index).next().value,
    [Symbol.iterator]: unpack,
  };
}
