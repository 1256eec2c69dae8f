/** Who calls: the user behind a bearer token, checked against the session as it is now, or an administrator's key. */

import { type Claims, verifyToken } from '#lib/identity/jwt.ts';
import { hashToken } from '#lib/identity/sealing.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { listFactors } from '#lib/services/auth/mfa-factors.ts';
import { isUuid } from '#lib/services/auth/rows.ts';
import { expiryOf, findSession, type Session } from '#lib/services/auth/sessions.ts';
import { findUser, isBanned, type User } from '#lib/services/auth/users.ts';

export interface SignedIn {
  readonly user: User;
  /** Null for tokens minted outside sign-in, such as an operator's impersonation. */
  readonly session: Session | null;
  readonly claims: Claims;
}

/**
 * The user themself. Throws 401 without a bearer, 403 when the token, its user or its session do not hold, and for the token
 * of an OAuth client: being let in to an app's data does not make it the account's owner.
 */
export function requireUser(context: AuthContext): SignedIn {
  const signedIn = requireUserOrClient(context);
  if (signedIn.session !== null && signedIn.session.oauthClientId !== null)
    throw authError(403, 'oauth_client_not_allowed', 'Not allowed for an OAuth client acting for the user');
  return signedIn;
}

/** The user, or an OAuth client acting for them: `session.oauthClientId` tells. For what a client may do, which is little. */
export function requireUserOrClient(context: AuthContext): SignedIn {
  const claims = requireClaims(context);
  const { sub } = claims;
  if (typeof sub !== 'string' || sub === '') throw authError(403, 'bad_jwt', 'invalid claim: missing sub claim');
  // An operator acting as the user may look at the account, and change nothing of it.
  if (claims.impersonated_by !== undefined && !(context.method === 'GET' && /^\/user(?:\?|$)/.test(context.path)))
    throw authError(403, 'impersonation_not_allowed', 'Not allowed while impersonating the user');
  if (!isUuid(sub)) throw authError(400, 'bad_jwt', 'invalid claim: sub claim must be a UUID');
  return context.database.read((connection) => {
    const user = findUser(connection, sub);
    if (user === null || user.deletedAt !== null)
      throw authError(403, 'user_not_found', 'User from sub claim in JWT does not exist');
    if (isBanned(user, context.now())) throw authError(403, 'user_banned', 'User is banned');
    const sessionId = claims.session_id;
    if (typeof sessionId !== 'string' || sessionId === '') return { user, session: null, claims };
    const session = findSession(connection, sessionId);
    if (session === null || session.userId !== user.id) {
      throw authError(403, 'session_not_found', 'Session from session_id claim in JWT does not exist');
    }
    const hasFactor = listFactors(connection, user.id).some((factor) => factor.verified);
    const expiry = expiryOf(session, authSettingsOf(context.environment), hasFactor, context.now());
    if (expiry !== null) throw authError(403, 'session_expired', expiry);
    return { user, session, claims };
  });
}

/** Throws 401 without a bearer, 403 `not_admin` for anybody but the service role. */
export function requireAdmin(context: AuthContext): void {
  const { role, client_id: clientId } = requireClaims(context);
  if ((role !== 'service_role' && role !== 'supabase_admin') || clientId !== undefined)
    throw authError(403, 'not_admin', 'User not allowed');
}

function requireClaims(context: AuthContext): Claims {
  const match = /^bearer\s+(\S+)\s*$/i.exec(context.request.header('authorization') ?? '');
  const token = match?.[1];
  if (token === undefined) throw authError(401, 'no_authorization', 'This endpoint requires a valid Bearer token');
  const keyRole = token.startsWith('sb_') ? context.environment.apiKeys.get(hashToken(token)) : undefined;
  if (keyRole !== undefined) return { role: keyRole };
  const result = verifyToken(token, context.environment.signingKeys, context.now() / 1000);
  if (!result.ok) throw authError(403, 'bad_jwt', `invalid JWT: unable to parse or verify signature, ${result.reason}`);
  return result.claims;
}
