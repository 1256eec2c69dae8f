/** POST, PATCH, PUT and DELETE of a table: one transaction, planned inside it so that policies are those of the commit. */

import type { Connection } from '#lib/engine/database.ts';
import { slowMs } from '#lib/engine/run/cost.ts';
import { cpuTimeMs } from '#lib/engine/run/cpu-time.ts';
import { retryStale } from '#lib/engine/run/stale-catalog.ts';
import { isTooMuch } from '#lib/engine/run/too-much.ts';
import type { HttpResponse } from '#lib/http/exchange.ts';
import { forgetCheap, isKnownCheap, isOneShortRow, keepCheap } from '#lib/services/rest/cheap-inserts.ts';
import { explain } from '#lib/services/rest/explain.ts';
import { type LexedQuery, lexQuery } from '#lib/services/rest/parse/lex-query.ts';
import { type Payload, parsePayload } from '#lib/services/rest/parse/parse-body.ts';
import { parsePrefer } from '#lib/services/rest/parse/parse-prefer.ts';
import { checkLimits, parseQuery, type Query } from '#lib/services/rest/parse/parse-request.ts';
import { isLargeBody, readLargePayload } from '#lib/services/rest/payload/payload-threads.ts';
import { getTable } from '#lib/services/rest/plan/find-table.ts';
import { isDear, isFixed, isLargeWrite, observeStep } from '#lib/services/rest/plan-step.ts';
import { beforeWrite } from '#lib/services/rest/pre-request.ts';
import { prepareWrite, type WriteMethod } from '#lib/services/rest/prepare-write.ts';
import { checkPut } from '#lib/services/rest/put.ts';
import { applySettings } from '#lib/services/rest/respond/apply-settings.ts';
import { type Outcome, respondWrite } from '#lib/services/rest/respond/respond-write.ts';
import { notSingular, tooManyAffected } from '#lib/services/rest/respond/rest-error.ts';
import type { RestContext } from '#lib/services/rest/rest-context.ts';
import { postInSteps, runDelete, runPatch, runPost } from '#lib/services/rest/run-write.ts';
import { parseProfile } from '#lib/services/rest/schema.ts';
import { type PlannedWrite, planWrite, runElsewhere } from '#lib/services/rest/write-elsewhere.ts';

const emptyPayload: Payload = { rows: [], keys: [], uniform: true, form: 'json', encoded: null };

/** A write whose URL, headers and body have been read. */
export interface ParsedWrite {
  readonly lexed: LexedQuery;
  readonly query: Query;
  readonly payload: Payload;
  readonly rollback: boolean;
  readonly bodyBytes: number;
}

export async function writeTable(context: RestContext, table: string, method: WriteMethod): Promise<HttpResponse> {
  const { request, settings } = context;
  const body = method === 'DELETE' ? null : await request.body(settings.api.bodyLimitBytes);
  return retryStale(context.database, async () => write(context, table, method, await parseWrite(context, table, body)));
}

async function write(context: RestContext, table: string, method: WriteMethod, parsed: ParsedWrite): Promise<HttpResponse> {
  const { request, database, settings } = context;
  const isPlain =
    method === 'POST' &&
    settings.api.preRequest === null &&
    isPlainInsert(parsed, request.header('prefer'), request.header('accept'));
  if (isPlain && isOneShortRow(parsed)) return writeShortRow(context, table, parsed);
  const planned = planWrite({ context, method, table, write: parsed });
  if (isLargeWrite([parsed]) || isDear(database, planned.step)) return writeElsewhere(context, planned);
  const answer =
    method === 'POST' && parsed.payload.rows.length > largePayloadRows && !parsed.rollback
      ? database.writeInSteps((connection) => performLargeInsert(context, connection, table, parsed))
      : writeHere(context, table, method, parsed, isPlain, planned);
  return answer.catch((error: unknown) => {
    if (!isTooMuch(error)) throw error;
    return writeElsewhere(context, planned);
  });
}

/** The most frequent write: judged once for many, and anew when the clock says that it took long. */
async function writeShortRow(context: RestContext, table: string, parsed: ParsedWrite): Promise<HttpResponse> {
  const { database } = context;
  const prepared = prepareWrite(context, table, 'POST', parsed.lexed, parsed.query, parsed.payload);
  if (!isKnownCheap(prepared)) {
    const planned = planWrite({ context, method: 'POST', table, write: parsed });
    if (isDear(database, planned.step)) return writeElsewhere(context, planned);
    if (isFixed(database, planned.step)) keepCheap(prepared);
    return writeHere(context, table, 'POST', parsed, true, planned);
  }
  return database.write(
    (connection) => {
      const startedMs = performance.now();
      const answer = performWrite(context, connection, table, 'POST', parsed);
      if (performance.now() - startedMs > slowMs) forgetCheap(prepared);
      return answer;
    },
    { oneStatement: true },
  );
}

