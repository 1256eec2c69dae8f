/** One call to the Platform API: same origin, session cookie, JSON both ways, the answer checked by a schema. */

import { z } from 'zod';
import { PlatformError } from '#components/platform/platform-error.ts';

const base = '/api/platform/v1';

const failureSchema = z.object({
  code: z.string().catch('unknown'),
  message: z.string().catch('The server refused the request.'),
  hint: z.string().nullish().catch(null),
  details: z.unknown().optional(),
  line: z.number().nullish().catch(null),
  column: z.number().nullish().catch(null),
});

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** Throws a PlatformError for any answer outside 2xx, and for an answer of an unknown shape. */
export async function request<T>(method: Method, path: string, schema: z.ZodType<T>, body?: unknown): Promise<T> {
  const response = await send(method, path, body);
  const text = await response.text();
  const value = parseJson(text);
  if (!response.ok) {
    const failure = failureSchema.parse(typeof value === 'object' && value !== null ? value : {});
    throw new PlatformError({
      status: response.status,
      code: failure.code,
      message: failure.message,
      hint: failure.hint ?? null,
      details: failure.details,
      place: failure.line ? { line: failure.line, column: failure.column ?? 1 } : null,
    });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new PlatformError({
    status: response.status,
    code: 'unexpected_answer',
    message: 'The server answered in a form this dashboard does not know.',
    hint: 'Reload the page: the server may have been updated.',
  });
}

async function send(method: Method, path: string, body: unknown): Promise<Response> {
  try {
    return await fetch(base + path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new PlatformError({
      status: 0,
      code: 'unreachable',
      message: 'The server cannot be reached.',
      hint: 'Check that KoyaLite is running, then try again.',
    });
  }
}

const longNumber = /\d{16}/;

/** Integers no double holds stay the text they are, where the browser tells it. */
function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  const isRounded = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
  return isRounded && context?.source !== undefined && /^-?\d+$/.test(context.source) ? context.source : value;
}

function parseJson(text: string): unknown {
  try {
    if (text === '') return null;
    return longNumber.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch {
    return null;
  }
}
