/** Reading request bodies: JSON objects checked by a schema, with GoTrue's errors. */

import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { isNestedDeeper, maxBodyDepth } from '#lib/http/json-depth.ts';
import { isProblem } from '#lib/http/problem.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { isObject } from '#lib/services/auth/rows.ts';

const limitBytes = 1_000_000;
/** After a larger one was parsed, others have their turn. */
const atOnceBytes = 128 << 10;

/** Clients send null for what they leave out. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
export const optionalText = z
  .string()
  .nullish()
  .transform((value) => value ?? null);
/** Of a user, as JSON. Tokens carry it in a header, and every token and answer prints it. */
export const metadataLimit = 64 << 10;

export const metadataRecord = z
  .custom<Record<string, unknown>>(isObject, 'expected an object')
  .refine(
    (value) => JSON.stringify(value).length <= metadataLimit,
    `metadata is larger than ${metadataLimit} characters of JSON`,
  );

export const metadata = metadataRecord.nullish().transform((value) => value ?? {});
export const captcha = z
  .object({ captcha_token: text })
  .nullish()
  .transform((value) => value?.captcha_token ?? '');

/** The body checked by `schema`. An empty body reads as `{}`. */
export async function readBody<T extends z.ZodType>(context: AuthContext, schema: T): Promise<z.output<T>> {
  const value = await readJson(context);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw validationFailed(`Invalid request body: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`);
}

async function readJson(context: AuthContext): Promise<unknown> {
  const bytes = await readBytes(context);
  if (bytes.length === 0) return {};
  let value: unknown;
  try {
    const json = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    value = isNestedDeeper(json, maxBodyDepth) ? undefined : JSON.parse(json);
  } catch {
    throw authError(400, 'bad_json', 'Could not parse request body as JSON');
  }
  if (bytes.length > atOnceBytes) await setImmediate();
  if (value === undefined) throw authError(400, 'bad_json', `Request body is nested deeper than ${maxBodyDepth} levels`);
  if (isObject(value)) return value;
  throw authError(400, 'bad_json', 'Could not parse request body as JSON: an object is needed');
}

/** The body as it came, for form posts of providers. */
export async function readBytes(context: AuthContext): Promise<Uint8Array> {
  try {
    return await context.request.body(limitBytes);
  } catch (error) {
    if (!isProblem(error) || error.status !== 413) throw error;
    throw authError(413, 'request_entity_too_large', 'Request body is too large');
  }
}
