/** Parameters of OAuth requests, from the query or a form: each at most once, as RFC 6749 demands. */

import { z } from 'zod';
import { readBytes } from '#lib/services/auth/body.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { oauthError } from '#lib/services/auth/oauth/oauth-error.ts';

export type Parameters = ReadonlyMap<string, string>;

/** Throws 400 for a parameter that comes twice: two readers could see two requests in it. */
export function toParameters(search: URLSearchParams): Parameters {
  const parameters = new Map<string, string>();
  for (const [name, value] of search) {
    // `resource` may be repeated (RFC 8707); here a token serves the whole environment, so one is as good as several.
    if (parameters.has(name)) throw oauthError('invalid_request', `The parameter ${name.slice(0, 60)} is there twice`);
    // An empty parameter counts as absent (RFC 6749, 3.1).
    if (value !== '') parameters.set(name, value);
  }
  return parameters;
}

const jsonSchema = z.record(z.string(), z.unknown());

/** The body as a form, or as the JSON object that Supabase accepts besides. */
export async function readParameters(context: AuthContext): Promise<Parameters> {
  const text = new TextDecoder().decode(await readBytes(context));
  if (!(context.request.header('content-type') ?? '').includes('json')) return toParameters(new URLSearchParams(text));
  const parsed = jsonSchema.safeParse(parseJson(text));
  if (!parsed.success) throw oauthError('invalid_request', 'Could not parse request body as JSON');
  const entries = Object.entries(parsed.data).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return toParameters(new URLSearchParams(entries));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
