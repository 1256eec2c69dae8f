/** Operators end the sessions of an environment's users. */

import type { Actor } from '#lib/control/actor.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import { readEndUser } from '#lib/control/end-users.ts';
import { openEnvironment } from '#lib/control/environment-access.ts';
import { changeRecorded } from '#lib/control/recorded-change.ts';

/** Ends one session, or all without one named. Their refresh tokens go with them. Needs the role admin. */
export async function endEndUserSessions(
  context: ControlContext,
  actor: Actor,
  ref: string,
  id: string,
  sessionId: string | null,
): Promise<void> {
  const opened = await openEnvironment(context, actor, ref, 'admin');
  const user = opened.database.read((connection) => readEndUser(connection, id));
  const detail = { session: sessionId ?? 'all' };
  const sql = 'DELETE FROM _koyalite_sessions WHERE user_id = ? AND (? IS NULL OR id = ?)';
  await changeRecorded(
    context,
    actor,
    opened,
    { action: 'auth_user.end_sessions', subject: user.id, detail, traits: detail },
    (connection) => connection.run(sql, user.id, sessionId, sessionId),
  );
}
