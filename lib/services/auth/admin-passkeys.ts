/** `/admin/users/{id}/passkeys`: an administrator sees and removes a user's passkeys. */

import { emptyResponse, type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { userIdOf } from '#lib/services/auth/admin-users.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { requireAdmin } from '#lib/services/auth/bearer.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { deletePasskey, getPasskey, listPasskeys, toPasskeyJson } from '#lib/services/auth/passkey-rows.ts';
import { isUuid } from '#lib/services/auth/rows.ts';
import { getUser } from '#lib/services/auth/users.ts';

export function listUserPasskeys(context: AuthContext): HttpResponse {
  requireAdmin(context);
  const id = userIdOf(context);
  return context.database.read((connection) => {
    getUser(connection, id);
    return jsonResponse(200, listPasskeys(connection, id).map(toPasskeyJson));
  });
}

export async function deleteUserPasskey(context: AuthContext): Promise<HttpResponse> {
  requireAdmin(context);
  const userId = userIdOf(context);
  const id = context.params.passkey ?? '';
  if (!isUuid(id)) throw authError(404, 'validation_failed', 'Passkey not found');
  await context.database.write((connection) => {
    deletePasskey(connection, getPasskey(connection, userId, id));
    recordAudit(connection, context, { action: 'passkey_deleted', actorId: null, subjectId: userId });
  });
  return emptyResponse(204);
}
