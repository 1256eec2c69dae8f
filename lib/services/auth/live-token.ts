/** Whether a verified token's session still stands: for the data APIs, which know nothing of sessions. */

import type { Connection } from '#lib/engine/database.ts';
import type { Claims } from '#lib/identity/jwt.ts';
import { toStoredTime } from '#lib/services/auth/rows.ts';

const sql = `SELECT 1 FROM _koyalite_sessions s JOIN _koyalite_users u ON u.id = s.user_id
  WHERE s.id = ? AND u.id = ? AND u.deleted_at IS NULL AND (u.banned_until IS NULL OR u.banned_until <= ?)`;

/**
 * False once the user signed out, was banned, changed the password elsewhere or was deleted. Tokens without a session
 * (keys, tokens of other issuers) have none to lose. One look-up by primary key: cheap enough for every request.
 */
export function isTokenLive(connection: Connection, claims: Claims, nowMs: number): boolean {
  const { session_id: sessionId, sub } = claims;
  if (typeof sessionId !== 'string' || sessionId === '') return true;
  return typeof sub === 'string' && connection.get(sql, sessionId, sub, toStoredTime(nowMs)) !== undefined;
}
