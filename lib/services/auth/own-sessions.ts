/** `GET /user/sessions` and `DELETE /user/sessions/{id}`: where a user is signed in, and signing out there. Ours. */

import { emptyResponse, type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { requireUser } from '#lib/services/auth/bearer.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { deleteSession, findSession, listSessions } from '#lib/services/auth/sessions.ts';

export function listOwnSessions(context: AuthContext): HttpResponse {
  const { user, session: current } = requireUser(context);
  const sessions = context.database.read((connection) => listSessions(connection, user.id));
  return jsonResponse(
    200,
    sessions.map((session) => ({
      id: session.id,
      current: session.id === current?.id,
      created_at: session.createdAt,
      refreshed_at: session.refreshedAt,
      not_after: session.notAfter,
      aal: session.aal,
      user_agent: session.userAgent,
      ip: session.ip,
      tag: session.tag,
    })),
  );
}

/** 404 for a session of somebody else as for none. */
export async function endOwnSession(context: AuthContext): Promise<HttpResponse> {
  const { user } = requireUser(context);
  const id = (context.params.id ?? '').toLowerCase();
  await context.database.write((connection) => {
    if (findSession(connection, id)?.userId !== user.id) throw authError(404, 'session_not_found', 'Session not found');
    deleteSession(connection, id);
    recordAudit(connection, context, { action: 'session_revoked', actorId: user.id, traits: { session_id: id } });
  });
  return emptyResponse(204);
}
