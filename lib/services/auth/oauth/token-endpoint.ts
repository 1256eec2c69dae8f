/** `POST /oauth/token`: a client redeems a code, or renews what it got for one. */

import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { requireClient } from '#lib/services/auth/oauth/client-authentication.ts';
import { toIdToken } from '#lib/services/auth/oauth/id-token.ts';
import { noStore, oauthError } from '#lib/services/auth/oauth/oauth-error.ts';
import { readParameters } from '#lib/services/auth/oauth/oauth-parameters.ts';
import { requireOAuthServer } from '#lib/services/auth/oauth/oauth-switch.ts';
import { redeemCode } from '#lib/services/auth/oauth/redeem-code.ts';
import { refreshClientSession } from '#lib/services/auth/oauth/refresh-client-session.ts';
import type { JsonObject } from '#lib/services/auth/rows.ts';
import type { OpenedSession } from '#lib/services/auth/sessions.ts';
import { toTokenFields } from '#lib/services/auth/token-response.ts';

export async function grantClientToken(context: AuthContext): Promise<HttpResponse> {
  requireOAuthServer(context);
  const parameters = await readParameters(context);
  const client = await requireClient(context, parameters);
  const grantType = parameters.get('grant_type') ?? '';
  if (grantType === '') throw oauthError('invalid_request', 'grant_type is required');
  if (grantType !== 'authorization_code' && grantType !== 'refresh_token')
    throw oauthError('unsupported_grant_type', `Unsupported grant type: ${grantType.slice(0, 60)}`);
  if (!client.grantTypes.includes(grantType))
    throw oauthError('unauthorized_client', `Client is not allowed to use grant type: ${grantType}`);
  const renews = client.grantTypes.includes('refresh_token');
  if (grantType === 'refresh_token') {
    const { opened, scopes } = await refreshClientSession(context, client, parameters);
    return respond(context, opened, scopes, renews, null);
  }
  const { opened, authorization } = await redeemCode(context, client, parameters);
  const issue = authorization.scopes.includes('openid')
    ? (accessToken: string) => toIdToken(context, { user: opened.user, client, authorization, accessToken })
    : null;
  return respond(context, opened, authorization.scopes, renews, issue);
}

/** Without the user Supabase's own clients get: an app is told what its scopes say, in the ID token or at userinfo. */
async function respond(
  context: AuthContext,
  opened: OpenedSession,
  scopes: readonly string[],
  renews: boolean,
  issueIdToken: ((accessToken: string) => string) | null,
): Promise<HttpResponse> {
  const fields = await toTokenFields(context, opened, scopes);
  const body: JsonObject = {
    access_token: fields.access_token,
    token_type: 'bearer',
    expires_in: fields.expires_in,
    ...(renews ? { refresh_token: fields.refresh_token } : {}),
    scope: scopes.join(' '),
    ...(issueIdToken === null ? {} : { id_token: issueIdToken(fields.access_token) }),
  };
  return jsonResponse(200, body, noStore);
}
