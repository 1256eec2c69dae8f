/** What may be said of a client when it is registered or changed: addresses nobody can be tricked with. */

import { z } from 'zod';
import type { ClientChanges, ClientMetadata, OAuthClient } from '#lib/engine/oauth/oauth-clients.ts';
import { defaultScope, isSupportedScope, toScopes } from '#lib/engine/oauth/scope-names.ts';
import type { Problem } from '#lib/http/problem.ts';

/** Clients send null for what they leave out. */
const optionalText = z
  .string()
  .nullish()
  .transform((value) => value ?? null);

const methods = ['none', 'client_secret_basic', 'client_secret_post'];
const grants = ['authorization_code', 'refresh_token'];
const list = z.array(z.string().max(2048)).max(20).nullish();

export const registrationSchema = z.object({
  client_name: optionalText,
  client_uri: optionalText,
  logo_uri: optionalText,
  redirect_uris: list,
  grant_types: list,
  response_types: list,
  scope: optionalText,
  client_type: optionalText,
  token_endpoint_auth_method: optionalText,
});
export type Registration = z.output<typeof registrationSchema>;

/** How a refusal is worded: by the endpoint that was asked. */
export type Refuse = (message: string, about: 'redirect_uri' | 'metadata') => Problem;

/** Throws what `refuse` makes of the first thing wrong. */
export function parseMetadata(given: Registration, registrationType: 'manual' | 'dynamic', refuse: Refuse): ClientMetadata {
  const { client_type: type, token_endpoint_auth_method: method } = given;
  if (type !== null && type !== 'public' && type !== 'confidential')
    throw refuse("client_type must be 'public' or 'confidential'", 'metadata');
  if (method !== null && !methods.includes(method))
    throw refuse(`token_endpoint_auth_method must be one of: ${methods.join(', ')}`, 'metadata');
  const isPublic = type === null ? method === 'none' : type === 'public';
  if (method !== null && isPublic !== (method === 'none'))
    throw refuse(`client_type '${type}' is inconsistent with token_endpoint_auth_method '${method}'`, 'metadata');
  if (given.response_types?.some((one) => one !== 'code')) throw refuse("response_types must only contain 'code'", 'metadata');
  return {
    registrationType,
    isPublic,
    authMethod: method ?? (isPublic ? 'none' : 'client_secret_basic'),
    redirectUris: parseRedirectUris(given.redirect_uris ?? [], refuse),
    grantTypes: parseGrantTypes(given.grant_types?.length ? given.grant_types : grants, refuse),
    name: parseName(given.client_name ?? '', refuse),
    uri: parsePageAddress('client_uri', given.client_uri ?? '', refuse),
    logoUri: parsePageAddress('logo_uri', given.logo_uri ?? '', refuse),
    scope: given.scope === null || given.scope === '' ? null : parseScope(given.scope, registrationType, refuse),
  };
}

/** Only what is there changes. */
export function parseChanges(given: Registration, client: OAuthClient, refuse: Refuse): ClientChanges {
  const method = given.token_endpoint_auth_method;
  if (method !== null && (!methods.includes(method) || (method === 'none') !== client.isPublic))
    throw refuse(`token_endpoint_auth_method '${method.slice(0, 40)}' is not valid for this client's type`, 'metadata');
  const changes: ClientChanges = {
    ...(given.redirect_uris ? { redirectUris: parseRedirectUris(given.redirect_uris, refuse) } : {}),
    ...(given.grant_types ? { grantTypes: parseGrantTypes(given.grant_types, refuse) } : {}),
    ...(given.client_name === null ? {} : { name: parseName(given.client_name, refuse) }),
    ...(given.client_uri === null ? {} : { uri: parsePageAddress('client_uri', given.client_uri, refuse) }),
    ...(given.logo_uri === null ? {} : { logoUri: parsePageAddress('logo_uri', given.logo_uri, refuse) }),
    ...(method === null ? {} : { authMethod: method }),
  };
  if (Object.keys(changes).length === 0) throw refuse('No fields provided for update', 'metadata');
  return changes;
}

function parseRedirectUris(uris: readonly string[], refuse: Refuse): readonly string[] {
  if (uris.length === 0) throw refuse('redirect_uris is required', 'redirect_uri');
  if (uris.length > 10) throw refuse('redirect_uris cannot exceed 10 items', 'redirect_uri');
  for (const uri of uris) {
    const problem = findRedirectProblem(uri);
    if (problem !== null) throw refuse(`invalid redirect_uri '${uri.slice(0, 200)}': ${problem}`, 'redirect_uri');
  }
  return [...new Set(uris)];
}

const unsafeSchemes = new Set([
  'javascript:',
  'data:',
  'vbscript:',
  'file:',
  'blob:',
  'about:',
  'view-source:',
  'ws:',
  'wss:',
  'ftp:',
]);
const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** RFC 6749 3.1.2 and RFC 8252: absolute, without a fragment, https unless it stays on the device. */
function findRedirectProblem(uri: string): string | null {
  // Browsers and URL parsers disagree about these; an honest address has none of them.
  if (/[\\\s\p{Cc}]/u.test(uri)) return 'it contains characters no address has';
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#]/i.test(uri) || !URL.canParse(uri)) return 'must have scheme and host';
  const url = new URL(uri);
  if (unsafeSchemes.has(url.protocol)) return `scheme '${url.protocol.slice(0, -1)}' is not allowed for security reasons`;
  if (url.username !== '' || url.password !== '') return 'must not have a user name';
  if (uri.includes('#')) return 'fragment not allowed in redirect URI';
  if (uri.includes('*')) return 'wildcards are not allowed';
  if (url.protocol === 'http:' && !loopback.has(url.hostname)) return 'HTTP scheme only allowed for localhost';
  return null;
}

function parseGrantTypes(types: readonly string[], refuse: Refuse): readonly string[] {
  if (!types.includes('authorization_code') || types.some((type) => !grants.includes(type)))
    throw refuse("grant_types must contain 'authorization_code', and 'refresh_token' at most besides", 'metadata');
  return [...new Set(types)];
}

function parseName(name: string, refuse: Refuse): string {
  if (name.length > 1024) throw refuse('client_name cannot exceed 1024 characters', 'metadata');
  // Users decide by it: nothing that hides or turns text around.
  if (/[\p{Cc}\p{Cf}]/u.test(name)) throw refuse('client_name contains control characters', 'metadata');
  return name;
}

/** The consent page links to it: a page of the web, nothing that runs. */
function parsePageAddress(field: string, uri: string, refuse: Refuse): string {
  if (uri === '') return uri;
  const isPage = uri.length <= 2048 && !/[\\\s\p{Cc}]/u.test(uri) && /^https?:\/\/[^/?#]/i.test(uri) && URL.canParse(uri);
  if (!isPage) throw refuse(`${field} must be a valid URL`, 'metadata');
  return uri;
}

/** A client that registers itself asks for what it hopes for and gets what there is. */
function parseScope(scope: string, registrationType: string, refuse: Refuse): string {
  const scopes = toScopes(scope);
  const unknown = scopes.find((one) => !isSupportedScope(one));
  if (unknown !== undefined && registrationType === 'manual')
    throw refuse(`unsupported scope: ${unknown.slice(0, 60)}`, 'metadata');
  const kept = scopes.filter(isSupportedScope);
  return kept.length === 0 ? defaultScope : kept.join(' ');
}
