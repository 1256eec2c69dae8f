/** The REST service: PostgREST's dialect. Routing is a table of resource and method; every stage fails in one way. */

import type { HttpResponse } from '#lib/http/exchange.ts';
import { readTable } from '#lib/services/rest/read-table.ts';
import type { RestContext } from '#lib/services/rest/rest-context.ts';
import { respondError } from '#lib/services/rest/respond/respond-error.ts';
import { restProblem } from '#lib/services/rest/respond/rest-error.ts';
import { callFunction } from '#lib/services/rest/rpc/call-function.ts';
import { writeTable } from '#lib/services/rest/write-table.ts';

type Target = { readonly kind: 'root' } | { readonly kind: 'table' | 'function'; readonly name: string };

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
      throw restProblem(404, 'PGRST126', 'Root endpoint metadata is disabled');
    case 'function':
      return routeFunction(context, target.name, method);
    case 'table':
      return routeTable(context, target.name, method);
  }
}

function routeFunction(context: RestContext, name: string, method: string): Promise<HttpResponse> {
  if (method === 'PUT') throw restProblem(405, 'PGRST101', 'Cannot use the PUT method on RPC');
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') {
    throw restProblem(405, 'PGRST101', `Cannot use the ${method} method on RPC`);
  }
  return callFunction(context, name);
}

function routeTable(context: RestContext, name: string, method: string): HttpResponse | Promise<HttpResponse> {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return readTable(context, name);
    case 'POST':
    case 'PATCH':
    case 'PUT':
    case 'DELETE':
      return writeTable(context, name, method);
    default:
      throw restProblem(405, 'PGRST117', `Unsupported HTTP method: ${method}`);
  }
}

/** Throws 404 PGRST125 for anything but `/`, `/table` and `/rpc/function`. */
function parseTarget(path: string): Target {
  const parts = path.split('/').slice(1);
  if (parts.length === 1 && parts[0] === '') return { kind: 'root' };
  const names = parts.map(decodeSegment);
  const [first, second] = names;
  if (parts.length === 1 && first !== undefined) return { kind: 'table', name: first };
  if (parts.length === 2 && first === 'rpc' && second !== undefined && second !== '') return { kind: 'function', name: second };
  throw restProblem(404, 'PGRST125', 'Invalid path specified in request URL');
}

function decodeSegment(text: string): string {
  try {
    const decoded = decodeURIComponent(text);
    if (!decoded.includes('/') && !decoded.includes('\0')) return decoded;
  } catch {
    // Not a name either way.
  }
  throw restProblem(404, 'PGRST125', 'Invalid path specified in request URL');
}

function toAnswer(context: RestContext, error: unknown): HttpResponse {
  const { role } = context.caller;
  const answer = respondError(error, role !== 'anon');
  if (answer === null) throw error;
  return answer;
}
