/**
 * `POST /batch`: a list of writes that happen together or not at all, each under the caller's own policies. Nothing of
 * PostgREST's: a table of that name keeps its URL.
 */

import { setImmediate } from 'node:timers/promises';
import type { Connection } from '#lib/engine/database.ts';
import { retryStale } from '#lib/engine/run/stale-catalog.ts';
import { isTooMuch } from '#lib/engine/run/too-much.ts';
import { isSqlError } from '#lib/engine/sql-error.ts';
import type { HttpRequest, HttpResponse } from '#lib/http/exchange.ts';
import { isProblem } from '#lib/http/problem.ts';
import { type BatchItem, parseOperations } from '#lib/services/rest/batch/parse-operations.ts';
import { parseTarget } from '#lib/services/rest/parse/parse-target.ts';
import { isLargeBody, readLargeBatch } from '#lib/services/rest/payload/payload-threads.ts';
import { isDear, isLargeWrite } from '#lib/services/rest/plan-step.ts';
import { respondError } from '#lib/services/rest/respond/respond-error.ts';
import { restProblem } from '#lib/services/rest/respond/rest-error.ts';
import type { RestContext } from '#lib/services/rest/rest-context.ts';
import { parseProfile } from '#lib/services/rest/schema.ts';
import {
  type AtOperation,
  type Operation,
  type PlannedWrite,
  planWrite,
  runElsewhere,
} from '#lib/services/rest/write-elsewhere.ts';
import { parseWrite, performLargeInsert, performWrite } from '#lib/services/rest/write-table.ts';

export function isBatch(context: RestContext, name: string): boolean {
  return name === 'batch' && !context.database.catalog.tables.has(`${parseProfile(context).schema}.batch`);
}

/** Answers 200 with one `{status, headers, body}` per operation, or the first failure with its place in the list. */
export async function runBatch(context: RestContext): Promise<HttpResponse> {
  const { request, settings } = context;
  const body = await request.body(settings.api.bodyLimitBytes);
  const items = isLargeBody(body) ? await readLargeBatch(body) : parseOperations(body);
  // Or a hundred writes would pass for one request.
  if (items.length > 1) await context.charge?.(items.length - 1);
  let index = 0;
  try {
    const at = (place: number) => {
      index = place;
    };
    const answers = await retryStale(context.database, async () =>
      perform(context, await readOperations(context, items, at), at),
    );
    return {
      status: 200,
      headers: ['Content-Type', 'application/json; charset=utf-8'],
      body: `[${answers.map(toEntry).join(',')}]`,
    };
  } catch (error) {
    const failed = isProblem(error) || isSqlError(error) ? respondError(error, context.caller.role !== 'anon') : null;
    if (failed === null) throw error;
    return { ...failed, headers: [...failed.headers, 'Batch-Index', String(index)] };
  }
}

/** More rows than this are written in steps, with pauses for others' reads. */
const rowsAtOnce = 250;
const bytesAtOnce = 64 << 10;
const msAtOnce = 10;

async function perform(context: RestContext, operations: readonly Operation[], at: AtOperation): Promise<HttpResponse[]> {
  const { database } = context;
  const planned: PlannedWrite[] = [];
  let startedMs = performance.now();
  for (const [index, operation] of operations.entries()) {
    at(index);
    planned.push(planWrite(operation));
    if (performance.now() - startedMs < msAtOnce) continue;
    await setImmediate();
    startedMs = performance.now();
  }
  if (isLargeWrite(operations.map(({ write }) => write)) || planned.some(({ step }) => isDear(database, step)))
    return runElsewhere(context, planned, at);
  const rows = operations.reduce((sum, { write }) => sum + write.payload.rows.length, 0);
  const answers =
    rows > rowsAtOnce
      ? database.writeInSteps((connection) => performInSteps(connection, operations, at))
      : database.write((connection) => operations.map((operation, index) => performOne(connection, operation, index, at)));
  return answers.catch((error: unknown) => {
    if (!isTooMuch(error)) throw error;
    return runElsewhere(context, planned, at);
  });
}

function* performInSteps(
  connection: Connection,
  operations: readonly Operation[],
  at: AtOperation,
): Generator<void, HttpResponse[]> {
  const answers: HttpResponse[] = [];
  for (const [index, operation] of operations.entries()) {
    const { context, table, method, write } = operation;
    const large = method === 'POST' && write.payload.rows.length > rowsAtOnce && !write.rollback;
    at(index);
    answers.push(
      large ? yield* performLargeInsert(context, connection, table, write) : performOne(connection, operation, index, at),
    );
    yield;
  }
  return answers;
}

function performOne(connection: Connection, operation: Operation, index: number, at: AtOperation): HttpResponse {
  at(index);
  const { context, method, table, write } = operation;
  return performWrite(context, connection, table, method, write);
}

/** Many bodies that are not large may be much together: others have their turn between them. */
async function readOperations(context: RestContext, items: readonly BatchItem[], at: AtOperation): Promise<Operation[]> {
  const operations: Operation[] = [];
  let bytes = 0;
  for (const [index, item] of items.entries()) {
    at(index);
    operations.push(await readOperation(context, item));
    bytes += item.body.byteLength;
    if (bytes < bytesAtOnce) continue;
    bytes = 0;
    await setImmediate();
  }
  return operations;
}

async function readOperation(context: RestContext, item: BatchItem): Promise<Operation> {
  const mark = item.path.indexOf('?');
  const path = mark < 0 ? item.path : item.path.slice(0, mark);
  const target = parseTarget(path);
  if (target.kind !== 'table' || isBatch(context, target.name))
    throw restProblem(400, 'PGRST125', 'Invalid path specified in request URL');
  const own: RestContext = {
    ...context,
    request: toRequest(context.request, item),
    path,
    query: mark < 0 ? '' : item.path.slice(mark + 1),
  };
  const body = item.method === 'DELETE' ? null : item.body;
  return { context: own, method: item.method, table: target.name, write: await parseWrite(own, target.name, body) };
}

/** The operation as a request: its own headers, and of the batch's only what says who is asking. */
function toRequest(outer: HttpRequest, item: BatchItem): HttpRequest {
  const { 'content-type': _type, 'content-length': _length, prefer: _prefer, accept: _accept, ...shared } = outer.headers();
  const own = Object.entries(item.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const headers = new Map(own.filter(([name]) => ['prefer', 'accept', 'content-profile'].includes(name)));
  return {
    ...outer,
    method: item.method,
    url: item.path,
    header: (name) => headers.get(name) ?? shared[name] ?? null,
    headers: () => ({ ...shared, ...Object.fromEntries(headers) }),
  };
}

function toEntry({ status, headers, body }: HttpResponse): string {
  const named = Object.fromEntries(
    Array.from({ length: headers.length / 2 }, (_, at) => [headers[at * 2] ?? '', headers[at * 2 + 1] ?? '']),
  );
  const isJson = named['Content-Type']?.includes('json') ?? false;
  const text = typeof body === 'string' ? (isJson ? body : JSON.stringify(body)) : 'null';
  return `{"status":${status},"headers":${JSON.stringify(named)},"body":${text}}`;
}
