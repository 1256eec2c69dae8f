/** The answer to every sign-in: an access token with the user's claims, the refresh token, and the user. */

import { withAppRoles } from '#lib/engine/app-roles.ts';
import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { mintToken } from '#lib/identity/jwt.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { customizeAccessToken } from '#lib/services/auth/hooks.ts';
import type { JsonObject } from '#lib/services/auth/rows.ts';
import { findSession, listSignInMethods, type OpenedSession } from '#lib/services/auth/sessions.ts';
import { toUserJson } from '#lib/services/auth/user-json.ts';

export interface TokenFields {
  access_token: string;
  token_type: 'bearer';
  expires_in: number;
  expires_at: number;
  refresh_token: string;
  user: JsonObject;
}

/** Mints the session's access token, through the custom-access-token hook when there is one. Call after the commit. */
export async function toTokenFields(context: AuthContext, opened: OpenedSession): Promise<TokenFields> {
  const { user, sessionId } = opened;
  const lifeSeconds = authSettingsOf(context.environment).jwt_exp;
  const nowSeconds = Math.floor(context.now() / 1000);
  const stored = context.database.read((connection) => ({
    amr: listSignInMethods(connection, sessionId),
    aal: findSession(connection, sessionId)?.aal ?? 'aal1',
    user: toUserJson(connection, user),
    appMetadata: withAppRoles(connection, user.id, user.appMetadata),
  }));
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
    aal: stored.aal,
    amr: stored.amr,
    session_id: sessionId,
    is_anonymous: user.isAnonymous,
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
