/** What the REST service is given for one request. */

import type { Caller } from '#lib/engine/caller.ts';
import type { Database } from '#lib/engine/database.ts';
import { type Parameters, type RequestContext, toParameters } from '#lib/engine/run/bind.ts';
import type { Settings } from '#lib/engine/settings.ts';
import type { HttpRequest } from '#lib/http/exchange.ts';
import type { EnvironmentSettings } from '#lib/identity/environment-settings.ts';

export interface RestContext {
  readonly request: HttpRequest;
  /** Below `/rest/v1`, still percent-encoded: `/notes`, `/rpc/add`, `/`. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly database: Database;
  readonly caller: Caller;
  readonly settings: EnvironmentSettings;
  /** What the pre-request function set; absent when there is none. */
  readonly set?: Settings;
  /** Where this API answers, for OpenAPI: `https://host/rest/v1`. */
  readonly baseUrl: string;
  /** Counts a request as this many more; rejects with 429 when that is too many. Absent: nothing counts. */
  readonly charge?: ((operations: number) => Promise<void>) | undefined;
}

/** What `current_setting('request.…')` sees; headers are only serialised when a statement reads them. */
export function toRequestContext(context: RestContext): RequestContext {
  const { request } = context;
  return {
    method: request.method,
    path: context.path,
    headersJson: () => JSON.stringify(request.headers()),
    cookiesJson: () => JSON.stringify(parseCookies(request.header('cookie') ?? '')),
  };
}

/** The caller, the request where a statement reads it, and what was set before: the first parameters of every statement. */
export function toContextParameters(context: RestContext, readsRequest: boolean): Parameters {
  return toParameters(context.caller, readsRequest ? toRequestContext(context) : null, context.set);
}

function parseCookies(header: string): Record<string, string> {
  const cookies: [string, string][] = [];
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0) cookies.push([part.slice(0, equals).trim(), part.slice(equals + 1).trim()]);
  }
  return Object.fromEntries(cookies);
}
