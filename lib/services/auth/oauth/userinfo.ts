/** `/oauth/userinfo`: the user behind a client's access token, as far as its scopes go. */

import { toScopes } from '#lib/engine/oauth/scope-names.ts';
import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { requireUserOrClient } from '#lib/services/auth/bearer.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { noStore } from '#lib/services/auth/oauth/oauth-error.ts';
import { requireOAuthServer } from '#lib/services/auth/oauth/oauth-switch.ts';
import { toSharedUser, toStandardClaims } from '#lib/services/auth/oauth/scopes.ts';
import type { JsonObject } from '#lib/services/auth/rows.ts';

export function readUserInfo(context: AuthContext): HttpResponse {
  requireOAuthServer(context);
  const { user, session, claims } = requireUserOrClient(context);
  // A refresh may have asked for less than was agreed: the token decides, within the agreement.
  const carried = toScopes(typeof claims.scope === 'string' ? claims.scope : '');
  const scopes = session?.scopes.filter((scope) => carried.includes(scope)) ?? [];
  const { phone, user_metadata: metadata } = toSharedUser(user, scopes);
  // Supabase's names beside OpenID Connect's.
  const ours: JsonObject = {
    ...(phone === '' ? {} : { phone, phone_verified: user.phoneConfirmedAt !== null }),
    ...(scopes.includes('profile') ? { user_metadata: metadata } : {}),
  };
  return jsonResponse(200, { ...ours, ...toStandardClaims(user, scopes), sub: user.id }, noStore);
}
