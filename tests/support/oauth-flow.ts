/** The steps of an authorization-code flow as bare requests, so that a test can do one of them wrong. */

import { createHash, randomBytes } from 'node:crypto';
import type { AuthEnvironment } from './auth-environment.ts';
import { type Answer, ask } from './auth-http.ts';

export const oauthOn = {
  oauth_server_enabled: true,
  rate_limit_oauth_authorize: 0,
  rate_limit_oauth_token: 0,
  rate_limit_oauth_register: 0,
};
export const callback = 'https://client.example/callback';

export interface TestClient {
  readonly id: string;
  /** Empty for a public client. */
  readonly secret: string;
}

export async function addClient(environment: AuthEnvironment, fields: Record<string, unknown> = {}): Promise<TestClient> {
  const body = { client_name: 'Planner', redirect_uris: [callback], ...fields };
  const answer = await ask(environment, '/admin/oauth/clients', { token: environment.serviceKey, body });
  if (answer.status !== 201) throw new Error(`no client: ${JSON.stringify(answer.body)}`);
  return { id: String(answer.body.client_id), secret: String(answer.body.client_secret ?? '') };
}

export function newVerifier(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** Where the browser is sent; parameters set to undefined are left out. */
export async function authorize(
  environment: AuthEnvironment,
  client: TestClient,
  parameters: Record<string, string | undefined> = {},
): Promise<{ answer: Answer; location: URL | null; verifier: string }> {
  const { verifier, challenge } = newVerifier();
  const all = {
    response_type: 'code',
    client_id: client.id,
    redirect_uri: callback,
    scope: 'openid profile email',
    state: 'xyz',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...parameters,
  };
  const query = new URLSearchParams(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const answer = await ask(environment, `/oauth/authorize?${query}`);
  const location = answer.headers.get('location');
  return { answer, location: location === null ? null : new URL(location), verifier };
}

/** The request's id on the consent page. */
export async function request(
  environment: AuthEnvironment,
  client: TestClient,
  parameters: Record<string, string | undefined> = {},
): Promise<{ id: string; verifier: string }> {
  const { location, verifier } = await authorize(environment, client, parameters);
  return { id: location?.searchParams.get('authorization_id') ?? '', verifier };
}

/** What the user's consent page does: look, then answer. */
export async function answerRequest(environment: AuthEnvironment, token: string, id: string, action = 'approve'): Promise<URL> {
  const details = await ask(environment, `/oauth/authorizations/${id}`, { token });
  if (typeof details.body.redirect_url === 'string') return new URL(details.body.redirect_url);
  const answer = await ask(environment, `/oauth/authorizations/${id}/consent`, { token, body: { action } });
  if (typeof answer.body.redirect_url !== 'string') throw new Error(`not answered: ${JSON.stringify(answer.body)}`);
  return new URL(answer.body.redirect_url);
}

/** A code for a client, by way of the user's agreement. */
export async function codeFor(
  environment: AuthEnvironment,
  client: TestClient,
  token: string,
  parameters: Record<string, string | undefined> = {},
): Promise<{ code: string; verifier: string }> {
  const { id, verifier } = await request(environment, client, parameters);
  const back = await answerRequest(environment, token, id);
  return { code: back.searchParams.get('code') ?? '', verifier };
}

/** A form to an OAuth endpoint; a client with a secret sends it by Basic. */
export function post(
  environment: AuthEnvironment,
  path: string,
  client: TestClient | null,
  form: Record<string, string>,
): Promise<Answer> {
  const basic = client !== null && client.secret !== '';
  const body = new URLSearchParams({ ...(client === null || basic ? {} : { client_id: client.id }), ...form });
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded',
    ...(basic ? { Authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}` } : {}),
  };
  return ask(environment, path, { body: body.toString(), headers });
}

export function exchange(
  environment: AuthEnvironment,
  client: TestClient | null,
  { code, verifier }: { code: string; verifier: string },
  more: Record<string, string> = {},
): Promise<Answer> {
  const form = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: callback, ...more };
  return post(environment, '/oauth/token', client, form);
}

export function renew(
  environment: AuthEnvironment,
  client: TestClient | null,
  refreshToken: unknown,
  more: Record<string, string> = {},
): Promise<Answer> {
  return post(environment, '/oauth/token', client, { grant_type: 'refresh_token', refresh_token: String(refreshToken), ...more });
}

/** The whole flow: what the token endpoint gave. */
export async function tokensFor(
  environment: AuthEnvironment,
  client: TestClient,
  token: string,
  parameters: Record<string, string | undefined> = {},
): Promise<Record<string, unknown>> {
  const { body } = await exchange(environment, client, await codeFor(environment, client, token, parameters));
  return body;
}

export function claimsOf(token: unknown): Record<string, unknown> {
  return JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString() || '{}');
}
