/** `GET /admin/audit`: the auth audit, newest first. */

import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { pageHeaders, parsePage } from '#lib/services/auth/admin-pages.ts';
import { countAudit, listAudit } from '#lib/services/auth/audit.ts';
import { requireAdmin } from '#lib/services/auth/bearer.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';

export function listAuditEntries(context: AuthContext): HttpResponse {
  requireAdmin(context);
  const page = parsePage(context.query);
  return context.database.read((connection) =>
    jsonResponse(
      200,
      listAudit(connection, page.perPage, (page.page - 1) * page.perPage),
      pageHeaders('/admin/audit', page, countAudit(connection)),
    ),
  );
}
