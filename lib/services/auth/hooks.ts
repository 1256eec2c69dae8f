/** Hooks: an operator's SQL function or HTTP address that may change or refuse what auth is about to do. */

import { createHmac, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { isProblem, Problem } from '#lib/http/problem.ts';
import type { Claims } from '#lib/identity/jwt.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { isObject, type JsonObject } from '#lib/services/auth/rows.ts';

export type HookName =
  | 'before_user_created'
  | 'custom_access_token'
  | 'send_email'
  | 'send_sms'
  | 'password_verification_attempt'
  | 'mfa_verification_attempt';

const timeoutMs = 5000;
const tries = 3;
const limitBytes = 200 * 1024;

export function isHookEnabled(context: AuthContext, name: HookName): boolean {
  const settings = authSettingsOf(context.environment);
  return settings[`hook_${name}_enabled`] && settings[`hook_${name}_uri`] !== '';
}

/** Runs the hook and returns its answer, or null when it is off. Throws what the hook's `error` says. */
export async function runHook(context: AuthContext, name: HookName, payload: JsonObject): Promise<JsonObject | null> {
  if (!isHookEnabled(context, name)) return null;
  const uri = authSettingsOf(context.environment)[`hook_${name}_uri`];
  const answer = uri.startsWith('pg-functions://')
    ? await runSqlHook(context, uri, payload)
    : await postHook(context, name, uri, payload);
  const error = errorSchema.safeParse(answer);
  if (error.success) {
    const status = error.data.error.http_code ?? 500;
    const bounded = status >= 400 && status < 600 ? status : 500;
    throw authError(
      bounded,
      bounded < 500 ? 'validation_failed' : 'unexpected_failure',
      error.data.error.message ?? 'Hook refused the request',
    );
  }
  return answer;
}

const errorSchema = z.object({ error: z.object({ http_code: z.int().optional(), message: z.string().optional() }) });

/** The claims after the custom-access-token hook. What identifies the user, the session and its client stays ours. */
export async function customizeAccessToken(
  context: AuthContext,
  userId: string,
  method: string,
  claims: Claims,
): Promise<Claims> {
  const answer = await runHook(context, 'custom_access_token', { user_id: userId, claims, authentication_method: method });
  if (answer === null) return claims;
  if (!isObject(answer.claims)) throw authError(500, 'unexpected_failure', 'output claims field is missing');
  const { sub, iss, exp, iat, session_id, client_id, scope } = claims;
  const client = client_id === undefined ? {} : { client_id, scope };
  return { ...answer.claims, sub, iss, exp, iat, session_id, ...client };
}

/** Asks a verification hook; throws 403 when it rejects. */
export async function askDecision(
  context: AuthContext,
  name: 'password_verification_attempt' | 'mfa_verification_attempt',
  payload: JsonObject,
): Promise<void> {
  const answer = await runHook(context, name, payload);
  if (answer === null || answer.decision !== 'reject') return;
  const message = typeof answer.message === 'string' && answer.message !== '' ? answer.message : 'Invalid credentials';
  throw name === 'mfa_verification_attempt'
    ? authError(403, 'mfa_verification_rejected', message)
    : authError(400, 'invalid_credentials', message);
}

async function runSqlHook(context: AuthContext, uri: string, payload: JsonObject): Promise<JsonObject> {
  const match = /^pg-functions:\/\/[^/]+\/([^/]+)\/([^/]+)$/.exec(uri);
  const [, schema = '', name = ''] = match ?? [];
  if (match === null || context.runFunction === undefined)
    throw authError(500, 'unexpected_failure', 'Hook function is not reachable');
  try {
    const answer = await context.runFunction(schema, name, payload);
    return isObject(answer) ? answer : {};
  } catch (cause) {
    if (isProblem(cause)) throw cause;
    throw new Problem({ status: 500, code: 'unexpected_failure', message: 'Error running hook function', cause });
  }
}

async function postHook(context: AuthContext, name: HookName, uri: string, payload: JsonObject): Promise<JsonObject> {
  const body = JSON.stringify(payload);
  const secrets = authSettingsOf(context.environment)[`hook_${name}_secrets`];
  for (let attempt = 1; ; attempt++) {
    const response = await send(context, uri, body, secrets);
    const again = response.status === 429 || response.status === 503;
    if (again && attempt < tries && response.headers.has('retry-after')) continue;
    if (again) throw authError(422, 'hook_timeout_after_retry', 'Service currently unavailable due to hook');
    return readAnswer(response);
  }
}

async function send(context: AuthContext, uri: string, body: string, secrets: string): Promise<Response> {
  const id = randomUUID();
  const timestamp = String(Math.floor(context.now() / 1000));
  const headers = {
    'Content-Type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures(secrets, `${id}.${timestamp}.${body}`),
  };
  try {
    return await context.ports.fetch(uri, {
      method: 'POST',
      headers,
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (cause) {
    const message = `Failed to reach hook within maximum time of ${timeoutMs / 1000} seconds`;
    throw new Problem({ status: 422, code: 'hook_timeout', message, cause });
  }
}

/** Standard Webhooks: one signature for each secret, so that secrets can be rotated. */
function signatures(secrets: string, content: string): string {
  const keys = secrets
    .split('|')
    .map((secret) => secret.replace(/^v1,whsec_/, ''))
    .filter(Boolean);
  return keys.map((key) => `v1,${createHmac('sha256', Buffer.from(key, 'base64')).update(content).digest('base64')}`).join(' ');
}

async function readAnswer(response: Response): Promise<JsonObject> {
  if (response.status === 204) return {};
  if (!response.ok && response.status !== 400)
    throw authError(500, 'unexpected_failure', `Unexpected status code returned from hook: ${response.status}`);
  const type = response.headers.get('content-type') ?? '';
  const text = await response.text();
  if (text === '') return {};
  if (!type.startsWith('application/json'))
    throw authError(422, 'hook_payload_invalid_content_type', 'Invalid Content-Type from hook: application/json is needed');
  if (text.length > limitBytes)
    throw authError(422, 'hook_payload_over_size_limit', `Payload size exceeded size limit of ${limitBytes} bytes`);
  try {
    const answer: unknown = JSON.parse(text);
    return isObject(answer) ? answer : {};
  } catch (cause) {
    throw new Problem({ status: 500, code: 'unexpected_failure', message: 'Error unmarshaling hook output', cause });
  }
}
