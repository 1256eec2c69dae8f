/** What an environment was asked and how it answered: the request log, and the slow ones among it. */

import { z } from 'zod';
import { route } from '#lib/control/platform-api/api-route.ts';
import { named, refParams } from '#lib/control/platform-api/schema-names.ts';
import { groupRequestLog, listRequestLog } from '#lib/control/request-logs.ts';

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

const requestGroupJson = named(
  'RequestGroup',
  z.object({
    service: z.string(),
    method: z.string(),
    path: z.string(),
    count: z.number(),
    failures: z.number(),
    median_ms: z.number(),
    p95_ms: z.number(),
    max_ms: z.number(),
    total_ms: z.number(),
    last_at: z.string(),
  }),
);

const daySeconds = 24 * 3600;

/** Milliseconds and Z, as the log writes them: they are compared as text. */
const toStored = (moment: string | undefined) => (moment === undefined ? undefined : new Date(moment).toISOString());

function toDefined(fields: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

export const logRoutes = [
  route('GET', '/projects/{ref}/logs', {
    id: 'listRequestLog',
    summary: 'Requests an environment answered, newest first; with min_elapsed_ms the slow ones',
    params: refParams,
    query: z.object({
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      min_status: z.coerce.number().int().min(0).max(599).default(0),
      min_elapsed_ms: z.coerce.number().min(0).default(0),
      max_status: z.coerce.number().int().min(0).max(599).default(599),
      service: z.string().max(40).optional(),
      method: z.string().max(10).optional(),
      search: z.string().max(200).optional().meta({ description: 'Part of the path, or the start of a request id' }),
      since: z.iso.datetime().optional().meta({ description: 'Requests of this moment and later' }),
      before: z.iso.datetime().optional().meta({ description: 'Requests before this moment' }),
    }),
    response: z.array(loggedRequestJson),
    handle: async ({ context, actor, params, query }) => {
      const rows = await listRequestLog(context, actor, {
        ref: params.ref,
        limit: query.limit,
        minStatus: query.min_status,
        minElapsedMs: query.min_elapsed_ms,
        maxStatus: query.max_status,
        ...toDefined({
          service: query.service,
          method: query.method?.toUpperCase(),
          search: query.search,
          since: toStored(query.since),
          before: toStored(query.before),
        }),
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
  route('GET', '/projects/{ref}/logs/slow', {
    id: 'listSlowRequests',
    summary: 'Requests taken together by method and path, those that cost most time first',
    params: refParams,
    query: z.object({
      seconds: z.coerce
        .number()
        .int()
        .min(60)
        .max(90 * daySeconds)
        .default(daySeconds),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    response: z.array(requestGroupJson),
    async handle({ context, actor, params, query }) {
      const since = new Date(Date.now() - query.seconds * 1000).toISOString();
      const groups = await groupRequestLog(context, actor, { ref: params.ref, since, limit: query.limit });
      return groups.map((group) => ({
        service: group.service,
        method: group.method,
        path: group.path,
        count: group.count,
        failures: group.failures,
        median_ms: group.medianMs,
        p95_ms: group.p95Ms,
        max_ms: group.maxMs,
        total_ms: group.totalMs,
        last_at: group.lastAt,
      }));
    },
  }),
];
