/** `response.status` and `response.headers`: what a function set becomes part of its answer. */

import { z } from 'zod';
import type { Settings } from '#lib/engine/settings.ts';
import type { HttpResponse } from '#lib/http/exchange.ts';
import { restProblem } from '#lib/services/rest/respond/rest-error.ts';

const headerListSchema = z.array(z.record(z.string(), z.string()).refine((item) => Object.keys(item).length === 1));

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;
const maxHeaderBytes = 8192;

/** Framing, cookies of the origin the dashboard shares, and what protects the reader of an answer are the server's. */
const protectedName =
  /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|date|content-length|content-encoding|content-security-policy.*|content-range|set-cookie2?|clear-site-data|strict-transport-security|x-content-type-options|x-frame-options|referrer-policy|permissions-policy|cross-origin-.*|access-control-.*|x-request-id|server-timing|service-worker-allowed|alt-svc|sourcemap|x-sourcemap|link|refresh|nel|report-to|reporting-endpoints|origin-agent-cluster|timing-allow-origin)$/i;

/** Throws PGRST111 or PGRST112 for values that are no headers or no status. */
export function applySettings(response: HttpResponse, settings: Settings | undefined): HttpResponse {
  if (settings === undefined || settings.size === 0) return response;
  const status = parseStatus(settings.get('response.status')) ?? response.status;
  const added = parseHeaders(settings.get('response.headers'));
  if (status === response.status && added.length === 0) return response;
  const bodiless = status === 204 || status === 205 || status === 304;
  const own = pairsOf(response.headers).filter(
    ([name]) =>
      !(bodiless && /^content-type$/i.test(name)) && !added.some(([other]) => other.toLowerCase() === name.toLowerCase()),
  );
  return { status, headers: [...own, ...added].flat(), body: bodiless ? null : response.body };
}

/** Throws what `applySettings` would: inside the transaction, so that nothing of it is kept. */
export function checkSettings(settings: Settings): void {
  parseStatus(settings.get('response.status'));
  parseHeaders(settings.get('response.headers'));
}

function parseStatus(text: string | undefined): number | null {
  if (text === undefined || text === '') return null;
  if (/^[2-5]\d\d$/.test(text)) return Number(text);
  throw restProblem(500, 'PGRST112', 'response.status guc must be a valid status code');
}

function parseHeaders(text: string | undefined): [string, string][] {
  if (text === undefined || text === '') return [];
  const parsed = headerListSchema.safeParse(parseJson(text));
  if (!parsed.success) throw badHeaders(null);
  return parseHeaderList(parsed.data.flatMap((item) => Object.entries(item)));
}

/** Throws PGRST111 for a name or value that is no header, or that a function may not set. */
export function parseHeaderList(headers: readonly [string, string][]): [string, string][] {
  let bytes = 0;
  for (const [name, value] of headers) {
    if (!headerName.test(name) || !headerValue.test(value))
      throw badHeaders('A name or a value holds characters no header may have.');
    if (protectedName.test(name)) throw badHeaders(`The header ${name} is the server's own.`);
    bytes += name.length + value.length;
  }
  if (bytes > maxHeaderBytes) throw badHeaders(`Headers may have ${maxHeaderBytes} bytes together.`);
  return headers.map(([name, value]) => [/^cache-control$/i.test(name) ? 'Cache-Control' : name, value]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function badHeaders(details: string | null) {
  const message = 'response.headers guc must be a JSON array composed of objects with a single key and a string value';
  return restProblem(500, 'PGRST111', message, { details });
}

function pairsOf(headers: readonly string[]): [string, string][] {
  return Array.from({ length: headers.length / 2 }, (_, at) => [headers[at * 2] ?? '', headers[at * 2 + 1] ?? '']);
}
