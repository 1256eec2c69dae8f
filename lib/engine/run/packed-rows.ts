/** Rows as columns keep them, packed into slices: each is unpacked by itself, so that none of a large body's takes long. */

import { deserialize, serialize } from 'node:v8';
import { z } from 'zod';
import { errorSchema, fromWireError, toWireError, type WireError } from '#lib/engine/child/child-message.ts';
import { atOnce } from '#lib/engine/run/in-steps.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

/** One slice after the other; `ends` says where each stops. */
export interface PackedRows {
  readonly length: number;
  readonly bytes: Uint8Array;
  readonly ends: readonly number[];
  /** The names that rows give values for, each list once; null when there are too many lists. */
  readonly shapes: readonly (readonly string[])[] | null;
}

export const packedSchema: z.ZodType<PackedRows> = z.object({
  length: z.number(),
  bytes: z.instanceof(Uint8Array),
  ends: z.array(z.number()),
  shapes: z.array(z.array(z.string())).nullable(),
});

const valuesPerSlice = 4000;
const rowsPerSlice = 1000;
const charactersPerSlice = 1 << 18;
const mostShapes = 200;

const sliceSchema = z.object({
  shapes: z.array(z.array(z.string())),
  rows: z.custom<(readonly [number, ...SqlValue[]])[]>((value) => Array.isArray(value)),
  /** Of the row after the last. */
  error: errorSchema.nullable(),
});

/** What a row is refused for is thrown when its turn comes, as if it were encoded then. */
export function packRows(length: number, rows: Iterable<ReadonlyMap<string, SqlValue>>): PackedRows {
  return atOnce(packInSteps(length, rows));
}

/** Pauses after each slice. */
export function* packInSteps(length: number, rows: Iterable<ReadonlyMap<string, SqlValue>>): Generator<void, PackedRows> {
  const packed: Buffer[] = [];
  const ends: number[] = [];
  const shapes = new Map<string, readonly string[]>();
  let slice = startSlice();
  const finish = (error: WireError | null) => {
    for (const [key, { names }] of slice.shapes) if (shapes.size <= mostShapes) shapes.set(key, names);
    const bytes = serialize({ shapes: [...slice.shapes.values()].map(({ names }) => names), rows: slice.rows, error });
    packed.push(bytes);
    ends.push((ends.at(-1) ?? 0) + bytes.byteLength);
    slice = startSlice();
  };
  try {
    for (const row of rows) {
      addRow(slice, row);
      if (slice.rows.length >= rowsPerSlice || slice.values >= valuesPerSlice || slice.characters >= charactersPerSlice) {
        finish(null);
        yield;
      }
    }
    finish(null);
  } catch (error) {
    finish(toWireError(error));
  }
  return { length, bytes: Buffer.concat(packed), ends, shapes: shapes.size > mostShapes ? null : [...shapes.values()] };
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
  const key = toShapeKey(names);
  const shape = slice.shapes.get(key) ?? { index: slice.shapes.size, names };
  slice.shapes.set(key, shape);
  slice.rows.push([shape.index, ...row.values()]);
  slice.values += names.length;
  for (const value of row.values()) slice.characters += typeof value === 'string' ? value.length : 8;
}

export function toShapeKey(names: readonly string[]): string {
  return names.join('\0');
}

/**
 * Each row by `make`, which is given its names and then, for each row of that shape, the values in their order. Nothing is kept:
 * millions of rows would be much to look after. Throws what a row was refused for when it is reached.
 */
export function* unpack<T>(
  { bytes, ends }: PackedRows,
  make: (names: readonly string[]) => (values: readonly SqlValue[]) => T,
): Generator<T> {
  for (const [index, end] of ends.entries()) {
    const { rows, shapes, error } = sliceSchema.parse(deserialize(bytes.subarray(ends[index - 1] ?? 0, end)));
    const makers = shapes.map(make);
    for (const [shape, ...values] of rows) {
      const maker = makers[shape];
      if (maker !== undefined) yield maker(values);
    }
    if (error !== null) throw fromWireError(error);
  }
}
