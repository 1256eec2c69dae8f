/** `response.status` and `response.headers`: what a function set becomes part of its answer. */

import { readHeaderList, readResponseSettings } from '#lib/engine/response-settings.ts';
import type { Settings } from '#lib/engine/settings.ts';
import type { HttpResponse } from '#lib/http/exchange.ts';
import { restProblem } from '#lib/services/rest/respond/rest-error.ts';

/** Throws PGRST111 or PGRST112 for values that are no headers or no status. */
export function applySettings(response: HttpResponse, settings: Settings | undefined): HttpResponse {
  if (settings === undefined || settings.size === 0) return response;
  const { status: set, headers: added } = parseSettings(settings);
  const status = set ?? response.status;
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
  parseSettings(settings);
}

function parseSettings(settings: Settings) {
  const read = readResponseSettings(settings);
  if (read.ok) return read;
  if (read.wrong === 'status') throw restProblem(500, 'PGRST112', 'response.status guc must be a valid status code');
  throw badHeaders(read.details);
}

/** Throws PGRST111 for a name or value that is no header, or that a function may not set. */
export function parseHeaderList(headers: readonly [string, string][]): [string, string][] {
  const list = readHeaderList(headers);
  if (list.ok) return list.headers;
  throw badHeaders(list.details);
}

function badHeaders(details: string | null) {
  const message = 'response.headers guc must be a JSON array composed of objects with a single key and a string value';
  return restProblem(500, 'PGRST111', message, { details });
}

function pairsOf(headers: readonly string[]): [string, string][] {
  return Array.from({ length: headers.length / 2 }, (_, at) => [headers[at * 2] ?? '', headers[at * 2 + 1] ?? '']);
}