function writeHere(
  context: RestContext,
  table: string,
  method: WriteMethod,
  parsed: ParsedWrite,
  oneStatement: boolean,
  planned: PlannedWrite,
): Promise<HttpResponse> {
  const { database } = context;
  return database.write(
    (connection) => {
      const startedMs = cpuTimeMs();
      const answer = performWrite(context, connection, table, method, parsed);
      observeStep(database, planned.step, cpuTimeMs() - startedMs);
      return answer;
    },
    { oneStatement },
  );
}

async function writeElsewhere(context: RestContext, planned: PlannedWrite): Promise<HttpResponse> {
  const [answer] = await runElsewhere(context, [planned], () => undefined);
  if (answer === undefined) throw new Error('a write without an answer');
  return answer;
}

/** Beyond this many rows a payload is written in steps. */
const largePayloadRows = 250;

/** Runs in a transaction of its own, which others' reads pass by. */
export function* performLargeInsert(
  context: RestContext,
  connection: Connection,
  table: string,
  parsed: ParsedWrite,
): Generator<void, HttpResponse> {
  const { lexed, query, payload } = parsed;
  const write = prepareWrite(context, table, 'POST', lexed, query, payload);
  const own = beforeWrite(context, connection);
  if (write.media.plan !== null) return explain(context, write.media, write.returning?.sql ?? null);
  const outcome = yield* postInSteps(own, connection, write, lexed, query, payload);
  if (write.media.kind === 'object' && outcome.affected !== 1) throw notSingular(outcome.affected);
  return applySettings(respondWrite(context, write, outcome, false), own.set);
}

/** One row, nothing read back, nothing checked after: a single INSERT. */
function isPlainInsert({ payload, rollback }: ParsedWrite, prefer: string | null, accept: string | null): boolean {
  if (payload.rows.length !== 1 || rollback) return false;
  return !/representation|resolution|headers-only/.test(prefer ?? '') && !(accept ?? '').includes('object');
}

/** A DELETE has no body. */
export async function parseWrite(context: RestContext, table: string, body: Uint8Array | null): Promise<ParsedWrite> {
  const { request, settings } = context;
  const lexed = lexQuery(context.query);
  checkLimits(lexed);
  const preferences = parsePrefer(request.header('prefer'));
  const query = parseQuery(lexed);
  const payload = body === null ? emptyPayload : await readPayload(context, table, body, query);
  const rollback = preferences.tx === 'rollback' && settings.api.txOverride;
  return { lexed, query, payload, rollback, bodyBytes: body?.byteLength ?? 0 };
}

function readPayload(context: RestContext, name: string, body: Uint8Array, query: Query): Payload | Promise<Payload> {
  const { database, request } = context;
  const contentType = request.header('content-type');
  if (!isLargeBody(body)) return parsePayload(body, contentType);
  const table = getTable(database.catalog, parseProfile(context).schema, name);
  return readLargePayload(body, contentType, table, query.columns);
}

/** Runs inside the caller's transaction; a throw leaves it to the caller to roll back. */
export function performWrite(
  context: RestContext,
  connection: Connection,
  table: string,
  method: WriteMethod,
  { lexed, query, payload, rollback }: ParsedWrite,
): HttpResponse {
  const write = prepareWrite(context, table, method, lexed, query, payload);
  const perform = (): HttpResponse => {
    const own = beforeWrite(context, connection);
    if (write.media.plan !== null)
      return explain(context, write.media, write.change?.statements.find.sql ?? write.returning?.sql ?? null);
    const outcome = runMethod(own, connection, method, write, lexed, query, payload);
    return applySettings(respondWrite(context, write, outcome, rollback), own.set);
  };
  return rollback ? undoing(connection, perform) : perform();
}

function runMethod(
  context: RestContext,
  connection: Connection,
  method: WriteMethod,
  write: ReturnType<typeof prepareWrite>,
  lexed: LexedQuery,
  query: Query,
  payload: Payload,
): Outcome {
  const outcome = runByMethod(context, connection, method, write, lexed, query, payload);
  const { preferences, media } = write;
  if (
    preferences.handling === 'strict' &&
    preferences.maxAffected !== null &&
    method !== 'POST' &&
    outcome.affected > preferences.maxAffected
  ) {
    throw tooManyAffected(outcome.affected);
  }
  if (media.kind === 'object' && outcome.affected !== 1) throw notSingular(outcome.affected);
  return outcome;
}

function runByMethod(
  context: RestContext,
  connection: Connection,
  method: WriteMethod,
  write: ReturnType<typeof prepareWrite>,
  lexed: LexedQuery,
  query: Query,
  payload: Payload,
): Outcome {
  switch (method) {
    case 'PUT':
      checkPut(write.table, query, lexed, payload);
      return runPost(context, connection, write, lexed, query, payload);
    case 'POST':
      return runPost(context, connection, write, lexed, query, payload);
    case 'PATCH':
      return runPatch(context, connection, write, lexed, payload);
    case 'DELETE':
      return runDelete(context, connection, write, lexed);
  }
}

/** `Prefer: tx=rollback`: the work is done, answered and undone. */
function undoing<T>(connection: Connection, work: () => T): T {
  connection.exec('SAVEPOINT undone');
  const result = work();
  connection.exec('ROLLBACK TO undone');
  connection.exec('RELEASE undone');
  return result;
}
