/** Whether a verified token's session still stands: for the data APIs, which know nothing of sessions. */

import type { Connection, Database } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import type { Claims } from '#lib/identity/jwt.ts';
import { remember } from '#lib/remember.ts';

const sql = `SELECT 1 FROM _koyalite_sessions s JOIN _koyalite_users u ON u.id = s.user_id
  WHERE s.id = :session AND u.id = :user AND (s.not_after IS NULL OR s.not_after > :now)
    AND u.deleted_at IS NULL AND (u.banned_until IS NULL OR u.banned_until <= :now)`;

/**
 * False once the session's time is over, or the user signed out, was banned, changed the password elsewhere or was deleted.
 * Tokens without a session (keys, tokens of other issuers) have none to lose. One look-up by primary key: cheap enough for
 * every request.
 */
export function isTokenLive(connection: Connection, claims: Claims, nowMs: number): boolean {
  const { session_id: sessionId, sub } = claims;
  if (typeof sessionId !== 'string' || sessionId === '') return true;
  if (typeof sub !== 'string') return false;
  return connection.get(sql, { session: sessionId, user: sub, now: toStoredTime(nowMs) }) !== undefined;
}

interface Standing {
  readonly database: Database;
  readonly epoch: number;
  readonly checkedMs: number;
}

/** Sessions that operators or SQL scripts end, past the auth service, are noticed this late. */
const recheckMs = 1000;
const epochs = remember('auth.session-epochs', () => new WeakMap<Database, number>());
const standings = new WeakMap<Claims, Standing>();

/**
 * `isTokenLive`, asked of the file only when something may have changed since the same claims were last found standing:
 * after any request that auth answered with a write, and once a second.
 */
export function isSessionLive(database: Database, claims: Claims, nowMs: number): boolean {
  const epoch = epochs.get(database) ?? 0;
  const known = standings.get(claims);
  if (known?.database === database && known.epoch === epoch && Math.abs(nowMs - known.checkedMs) < recheckMs) return true;
  if (!database.read((connection) => isTokenLive(connection, claims, nowMs))) {
    standings.delete(claims);
    return false;
  }
  standings.set(claims, { database, epoch, checkedMs: nowMs });
  return true;
}

/** Called before auth answers whatever may have ended a session: from then on no remembered standing counts. */
export function forgetStandings(database: Database): void {
  epochs.set(database, (epochs.get(database) ?? 0) + 1);
}
