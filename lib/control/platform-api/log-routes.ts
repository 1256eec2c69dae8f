/** What an environment was asked and how it answered: the request log, and the slow ones among it. */

import { z } from 'zod';
import { route } from '#lib/control/platform-api/api-route.ts';
import { named, refParams } from '#lib/control/platform-api/schema-names.ts';
import { listRequestLog } from '#lib/control/request-logs.ts';

const loggedRequestJson = named(
  'LoggedRequest',
  z.object({
    at: z.iso.datetime(),
    request_id: z.string(),
    service: z.string(),
    method: z.string(),
    path: z.string(),
    status: z.number(),
    elapsed_ms: z.number(),
    role: z.string().nullable(),
    client_address: z.string().nullable(),
  }),
);

export const logRoutes = [
  route('GET', '/projects/{ref}/logs', {
    id: 'listRequestLog',
    summary: 'Requests an environment answered, newest first; with min_elapsed_ms the slow ones',
    params: refParams,
    query: z.object({
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      min_status: z.coerce.number().int().min(0).max(599).default(0),
      min_elapsed_ms: z.coerce.number().min(0).default(0),
      before: z.iso.datetime().optional().meta({ description: 'Requests before this moment' }),
    }),
    response: z.array(loggedRequestJson),
    handle: async ({ context, actor, params, query }) => {
      const rows = await listRequestLog(context, actor, {
        ref: params.ref,
        limit: query.limit,
        minStatus: query.min_status,
        minElapsedMs: query.min_elapsed_ms,
        ...(query.before === undefined ? {} : { before: query.before }),
      });
      return rows.map((row) => ({
        at: row.at,
        request_id: row.requestId,
        service: row.service,
        method: row.method,
        path: row.path,
        status: row.status,
        elapsed_ms: row.elapsedMs,
        role: row.role,
        client_address: row.clientAddress,
      }));
    },
  }),
];
