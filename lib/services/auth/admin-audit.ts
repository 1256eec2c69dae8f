/** `GET /admin/audit`: the auth audit, newest first. */

import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { parsePage } from '#lib/services/auth/admin-pages.ts';
import { listAudit } from '#lib/services/auth/audit.ts';
import { requireAdmin } from '#lib/services/auth/bearer.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';

export function listAuditEntries(context: AuthContext): HttpResponse {
  requireAdmin(context);
  const { page, perPage } = parsePage(context.query);
  return jsonResponse(
    200,
    context.database.read((connection) => listAudit(connection, perPage, (page - 1) * perPage)),
  );
}
