/** The REST service: PostgREST's dialect. Routing is a table of resource and method; every stage fails in one way. */

import type { HttpResponse } from '#lib/http/exchange.ts';
import { allowFunction, allowRoot, allowTable } from '#lib/services/rest/allow.ts';
import { isBatch, runBatch } from '#lib/services/rest/batch/batch.ts';
import { describeApi } from '#lib/services/rest/openapi/openapi.ts';
import { parseTarget } from '#lib/services/rest/parse/parse-target.ts';
import { beforeRead } from '#lib/services/rest/pre-request.ts';
import { readTable } from '#lib/services/rest/read-table.ts';
import { applySettings } from '#lib/services/rest/respond/apply-settings.ts';
import { respondError } from '#lib/services/rest/respond/respond-error.ts';
import { restProblem } from '#lib/services/rest/respond/rest-error.ts';
import type { RestContext } from '#lib/services/rest/rest-context.ts';
import { callFunction } from '#lib/services/rest/rpc/call-function.ts';
import { writeTable } from '#lib/services/rest/write-table.ts';

/** Answers one request. Rejects only for faults of ours, which the caller's error boundary logs. */
export function restService(context: RestContext): HttpResponse | Promise<HttpResponse> {
  try {
    const answer = route(context);
    return answer instanceof Promise ? answer.catch((error: unknown) => toAnswer(context, error)) : answer;
  } catch (error) {
    return toAnswer(context, error);
  }
}

function route(context: RestContext): HttpResponse | Promise<HttpResponse> {
  const target = parseTarget(context.path);
  const { method } = context.request;
  switch (target.kind) {
    case 'root':
      return routeRoot(context, method);
    case 'function':
      return routeFunction(context, target.name, method);
    case 'table':
      return routeTable(context, target.name, method);
  }
}

function routeRoot(context: RestContext, method: string): HttpResponse | Promise<HttpResponse> {
  if (method === 'GET' || method === 'HEAD') {
    const own = beforeRead(context);
    const answer = (asked: RestContext) => {
      const described = describeApi(asked);
      return described instanceof Promise
        ? described.then((done) => applySettings(done, asked.set))
        : applySettings(described, asked.set);
    };
    return own instanceof Promise ? own.then(answer) : answer(own);
  }
  if (method === 'OPTIONS') return allowRoot();
  throw unsupported(method);
}

function routeFunction(context: RestContext, name: string, method: string): HttpResponse | Promise<HttpResponse> {
  if (method === 'OPTIONS') return allowFunction(context, name);
  if (method === 'GET' || method === 'HEAD' || method === 'POST') return callFunction(context, name);
  throw restProblem(405, 'PGRST101', `Cannot use the ${method} method on RPC`);
}

function routeTable(context: RestContext, name: string, method: string): HttpResponse | Promise<HttpResponse> {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return readTable(context, name);
    case 'POST':
      return isBatch(context, name) ? runBatch(context) : writeTable(context, name, method);
    case 'PATCH':
    case 'PUT':
    case 'DELETE':
      return writeTable(context, name, method);
    case 'OPTIONS':
      return allowTable(context, name);
    default:
      throw unsupported(method);
  }
}

function unsupported(method: string) {
  return restProblem(405, 'PGRST117', `Unsupported HTTP method: ${method}`);
}

function toAnswer(context: RestContext, error: unknown): HttpResponse {
  const { role } = context.caller;
  const answer = respondError(error, role !== 'anon');
  if (answer === null) throw error;
  return answer;
}
