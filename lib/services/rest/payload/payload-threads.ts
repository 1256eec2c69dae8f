/** Large bodies are parsed and encoded on a thread: a megabyte of JSON or CSV would hold up everybody's requests. */

import { Piscina } from 'piscina';
import { z } from 'zod';
import type { Table } from '#lib/engine/catalog/catalog.ts';
import { errorSchema, fromWireError } from '#lib/engine/child/child-message.ts';
import { type PackedRows, packedSchema, unpack } from '#lib/engine/run/packed-rows.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';
import { Problem } from '#lib/http/problem.ts';
import { remember } from '#lib/remember.ts';
import type { BatchItem } from '#lib/services/rest/batch/parse-operations.ts';
import type { Payload, PayloadRows } from '#lib/services/rest/parse/parse-body.ts';
import { toFields } from '#lib/services/rest/payload/fields.ts';
import type * as work from '#lib/services/rest/payload/payload-work.ts';
import type { Given } from '#lib/services/rest/rpc/read-arguments-body.ts';

/** A hundred kilobytes take a few milliseconds, and a thread's answer takes longer than that to come. */
const largeBodyBytes = 128 << 10;
const maxWaiting = 64;
/** Parsed JSON takes many times its text; a body that takes more than this is refused, and only its thread ends. */
const heapLimitMb = 2048;

const threads = remember(
  'rest.payload-threads',
  () =>
    new Piscina({
      filename: new URL('./payload-work.ts', import.meta.url).href,
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: 10_000,
      maxQueue: maxWaiting,
      resourceLimits: { maxOldGenerationSizeMb: heapLimitMb },
    }),
);

export function isLargeBody(body: Uint8Array): boolean {
  return body.byteLength > largeBodyBytes;
}

type Work = typeof work;
const outcomeSchema = z.union([z.object({ value: z.unknown() }), z.object({ error: errorSchema })]);

async function onThread(name: keyof Work, given: unknown): Promise<unknown> {
  if (threads.queueSize >= maxWaiting) throw overloaded();
  const outcome = outcomeSchema.parse(await threads.run(given, { name }).catch(toProblem));
  if ('error' in outcome) throw fromWireError(outcome.error);
  return outcome.value;
}

const rowsSchema = z.object({
  keys: z.array(z.string()),
  uniform: z.boolean(),
  sent: z.map(z.string(), z.string()),
  packed: packedSchema,
});

/** Throws what the body is refused for; what a row is refused for is thrown when it is reached. */
export async function readLargePayload(
  body: Uint8Array,
  contentType: string | null,
  table: Table,
  columns: readonly string[] | null,
): Promise<Payload> {
  const fields = toFields(table);
  const read = await onThread('rows', { body, contentType, fields: fields.list, columns });
  const { keys, uniform, sent, packed } = rowsSchema.parse(read);
  return { rows: unpackRows(packed), keys, uniform, form: 'encoded', encoded: { fields: fields.text, sent, packed } };
}

export function unpackRows(packed: PackedRows): PayloadRows {
  const toRows = () =>
    unpack(packed, (names) => (values) => new Map(names.map((name, place) => [name, values[place] ?? null] as const)));
  return { length: packed.length, at: (index) => toRows().drop(index).next().value, [Symbol.iterator]: toRows };
}

const operationsSchema: z.ZodType<BatchItem[]> = z.array(
  z.object({
    method: z.enum(['POST', 'PATCH', 'PUT', 'DELETE']),
    path: z.string(),
    headers: z.record(z.string(), z.string()),
    body: z.instanceof(Uint8Array),
  }),
);

export async function readLargeBatch(body: Uint8Array): Promise<BatchItem[]> {
  return operationsSchema.parse(await onThread('operations', body));
}

const givenSchema: z.ZodType<Given> = z.object({
  names: z.array(z.string()).nullable(),
  whole: z.enum(['json', 'text', 'bytea', 'xml']).nullable(),
});

export async function readLargeCall(call: work.CallWork): Promise<Given> {
  return givenSchema.parse(await onThread('given', call));
}

const argumentsSchema = z.map(z.string(), z.custom<SqlValue>());

export async function encodeLargeCall(call: work.ArgumentsWork): Promise<ReadonlyMap<string, SqlValue>> {
  return argumentsSchema.parse(await onThread('callArguments', call));
}

function toProblem(cause: unknown): never {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  if (code !== 'ERR_WORKER_OUT_OF_MEMORY') throw cause;
  throw new Problem({
    status: 413,
    code: 'request_entity_too_large',
    message: 'The request body takes too much memory to read',
    hint: 'Send fewer values at once.',
  });
}

function overloaded(): Problem {
  return new Problem({
    status: 503,
    code: 'request_timeout',
    message: 'Too many large bodies at once',
    hint: 'Try again in a moment.',
    headers: ['Retry-After', '1'],
  });
}
