/** `/user/oauth/grants`: the apps a user has let in, and showing one out. */

import { removeConsent } from '#lib/engine/oauth/remove-consent.ts';
import { emptyResponse, type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import { requireUser } from '#lib/services/auth/bearer.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { getClient, toClientCard } from '#lib/services/auth/oauth/client-json.ts';
import { listConsents } from '#lib/services/auth/oauth/consents.ts';
import { requireOAuthServer } from '#lib/services/auth/oauth/oauth-switch.ts';
import { isUuid, toWireTime } from '#lib/services/auth/rows.ts';

export function listGrants(context: AuthContext): HttpResponse {
  requireOAuthServer(context);
  const { user } = requireUser(context);
  const grants = context.database.read((connection) =>
    listConsents(connection, user.id).map(({ clientId, scopes, grantedAt }) => ({
      client: toClientCard(getClient(connection, clientId)),
      scopes,
      granted_at: toWireTime(grantedAt),
    })),
  );
  return jsonResponse(200, grants);
}

/** The client's tokens of this user are dead with the commit. */
export async function revokeGrant(context: AuthContext): Promise<HttpResponse> {
  requireOAuthServer(context);
  const { user } = requireUser(context);
  const clientId = context.query.get('client_id') ?? '';
  if (clientId === '') throw validationFailed('client_id query parameter is required');
  if (!isUuid(clientId)) throw validationFailed('invalid client_id format');
  await context.database.write((connection) => {
    if (!removeConsent(connection, user.id, clientId.toLowerCase()))
      throw authError(404, 'oauth_consent_not_found', 'No active grant found for this client');
    const traits = { client_id: clientId, reason: 'grant revoked by the user' };
    recordAudit(connection, context, { action: 'oauth_consent_revoked', actorId: user.id, traits });
  });
  return emptyResponse(204);
}
