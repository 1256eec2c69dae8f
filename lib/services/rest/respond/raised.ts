/** `raise_exception` with the state `PGRST`: the function words the whole answer, status, headers and body. */

import { z } from 'zod';
import type { SqlError } from '#lib/engine/sql-error.ts';
import type { Problem } from '#lib/http/problem.ts';
import { parseHeaderList } from '#lib/services/rest/respond/apply-settings.ts';
import { restProblem } from '#lib/services/rest/respond/rest-error.ts';

const messageSchema = z.object({
  code: z.string(),
  message: z.string(),
  details: z.string().nullish(),
  hint: z.string().nullish(),
});

/** `status_text` is taken and not sent: HTTP/2 has none, and the status has its own. */
const detailSchema = z.object({
  status: z.int().min(200).max(599),
  status_text: z.string().nullish(),
  headers: z.record(z.string(), z.string()),
});

const messageHint = "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'.";
const detailHint = "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'.";

/** The problem a raised `PGRST` describes; PGRST121 when it describes none. */
export function toRaisedProblem(error: SqlError): Problem {
  const message = parse(messageSchema, error.message);
  if (message === null) return malformed(`Invalid JSON value for MESSAGE: '${error.message}'`, messageHint);
  if (error.details === null) return malformed('DETAIL is missing in the RAISE statement', detailHint);
  const detail = parse(detailSchema, error.details);
  if (detail === null || !/^[\x21-\x7e]{1,64}$/.test(message.code))
    return malformed(`Invalid JSON value for DETAIL: '${error.details}'`, detailHint);
  const headers = parseHeaderList(Object.entries(detail.headers)).flat();
  const { code, details = null, hint = null } = message;
  return restProblem(detail.status, code, message.message, { details, hint, headers });
}

function malformed(details: string, hint: string): Problem {
  return restProblem(500, 'PGRST121', `Could not parse JSON in the "RAISE SQLSTATE 'PGRST'" error`, { details, hint });
}

function parse<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
