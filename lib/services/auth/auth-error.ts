/** Auth's errors: GoTrue's codes and texts, in the wire shape the client's API version asks for. */

import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { Problem } from '#lib/http/problem.ts';

/** A problem with one of GoTrue's error codes. */
export function authError(status: number, code: string, message: string, details?: unknown): Problem {
  return new Problem({ status, code, message, details });
}

export function validationFailed(message: string): Problem {
  return authError(400, 'validation_failed', message);
}

const versionedSince = '2024-01-01';

/** The answer for a failed request: `{code,message}` for clients of API version 2024-01-01, `{code,error_code,msg}` before. */
export function errorResponse(problem: Problem, apiVersion: string | null): HttpResponse {
  const extra = weakPasswordOf(problem);
  const headers = ['x-sb-error-code', problem.code, ...problem.headers];
  if (apiVersion !== null && /^\d{4}-\d{2}-\d{2}$/.test(apiVersion) && apiVersion >= versionedSince) {
    const body = { code: problem.code, message: problem.message, ...extra };
    return jsonResponse(problem.status, body, ['X-Supabase-Api-Version', versionedSince, ...headers]);
  }
  return jsonResponse(
    problem.status,
    { code: problem.status, error_code: problem.code, msg: problem.message, ...extra },
    headers,
  );
}

function weakPasswordOf(problem: Problem): object {
  return problem.code === 'weak_password' && problem.details !== null ? { weak_password: problem.details } : {};
}
