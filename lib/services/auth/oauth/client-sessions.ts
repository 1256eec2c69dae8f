/** Sessions that a user's client holds: ordinary sessions that know whose they are and what was agreed to. */

import { randomUUID } from 'node:crypto';
import type { Connection } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { newRefreshToken } from '#lib/identity/refresh-tokens.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { type AuthSettings, authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { addSignInMethod, insertRefreshToken, type OpenedSession } from '#lib/services/auth/sessions.ts';
import type { User } from '#lib/services/auth/users.ts';

export const clientSignInMethod = 'oauth_provider/authorization_code';

/** The user has not signed in by this, so `last_sign_in_at` stays, and so do the sessions of the app itself. */
export function openClientSession(
  connection: Connection,
  context: AuthContext,
  user: User,
  clientId: string,
  scopes: readonly string[],
): OpenedSession {
  const settings = authSettingsOf(context.environment);
  const now = context.now();
  const id = randomUUID();
  if (settings.sessions_single_per_user)
    connection.run('DELETE FROM _koyalite_sessions WHERE user_id = ? AND oauth_client_id = ?', user.id, clientId);
  connection.run(
    `INSERT INTO _koyalite_sessions(id, user_id, created_at, updated_at, user_agent, ip, not_after, oauth_client_id, scopes)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    user.id,
    toStoredTime(now),
    toStoredTime(now),
    context.userAgent,
    context.clientAddress,
    endOf(settings, now),
    clientId,
    scopes.join(' '),
  );
  addSignInMethod(connection, id, { method: clientSignInMethod }, now);
  const token = newRefreshToken();
  insertRefreshToken(connection, token, null, user.id, id, now);
  const traits = { provider_type: 'oauth_provider_authorization_code', client_id: clientId, scope: scopes.join(' ') };
  recordAudit(connection, context, { action: 'login', actorId: user.id, traits });
  return { user, sessionId: id, refreshToken: token.token };
}

function endOf(settings: AuthSettings, nowMs: number): string | null {
  const limits = [settings.sessions_timebox, settings.oauth_server_session_exp].filter((seconds) => seconds > 0);
  return limits.length === 0 ? null : toStoredTime(nowMs + Math.min(...limits) * 1000);
}
