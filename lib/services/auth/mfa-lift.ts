/** Lifting a session to aal2 once a second factor has answered. */

import type { Connection } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import type { Problem } from '#lib/http/problem.ts';
import { newRefreshToken } from '#lib/identity/refresh-tokens.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import type { SignedIn } from '#lib/services/auth/bearer.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import type { Factor } from '#lib/services/auth/mfa-factors.ts';
import { endOtherSessions } from '#lib/services/auth/recent-proof.ts';
import { addSignInMethod, insertRefreshToken, type OpenedSession } from '#lib/services/auth/sessions.ts';
import { getUser } from '#lib/services/auth/users.ts';

/** Within the write that took the proof. A factor's first proof ends the user's sessions that never showed one. */
export function liftSession(
  connection: Connection,
  context: AuthContext,
  { user, session }: SignedIn,
  factor: Pick<Factor, 'id' | 'verified'>,
  method: string,
): OpenedSession | Problem {
  if (session === null) return authError(403, 'session_not_found', 'A session is needed to verify a factor');
  const now = context.now();
  if (!factor.verified) {
    connection.run(`DELETE FROM _koyalite_mfa_factors WHERE user_id = ? AND status = 'unverified'`, user.id);
    connection.run(`DELETE FROM _koyalite_sessions WHERE user_id = ? AND aal = 'aal1' AND id <> ?`, user.id, session.id);
    endOtherSessions(connection, context, user.id, session.id);
  }
  addSignInMethod(connection, session.id, { method }, now);
  const at = toStoredTime(now);
  connection.run(
    'UPDATE _koyalite_sessions SET factor_id = ?, refreshed_at = ?, proven_at = ? WHERE id = ?',
    factor.id,
    at,
    at,
    session.id,
  );
  // The session's earlier tokens go: none of them may come back as an aal1 one.
  connection.run('DELETE FROM _koyalite_refresh_tokens WHERE session_id = ?', session.id);
  const token = newRefreshToken();
  insertRefreshToken(connection, token, null, user.id, session.id, now);
  recordAudit(connection, context, { action: 'verification_attempted', actorId: user.id, traits: { factor_id: factor.id } });
  return { user: getUser(connection, user.id), sessionId: session.id, refreshToken: token.token };
}
