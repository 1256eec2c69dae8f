/** Errors on the wire: `{code, message, details, hint}`, with the headers PostgREST adds. */

import { isSqlError } from '#lib/engine/sql-error.ts';
import type { HttpResponse } from '#lib/http/exchange.ts';
import { isProblem } from '#lib/http/problem.ts';
import { toRaisedProblem } from '#lib/services/rest/respond/raised.ts';
import { toStatus } from '#lib/services/rest/respond/sql-status.ts';

/** Null for an error that is nobody's answer: the caller's boundary logs it and answers 500. */
export function respondError(error: unknown, authenticated: boolean): HttpResponse | null {
  if (isProblem(error)) return toResponse(error.status, error.code, error.message, error.details, error.hint, error.headers);
  if (!isSqlError(error)) return null;
  if (error.sqlstate === 'PGRST')
    return respondError(
      attempt(() => toRaisedProblem(error)),
      authenticated,
    );
  const status = toStatus(error.sqlstate, authenticated, error.message);
  const headers = status === 503 ? ['Retry-After', '1'] : [];
  return toResponse(status, error.sqlstate, error.message, error.details, error.hint, headers);
}

/** Headers it may not set are a problem of their own. */
function attempt(make: () => unknown): unknown {
  try {
    return make();
  } catch (error) {
    return error;
  }
}

function toResponse(
  status: number,
  code: string,
  message: string,
  details: unknown,
  hint: string | null,
  more: string[],
): HttpResponse {
  const headers = ['Content-Type', 'application/json; charset=utf-8', 'Proxy-Status', `PostgREST; error=${code}`, ...more];
  if (status === 401 && !more.includes('WWW-Authenticate')) headers.push('WWW-Authenticate', 'Bearer');
  return { status, headers, body: JSON.stringify({ code, details, hint, message }) };
}
