/** `grant_type=refresh_token` of a client: the same rotation as the app's own, for the client it belongs to. */

import type { OAuthClient } from '#lib/engine/oauth/oauth-clients.ts';
import { toScopes } from '#lib/engine/oauth/scope-names.ts';
import { isProblem, type Problem } from '#lib/http/problem.ts';
import { looksLikeRefreshToken } from '#lib/identity/refresh-tokens.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { oauthError } from '#lib/services/auth/oauth/oauth-error.ts';
import type { Parameters } from '#lib/services/auth/oauth/oauth-parameters.ts';
import { covers } from '#lib/services/auth/oauth/scopes.ts';
import { writeThenThrow } from '#lib/services/auth/outcome.ts';
import type { OpenedSession } from '#lib/services/auth/sessions.ts';
import { findRefreshedSession, refresh } from '#lib/services/auth/token-refresh.ts';

/** Throws 400. `scope` may ask for less than was agreed, for this access token; never for more. */
export async function refreshClientSession(
  context: AuthContext,
  client: OAuthClient,
  parameters: Parameters,
): Promise<{ opened: OpenedSession; scopes: readonly string[] }> {
  const token = parameters.get('refresh_token') ?? '';
  if (token === '') throw oauthError('invalid_request', 'refresh_token is required for refresh_token grant');
  if (!looksLikeRefreshToken(token)) throw oauthError('invalid_grant', 'Refresh token is not valid');
  const asked = parameters.get('scope');
  return writeThenThrow(context.database, (connection) => {
    const session = findRefreshedSession(connection, token);
    if (session === null || session.oauthClientId !== client.id)
      return oauthError('invalid_grant', 'Invalid Refresh Token: Refresh Token Not Found');
    const scopes = asked === undefined ? session.scopes : toScopes(asked);
    if (!covers(session.scopes, scopes)) return oauthError('invalid_scope', 'The scope goes beyond what the user agreed to');
    const opened = refresh(connection, context, token, client.id);
    return isProblem(opened) ? toInvalidGrant(opened) : { opened, scopes };
  });
}

function toInvalidGrant(problem: Problem): Problem {
  return oauthError('invalid_grant', problem.message);
}
