/** POST, PATCH, PUT and DELETE of a table: one transaction, planned inside it so that policies are those of the commit. */

import type { Connection } from '#lib/engine/database.ts';
import type { HttpResponse } from '#lib/http/exchange.ts';
import { type LexedQuery, lexQuery } from '#lib/services/rest/parse/lex-query.ts';
import { type Payload, parsePayload } from '#lib/services/rest/parse/parse-body.ts';
import { parsePrefer } from '#lib/services/rest/parse/parse-prefer.ts';
import { checkLimits, parseQuery, type Query } from '#lib/services/rest/parse/parse-request.ts';
import { prepareWrite, type WriteMethod } from '#lib/services/rest/prepare-write.ts';
import { checkPut } from '#lib/services/rest/put.ts';
import type { RestContext } from '#lib/services/rest/rest-context.ts';
import { type Outcome, respondWrite } from '#lib/services/rest/respond/respond-write.ts';
import { notSingular, tooManyAffected } from '#lib/services/rest/respond/rest-error.ts';
import { runDelete, runPost, runPatch } from '#lib/services/rest/run-write.ts';

const emptyPayload: Payload = { rows: [], keys: [], uniform: true, literal: false };

export async function writeTable(context: RestContext, table: string, method: WriteMethod): Promise<HttpResponse> {
  const { request, settings, database } = context;
  const lexed = lexQuery(context.query);
  checkLimits(lexed);
  const preferences = parsePrefer(request.header('prefer'));
  const payload =
    method === 'DELETE' ? emptyPayload : parsePayload(await request.body(settings.api.bodyLimitBytes), request.header('content-type'));
  const query = parseQuery(lexed);
  const rollback = preferences.tx === 'rollback' && settings.api.txOverride;
  return database.write((connection) => {
    const write = prepareWrite(context, table, method, lexed, query, payload);
    const run = () => runMethod(context, connection, method, write, lexed, query, payload);
    const outcome = rollback ? undoing(connection, run) : run();
    return respondWrite(context, write, outcome, rollback);
  });
}

function runMethod(
  context: RestContext, connection: Connection, method: WriteMethod, write: ReturnType<typeof prepareWrite>, lexed: LexedQuery, query: Query, payload: Payload,
): Outcome {
  const outcome = runByMethod(context, connection, method, write, lexed, query, payload);
  const { preferences, media } = write;
  if (preferences.handling === 'strict' && preferences.maxAffected !== null && method !== 'POST' && outcome.affected > preferences.maxAffected) {
    throw tooManyAffected(outcome.affected);
  }
  if (media.kind === 'object' && outcome.affected !== 1) throw notSingular(outcome.affected);
  return outcome;
}

function runByMethod(
  context: RestContext, connection: Connection, method: WriteMethod, write: ReturnType<typeof prepareWrite>, lexed: LexedQuery, query: Query, payload: Payload,
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
