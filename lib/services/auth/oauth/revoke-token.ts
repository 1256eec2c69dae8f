/** `POST /oauth/revoke` (RFC 7009): a client hands back what it holds. */

import type { Connection } from '#lib/engine/database.ts';
import { emptyResponse, type HttpResponse } from '#lib/http/exchange.ts';
import { verifyToken } from '#lib/identity/jwt.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { requireClient } from '#lib/services/auth/oauth/client-authentication.ts';
import { noStore, oauthError } from '#lib/services/auth/oauth/oauth-error.ts';
import { readParameters } from '#lib/services/auth/oauth/oauth-parameters.ts';
import { requireOAuthServer } from '#lib/services/auth/oauth/oauth-switch.ts';
import { deleteSession, findSession, type Session } from '#lib/services/auth/sessions.ts';
import { findRefreshedSession } from '#lib/services/auth/token-refresh.ts';

/** Ends the session of a refresh or access token. The answer is the same for a token nobody has, or of another client. */
export async function revokeToken(context: AuthContext): Promise<HttpResponse> {
  requireOAuthServer(context);
  const parameters = await readParameters(context);
  const client = await requireClient(context, parameters);
  const token = parameters.get('token') ?? '';
  if (token === '') throw oauthError('invalid_request', 'token is required');
  await context.database.write((connection) => {
    const session = findRefreshedSession(connection, token) ?? findSessionOfAccessToken(connection, context, token);
    if (session === null || session.oauthClientId !== client.id) return;
    deleteSession(connection, session.id);
    const traits = { reason: 'revoked by the client', client_id: client.id, session_id: session.id };
    recordAudit(connection, context, { action: 'token_revoked', actorId: session.userId, traits });
  });
  return emptyResponse(200, noStore);
}

function findSessionOfAccessToken(connection: Connection, context: AuthContext, token: string): Session | null {
  const result = verifyToken(token, context.environment.signingKeys, context.now() / 1000);
  const id = result.ok ? result.claims.session_id : null;
  return typeof id === 'string' ? findSession(connection, id) : null;
}
