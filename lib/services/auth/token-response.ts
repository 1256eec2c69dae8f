/** The answer to every sign-in: an access token with the user's claims, the refresh token, and the user. */

import { withAppRoles } from '#lib/engine/app-roles.ts';
import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { mintToken } from '#lib/identity/jwt.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { customizeAccessToken } from '#lib/services/auth/hooks.ts';
import { listFactors } from '#lib/services/auth/mfa-factors.ts';
import { toSharedUser } from '#lib/services/auth/oauth/scopes.ts';
import type { JsonObject } from '#lib/services/auth/rows.ts';
import { endOf, findSession, listSignInMethods, type OpenedSession } from '#lib/services/auth/sessions.ts';
import { toUserJson } from '#lib/services/auth/user-json.ts';

export interface TokenFields {
  access_token: string;
  token_type: 'bearer';
  expires_in: number;
  expires_at: number;
  refresh_token: string;
  user: JsonObject;
}

/**
 * Mints the session's access token, through the custom-access-token hook when there is one. Call after the commit. A session
 * of an OAuth client names the client and its scopes, of which this token may carry fewer, and shows what they show.
 */
export async function toTokenFields(
  context: AuthContext,
  opened: OpenedSession,
  narrowed: readonly string[] | null = null,
): Promise<TokenFields> {
  const { user, sessionId } = opened;
  const settings = authSettingsOf(context.environment);
  const nowSeconds = Math.floor(context.now() / 1000);
  const stored = context.database.read((connection) => ({
    amr: listSignInMethods(connection, sessionId),
    session: findSession(connection, sessionId),
    hasFactor: listFactors(connection, user.id).some((factor) => factor.verified),
    user: toUserJson(connection, user),
    appMetadata: withAppRoles(connection, user.id, user.appMetadata),
  }));
  const clientId = stored.session?.oauthClientId ?? null;
  const scopes = narrowed ?? stored.session?.scopes ?? [];
  const wantedSeconds = (clientId === null ? null : settings.oauth_server_access_token_exp) ?? settings.jwt_exp;
  const endMs = stored.session === null ? null : endOf(stored.session, settings, stored.hasFactor);
  // The data APIs look at a token's end alone: it comes no later than its session's, by timebox, inactivity or a missing factor.
  const leftSeconds = endMs === null ? wantedSeconds : Math.ceil((endMs - context.now()) / 1000);
  const lifeSeconds = Math.max(1, Math.min(wantedSeconds, leftSeconds));
  const claims = {
    iss: `${context.externalUrl}/auth/v1`,
    sub: user.id,
    aud: user.aud,
    exp: nowSeconds + lifeSeconds,
    iat: nowSeconds,
    email: user.email ?? '',
    phone: user.phone ?? '',
    app_metadata: stored.appMetadata,
    user_metadata: user.userMetadata,
    role: user.role,
    aal: stored.session?.aal ?? 'aal1',
    amr: stored.amr,
    session_id: sessionId,
    is_anonymous: user.isAnonymous,
    ...(clientId === null ? {} : { ...toSharedUser(user, scopes), client_id: clientId, scope: scopes.join(' ') }),
  };
  const final = await customizeAccessToken(context, user.id, stored.amr[0]?.method ?? '', claims);
  return {
    access_token: mintToken(final, context.environment.signingKeys),
    token_type: 'bearer',
    expires_in: lifeSeconds,
    expires_at: nowSeconds + lifeSeconds,
    refresh_token: opened.refreshToken,
    user: stored.user,
  };
}

export async function tokenResponse(context: AuthContext, opened: OpenedSession, extra: JsonObject = {}): Promise<HttpResponse> {
  return jsonResponse(200, { ...(await toTokenFields(context, opened)), ...extra });
}
