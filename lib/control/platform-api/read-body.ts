/** Reads a request's JSON body. */

import { setImmediate } from 'node:timers/promises';
import type { Route } from '#lib/control/platform-api/api-route.ts';
import type { HttpRequest } from '#lib/http/exchange.ts';
import { isNestedDeeper, maxBodyDepth } from '#lib/http/json-depth.ts';
import { Problem } from '#lib/http/problem.ts';

const atOnceCharacters = 128 << 10;

/** Undefined for routes without a JSON body; an empty body counts as `{}`. 415 for another type, 400 for broken JSON. */
export async function readJsonBody(request: HttpRequest, { body, limitBytes }: Route): Promise<unknown> {
  if (body === null || body === 'stream') return undefined;
  const bytes = await request.body(limitBytes);
  if (bytes.byteLength === 0) return {};
  const type = request.header('content-type') ?? '';
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw new Problem({
      status: 415,
      code: 'unsupported_media_type',
      message: 'The body must be JSON (Content-Type: application/json).',
    });
  }
  try {
    const json = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (json.length > atOnceCharacters) await setImmediate();
    if (!isNestedDeeper(json, maxBodyDepth)) {
      const parsed: unknown = JSON.parse(json);
      // What is done with it comes in a turn of its own.
      if (json.length > atOnceCharacters) await setImmediate();
      return parsed;
    }
  } catch {
    throw new Problem({ status: 400, code: 'invalid_json', message: 'The body is not valid JSON.' });
  }
  throw new Problem({ status: 400, code: 'invalid_json', message: `The body is nested deeper than ${maxBodyDepth} levels.` });
}
