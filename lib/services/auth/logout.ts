/** `POST /logout`: ends this session, all of the user's, or all but this one. An OAuth client ends its own, whatever it says. */

import { emptyResponse, type HttpResponse } from '#lib/http/exchange.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { validationFailed } from '#lib/services/auth/auth-error.ts';
import { requireUserOrClient } from '#lib/services/auth/bearer.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { deleteSession, deleteUserSessions } from '#lib/services/auth/sessions.ts';

export async function logOut(context: AuthContext): Promise<HttpResponse> {
  const asked = context.query.get('scope') ?? 'global';
  if (asked !== 'global' && asked !== 'local' && asked !== 'others')
    throw validationFailed(`Unsupported logout scope "${asked.slice(0, 40)}"`);
  const { user, session } = requireUserOrClient(context);
  const scope = session !== null && session.oauthClientId !== null ? 'local' : asked;
  await context.database.write((connection) => {
    if (scope === 'global' || session === null) deleteUserSessions(connection, user.id, null);
    else if (scope === 'others') deleteUserSessions(connection, user.id, session.id);
    else deleteSession(connection, session.id);
    recordAudit(connection, context, { action: 'logout', actorId: user.id, traits: { scope } });
  });
  return emptyResponse(204);
}
