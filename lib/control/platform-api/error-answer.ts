/** Errors as the Platform API says them: `{code, message, hint}`, and for SQL the SQLSTATE with its place. */

import { randomUUID } from 'node:crypto';
import type { ControlLogger } from '#lib/control/control-context.ts';
import { isSqlError, type SqlError } from '#lib/engine/sql-error.ts';
import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { isProblem } from '#lib/http/problem.ts';

/** Nothing of an unexpected error reaches the client but a number to find it by in the log. */
export function toErrorAnswer(error: unknown, logger: ControlLogger): HttpResponse {
  if (isProblem(error)) {
    const { status, code, message, hint, details, headers } = error;
    return jsonResponse(status, { code, message, hint, ...(details === null ? {} : { details }) }, headers);
  }
  if (isSqlError(error) && error.sqlstate !== 'XX000') return toSqlAnswer(error);
  const request_id = randomUUID();
  const cause = error instanceof Error ? error.cause : undefined;
  logger.error({ err: error, cause, request_id }, 'a Platform API request failed');
  return jsonResponse(500, {
    code: 'internal_error',
    message: 'Something went wrong.',
    hint: 'The log of the server tells more.',
    request_id,
  });
}

function toSqlAnswer({ sqlstate, message, details, hint, line, column }: SqlError): HttpResponse {
  return jsonResponse(400, { code: sqlstate, message, hint, details, line, column });
}
