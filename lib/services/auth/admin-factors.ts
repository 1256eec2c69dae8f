/** `/admin/users/{id}/factors`: an administrator sees, renames and removes a user's second factors. */

import { z } from 'zod';
import type { Connection } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { userIdOf } from '#lib/services/auth/admin-users.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { requireAdmin } from '#lib/services/auth/bearer.ts';
import { readBody, text } from '#lib/services/auth/body.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { deleteFactor, type Factor, findFactor, listFactors, toFactorJson } from '#lib/services/auth/mfa-factors.ts';
import { isUuid } from '#lib/services/auth/rows.ts';
import { getUser } from '#lib/services/auth/users.ts';

export function listUserFactors(context: AuthContext): HttpResponse {
  requireAdmin(context);
  const id = userIdOf(context);
  return context.database.read((connection) => {
    getUser(connection, id);
    return jsonResponse(200, listFactors(connection, id).map(toFactorJson));
  });
}

export async function deleteUserFactor(context: AuthContext): Promise<HttpResponse> {
  requireAdmin(context);
  const factor = await context.database.write((connection) => {
    const found = getFactor(connection, context);
    deleteFactor(connection, found.id);
    recordAudit(connection, context, {
      action: 'factor_deleted',
      actorId: null,
      subjectId: found.userId,
      traits: { factor_id: found.id },
    });
    return found;
  });
  return jsonResponse(200, toFactorJson(factor));
}

export async function renameUserFactor(context: AuthContext): Promise<HttpResponse> {
  requireAdmin(context);
  const body = await readBody(context, z.object({ friendly_name: text }));
  const factor = await context.database.write((connection) => {
    const found = getFactor(connection, context);
    if (body.friendly_name !== '') {
      const at = toStoredTime(context.now());
      connection.run(
        'UPDATE _koyalite_mfa_factors SET friendly_name = ?, updated_at = ? WHERE id = ?',
        body.friendly_name,
        at,
        found.id,
      );
    }
    return getFactor(connection, context);
  });
  return jsonResponse(200, toFactorJson(factor));
}

function getFactor(connection: Connection, context: AuthContext): Factor {
  const userId = userIdOf(context);
  const id = context.params.factor ?? '';
  getUser(connection, userId);
  if (!isUuid(id)) throw authError(404, 'validation_failed', 'factor_id must be an UUID');
  const factor = findFactor(connection, userId, id);
  if (factor === null) throw authError(404, 'mfa_factor_not_found', 'Factor not found');
  return factor;
}
