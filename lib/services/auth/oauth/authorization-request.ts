/** Reading an authorization request: first what decides whether an answer may be sent anywhere, then the rest. */

import { findClient, type OAuthClient } from '#lib/engine/oauth/oauth-clients.ts';
import { defaultScope, isSupportedScope, supportedScopes, toScopes } from '#lib/engine/oauth/scope-names.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { oauthError } from '#lib/services/auth/oauth/oauth-error.ts';
import type { Parameters } from '#lib/services/auth/oauth/oauth-parameters.ts';
import { issuerOf } from '#lib/services/auth/oauth/oauth-switch.ts';
import { covers } from '#lib/services/auth/oauth/scopes.ts';
import { withQuery } from '#lib/services/auth/redirects.ts';

export interface AuthorizationRequest {
  readonly client: OAuthClient;
  readonly redirectUri: string;
  readonly scope: string;
  readonly state: string | null;
  readonly nonce: string | null;
  readonly resource: string | null;
  readonly codeChallenge: string;
  /** The client wants the user asked although they agreed before. */
  readonly asksAgain: boolean;
}

/** Who asks and where the answer goes. Throws 400 for an address that is not registered: it is never sent to. */
export function parseAudience(context: AuthContext, parameters: Parameters): { client: OAuthClient; redirectUri: string } {
  const clientId = parameters.get('client_id');
  const redirectUri = parameters.get('redirect_uri');
  if (clientId === undefined) throw oauthError('invalid_request', 'client_id is required');
  if (redirectUri === undefined) throw oauthError('invalid_request', 'redirect_uri is required');
  const client = context.database.read((connection) => findClient(connection, clientId));
  if (client === null) throw oauthError('invalid_request', 'invalid client_id');
  // Character by character: whatever is cleverer than that has been tricked.
  if (!client.redirectUris.includes(redirectUri)) throw oauthError('invalid_request', 'invalid redirect_uri');
  return { client, redirectUri };
}

const longest = 2048;

/** The rest. What this throws is told to the client at its registered address. */
export function parseRequest(
  parameters: Parameters,
  { client, redirectUri }: { client: OAuthClient; redirectUri: string },
): AuthorizationRequest {
  if (parameters.has('request')) throw oauthError('request_not_supported', 'request objects are not supported');
  if (parameters.has('request_uri')) throw oauthError('request_uri_not_supported', 'request objects are not supported');
  if ((parameters.get('response_type') ?? 'code') !== 'code')
    throw oauthError('unsupported_response_type', 'only response_type=code is supported');
  if ((parameters.get('response_mode') ?? 'query') !== 'query')
    throw oauthError('invalid_request', 'only response_mode=query is supported');
  for (const name of ['state', 'nonce', 'scope'])
    if ((parameters.get(name)?.length ?? 0) > longest) throw oauthError('invalid_request', `${name} is too long`);
  const prompts = toScopes(parameters.get('prompt') ?? '');
  // Only the app's own page knows whether somebody is signed in.
  if (prompts.includes('none')) throw oauthError('interaction_required', 'prompt=none is not possible: the app has to ask');
  return {
    client,
    redirectUri,
    scope: parseScope(parameters.get('scope'), client),
    state: parameters.get('state') ?? null,
    nonce: parameters.get('nonce') ?? null,
    resource: parseResource(parameters.get('resource')),
    codeChallenge: parseChallenge(parameters.get('code_challenge'), parameters.get('code_challenge_method')),
    asksAgain: prompts.length > 0,
  };
}

function parseScope(asked: string | undefined, client: OAuthClient): string {
  const allowed = client.scope === null ? supportedScopes : toScopes(client.scope);
  const scopes = asked === undefined ? toScopes(client.scope ?? defaultScope) : toScopes(asked);
  const unknown = scopes.find((scope) => !isSupportedScope(scope));
  if (unknown !== undefined) throw oauthError('invalid_scope', `unsupported scope: ${unknown.slice(0, 60)}`);
  if (!covers(allowed, scopes)) throw oauthError('invalid_scope', 'the client may not ask for these scopes');
  return scopes.join(' ');
}

/** S256 alone: with `plain`, whoever sees the request could redeem the code (OAuth 2.1, 7.5.1; supabase-js writes it small). */
function parseChallenge(challenge: string | undefined, method: string | undefined): string {
  if (challenge === undefined || method === undefined)
    throw oauthError('invalid_request', 'PKCE flow requires both code_challenge and code_challenge_method');
  if (method.toLowerCase() !== 's256') throw oauthError('invalid_request', "code_challenge_method must be 'S256'");
  if (!/^[A-Za-z0-9_-]{43}$/.test(challenge))
    throw oauthError('invalid_request', 'code_challenge must be a SHA-256 in base64url: 43 characters');
  return challenge;
}

/** RFC 8707: the code is good for the resource it was asked for. */
function parseResource(resource: string | undefined): string | null {
  if (resource === undefined) return null;
  if (resource.length > longest || !URL.canParse(resource) || /[#?]/.test(resource))
    throw oauthError('invalid_request', 'resource must be an absolute URI without query and fragment');
  return resource;
}

/** An answer at the client's address. `iss` lets a client that knows several servers see which one speaks (RFC 9207). */
export function toAnswerUrl(
  context: AuthContext,
  to: { readonly redirectUri: string; readonly state: string | null },
  values: Readonly<Record<string, string>>,
): string {
  return withQuery(to.redirectUri, { ...values, ...(to.state === null ? {} : { state: to.state }), iss: issuerOf(context) });
}

/** The app's page that asks the user. */
export function toConsentUrl(context: AuthContext, authorizationId: string): string {
  const { site_url: site, oauth_server_authorization_path: path } = authSettingsOf(context.environment);
  return withQuery(site.replace(/\/+$/, '') + path, { authorization_id: authorizationId });
}
