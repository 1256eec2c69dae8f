/** `grant_type=authorization_code`: a code opens one session, for the client, address and verifier it was asked with. */

import type { Connection } from '#lib/engine/database.ts';
import type { OAuthClient } from '#lib/engine/oauth/oauth-clients.ts';
import type { Problem } from '#lib/http/problem.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import {
  type Authorization,
  challengeHolds,
  findAuthorizationByCode,
  spendAuthorization,
} from '#lib/services/auth/oauth/authorizations.ts';
import { openClientSession } from '#lib/services/auth/oauth/client-sessions.ts';
import { findConsent } from '#lib/services/auth/oauth/consents.ts';
import { oauthError } from '#lib/services/auth/oauth/oauth-error.ts';
import type { Parameters } from '#lib/services/auth/oauth/oauth-parameters.ts';
import { covers } from '#lib/services/auth/oauth/scopes.ts';
import { writeThenThrow } from '#lib/services/auth/outcome.ts';
import { timeMs } from '#lib/services/auth/rows.ts';
import { deleteSession, type OpenedSession } from '#lib/services/auth/sessions.ts';
import { findUser, isBanned } from '#lib/services/auth/users.ts';

export interface RedeemedCode {
  readonly opened: OpenedSession;
  readonly authorization: Authorization;
}

/** Throws 400 `invalid_grant`. */
export async function redeemCode(context: AuthContext, client: OAuthClient, parameters: Parameters): Promise<RedeemedCode> {
  const code = parameters.get('code') ?? '';
  if (code === '') throw oauthError('invalid_request', 'code is required for authorization_code grant');
  return writeThenThrow(context.database, (connection) => redeem(connection, context, client, parameters, code));
}

function redeem(
  connection: Connection,
  context: AuthContext,
  client: OAuthClient,
  parameters: Parameters,
  code: string,
): RedeemedCode | Problem {
  const authorization = findAuthorizationByCode(connection, code);
  // Another client's code is as unknown as no code: nothing is learnt from it, and nothing happens to it.
  if (authorization === null || authorization.clientId !== client.id) return invalid('Invalid authorization code');
  if (authorization.usedAt !== null) return revokeReused(connection, context, authorization);
  if (authorization.codeExpiresAt === null || timeMs(authorization.codeExpiresAt) <= context.now())
    return invalid('Authorization code has expired');
  const redirectUri = parameters.get('redirect_uri');
  if (redirectUri !== undefined && redirectUri !== authorization.redirectUri) return invalid('Invalid redirect_uri');
  const resource = parameters.get('resource');
  if (resource !== undefined && resource !== authorization.resource)
    return invalid('Authorization code resource does not match the resource parameter');
  if (!challengeHolds(authorization, parameters.get('code_verifier') ?? '')) return invalid('PKCE verification failed');
  const user = authorization.userId === null ? null : findUser(connection, authorization.userId);
  if (user === null || user.deletedAt !== null) return invalid('User not found for authorization code');
  if (isBanned(user, context.now())) return invalid('User is banned');
  // Taken back between the answer and now.
  const agreed = findConsent(connection, user.id, client.id);
  if (agreed === null || !covers(agreed, authorization.scopes)) return invalid('Invalid authorization code');
  const opened = openClientSession(connection, context, user, client.id, authorization.scopes);
  spendAuthorization(connection, authorization, opened.sessionId, context.now());
  return { opened, authorization };
}

/** Somebody has the code who should not: neither of the two keeps what it opened (OAuth 2.1, 4.1.3). */
function revokeReused(connection: Connection, context: AuthContext, authorization: Authorization): Problem {
  if (authorization.sessionId !== null) deleteSession(connection, authorization.sessionId);
  recordAudit(connection, context, {
    action: 'token_revoked',
    actorId: authorization.userId,
    traits: { reason: 'authorization code reuse', client_id: authorization.clientId, session_id: authorization.sessionId },
  });
  return invalid('Authorization code was already used');
}

function invalid(description: string): Problem {
  return oauthError('invalid_grant', description);
}
