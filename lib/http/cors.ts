/** Cross-origin rules of the data APIs. No credentials are ever allowed: tokens travel in headers, not cookies. */

import { emptyResponse, type HttpRequest, type HttpResponse } from '#lib/http/exchange.ts';

const allowedMethods = 'GET, HEAD, POST, PATCH, PUT, DELETE, OPTIONS';
const allowedHeaders = new Set([
  'authorization',
  'x-client-info',
  'apikey',
  'content-type',
  'accept',
  'accept-profile',
  'content-profile',
  'prefer',
  'range',
  'x-retry-count',
  'x-supabase-api-version',
  'x-upsert',
  'x-region',
  'traceparent',
  'tracestate',
  'baggage',
  'cache-control',
  'x-metadata',
  'tus-resumable',
  'upload-length',
  'upload-offset',
  'upload-metadata',
]);
const exposedHeaders =
  'Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, Range-Unit, Preference-Applied, X-Total-Count, Link, X-Supabase-Api-Version, X-Request-Id';

/** The value of Access-Control-Allow-Origin for this request, or null when the origin is not allowed. */
function allowOrigin(origins: readonly string[], origin: string): string | null {
  if (origins.includes('*')) return '*';
  return origins.includes(origin) ? origin : null;
}

export function isPreflight(request: HttpRequest): boolean {
  return request.method === 'OPTIONS' && request.header('access-control-request-method') !== null;
}

export function answerPreflight(request: HttpRequest, origins: readonly string[]): HttpResponse {
  const allowed = allowOrigin(origins, request.header('origin') ?? '');
  if (allowed === null) return emptyResponse(204, ['Vary', 'Origin']);
  const asked = (request.header('access-control-request-headers') ?? '').split(',').map((name) => name.trim().toLowerCase());
  // Custom headers are harmless to a server without cookies; naming them keeps every client library working.
  const names = [...new Set([...allowedHeaders, ...asked.filter((name) => /^[a-z0-9-]{1,64}$/.test(name))])];
  return emptyResponse(204, [
    'Access-Control-Allow-Origin',
    allowed,
    'Access-Control-Allow-Methods',
    allowedMethods,
    'Access-Control-Allow-Headers',
    names.join(', '),
    'Access-Control-Max-Age',
    '86400',
    'Vary',
    'Origin, Access-Control-Request-Headers',
  ]);
}

/** Adds the headers an allowed cross-origin answer needs; nothing for same-origin and server-side callers. */
export function addCors(answer: HttpResponse, request: HttpRequest, origins: readonly string[]): void {
  const origin = request.header('origin');
  // A preflight's answer has its own: browsers refuse the header twice.
  if (origin === null || answer.headers.includes('Access-Control-Allow-Origin')) return;
  const allowed = allowOrigin(origins, origin);
  if (allowed === null) return;
  answer.headers.push('Access-Control-Allow-Origin', allowed, 'Access-Control-Expose-Headers', exposedHeaders);
  if (allowed !== '*') answer.headers.push('Vary', 'Origin');
}
