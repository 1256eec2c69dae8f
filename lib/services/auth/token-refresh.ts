/**
 * `grant_type=refresh_token`: every use rotates. Within the reuse interval an old token gets the live descendant, so
 * parallel tabs agree; after it, the reuse is a theft and ends the session.
 */

import { z } from 'zod';
import type { Connection, Row } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import type { HttpResponse } from '#lib/http/exchange.ts';
import type { Problem } from '#lib/http/problem.ts';
import { childOf, looksLikeRefreshToken } from '#lib/identity/refresh-tokens.ts';
import { hashToken } from '#lib/identity/sealing.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { readBody, text } from '#lib/services/auth/body.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { limitAddress } from '#lib/services/auth/limits.ts';
import { listFactors } from '#lib/services/auth/mfa-factors.ts';
import { writeThenThrow } from '#lib/services/auth/outcome.ts';
import { isTrue, textOf, timeMs } from '#lib/services/auth/rows.ts';
import {
  addSignInMethod,
  deleteSession,
  expiryOf,
  findSession,
  insertRefreshToken,
  type OpenedSession,
  type Session,
} from '#lib/services/auth/sessions.ts';
import { tokenResponse } from '#lib/services/auth/token-response.ts';
import { findUser, isBanned, type User } from '#lib/services/auth/users.ts';

const bodySchema = z.object({ refresh_token: text });

/** Revoked tokens are remembered this long, so that their reuse is seen. */
const keepRevokedMs = 30 * 86_400_000;

export async function grantByRefreshToken(context: AuthContext): Promise<HttpResponse> {
  const { refresh_token: token } = await readBody(context, bodySchema);
  if (!looksLikeRefreshToken(token)) throw validationFailed('Refresh token is not valid');
  await limitAddress(context, 'token_refresh');
  const opened = await writeThenThrow(context.database, (connection) => refresh(connection, context, token, null));
  return tokenResponse(context, opened);
}

/** `clientId` is the OAuth client that asks, null for the app itself: each renews only its own sessions. */
export function refresh(
  connection: Connection,
  context: AuthContext,
  token: string,
  clientId: string | null,
): OpenedSession | Problem {
  const row = findRow(connection, hashToken(token));
  if (row === undefined) return authError(400, 'refresh_token_not_found', 'Invalid Refresh Token: Refresh Token Not Found');
  const session = findSession(connection, textOf(row, 'session_id'));
  if (session === null) return authError(400, 'session_not_found', 'Invalid Refresh Token: No Valid Session Found');
  if (session.oauthClientId !== clientId)
    return authError(400, 'refresh_token_not_found', 'Invalid Refresh Token: Refresh Token Not Found');
  const user = findUser(connection, session.userId);
  if (user === null || user.deletedAt !== null) return authError(400, 'user_not_found', 'Invalid Refresh Token: User Not Found');
  if (isBanned(user, context.now())) return authError(400, 'user_banned', 'Invalid Refresh Token: User Banned');
  const hasFactor = listFactors(connection, user.id).some((factor) => factor.verified);
  const expiry = expiryOf(session, authSettingsOf(context.environment), hasFactor, context.now());
  if (expiry !== null) return authError(400, 'session_expired', `Invalid Refresh Token: ${expiry}`);
  return isTrue(row, 'revoked')
    ? reuse(connection, context, user, session, token, row)
    : rotate(connection, context, user, session, token, row);
}

function rotate(
  connection: Connection,
  context: AuthContext,
  user: User,
  session: Session,
  token: string,
  row: Row,
): OpenedSession {
  const now = context.now();
  const at = toStoredTime(now);
  connection.run(
    'UPDATE _koyalite_sessions SET refreshed_at = ?, updated_at = ?, user_agent = ?, ip = ? WHERE id = ?',
    at,
    at,
    context.userAgent,
    context.clientAddress,
    session.id,
  );
  addSignInMethod(connection, session.id, { method: 'token_refresh' }, now);
  // A client's tokens always rotate: it may be public, and nothing else would show a stolen one (OAuth 2.1, 4.3.1).
  if (session.oauthClientId === null && !authSettingsOf(context.environment).refresh_token_rotation_enabled)
    return { user, sessionId: session.id, refreshToken: token };
  const child = childOf(token, textOf(row, 'child_salt'));
  connection.run(
    'UPDATE _koyalite_refresh_tokens SET revoked = 1, updated_at = ? WHERE token_hash = ?',
    at,
    textOf(row, 'token_hash'),
  );
  insertRefreshToken(connection, child, textOf(row, 'token_hash'), user.id, session.id, now);
  connection.run(
    'DELETE FROM _koyalite_refresh_tokens WHERE session_id = ? AND revoked = 1 AND updated_at < ?',
    session.id,
    toStoredTime(now - keepRevokedMs),
  );
  recordAudit(connection, context, { action: 'token_refreshed', actorId: user.id });
  return { user, sessionId: session.id, refreshToken: child.token };
}

function reuse(
  connection: Connection,
  context: AuthContext,
  user: User,
  session: Session,
  token: string,
  row: Row,
): OpenedSession | Problem {
  const graceMs = authSettingsOf(context.environment).security_refresh_token_reuse_interval * 1000;
  // A clock set back must not stretch the window: a rotation in the future is as far away as one in the past.
  const distanceMs = Math.abs(context.now() - timeMs(textOf(row, 'updated_at')));
  const live = distanceMs <= graceMs ? liveDescendant(connection, token, row) : null;
  if (live !== null) return { user, sessionId: session.id, refreshToken: live };
  deleteSession(connection, session.id);
  recordAudit(connection, context, {
    action: 'token_revoked',
    actorId: user.id,
    traits: { reason: 'refresh token reuse', session_id: session.id },
  });
  return authError(400, 'refresh_token_already_used', 'Invalid Refresh Token: Already Used');
}

/** Each child is derived from its parent, so holding one token is enough to walk to the live end of its line. */
function liveDescendant(connection: Connection, token: string, row: Row): string | null {
  let [current, currentRow]: [string, Row | undefined] = [token, row];
  while (currentRow !== undefined) {
    if (!isTrue(currentRow, 'revoked')) return current;
    const child = childOf(current, textOf(currentRow, 'child_salt'));
    [current, currentRow] = [child.token, findRow(connection, child.hash)];
  }
  return null;
}

/** The session a refresh token belongs or belonged to, spent or not. */
export function findRefreshedSession(connection: Connection, token: string): Session | null {
  const row = findRow(connection, hashToken(token));
  return row === undefined ? null : findSession(connection, textOf(row, 'session_id'));
}

function findRow(connection: Connection, hash: string): Row | undefined {
  return connection.get('SELECT * FROM _koyalite_refresh_tokens WHERE token_hash = ?', hash);
}
