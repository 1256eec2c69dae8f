/** An environment's database for operators: SQL, and importing a SQLite file. */

import { z } from 'zod';
import { importDatabase, runQuery } from '#lib/control/environment-access.ts';
import { route } from '#lib/control/platform-api/api-route.ts';
import { toJsonValue } from '#lib/control/platform-api/exact-json.ts';
import { impersonationSchema } from '#lib/control/platform-api/impersonation-schema.ts';
import { receiveFile } from '#lib/control/platform-api/receive-file.ts';
import { named, refParams } from '#lib/control/platform-api/schema-names.ts';
import type { SqlResult } from '#lib/engine/engine.ts';

const value = z.union([z.string(), z.number(), z.bigint(), z.null()]);
const rowsJson = z.array(z.record(z.string(), value));
const resultsJson = z.object({
  results: z.array(
    named(
      'SqlResult',
      z.object({
        command: z.string(),
        columns: z.array(z.string()),
        types: z.array(z.string().nullable()).meta({ description: 'PostgreSQL’s names; null where a type cannot be told' }),
        rows: z.array(z.array(value)),
        row_count: z.number(),
        truncated: z.boolean(),
        notices: z
          .array(
            z.object({ level: z.enum(['error', 'warning', 'info']), code: z.string(), message: z.string(), hint: z.string() }),
          )
          .meta({ description: 'What is unsafe about the policies the statement set; it ran all the same' }),
      }),
    ),
  ),
});

/** Supabase's shape: the rows of the last statement that gives any, as objects. */
function toRows(results: readonly SqlResult[]): z.infer<typeof rowsJson> {
  const last = results.findLast((result) => result.columns.length > 0);
  if (last === undefined) return [];
  const { columns, rows } = last;
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, toJsonValue(row[index] ?? null)])));
}

function toResults(results: readonly SqlResult[]): z.infer<typeof resultsJson> {
  return {
    results: results.map(({ command, columns, types, rows, rowCount, truncated, notices }) => ({
      command,
      columns,
      types,
      rows: rows.map((row) => row.map(toJsonValue)),
      row_count: rowCount,
      truncated,
      notices: notices ?? [],
    })),
  };
}

export const databaseRoutes = [
  route('POST', '/projects/{ref}/database/query', {
    id: 'runQuery',
    summary: 'Run KoyaLite SQL in one transaction, as the operator or as one of the environment’s users',
    status: 201,
    params: refParams,
    limitBytes: 16 << 20,
    body: z.object({
      query: z.string().min(1),
      read_only: z.boolean().optional(),
      dry_run: z.boolean().optional().meta({ description: 'Run everything and keep nothing' }),
      as: impersonationSchema.optional(),
      results: z.enum(['rows', 'full']).default('rows'),
    }),
    response: z.union([rowsJson, resultsJson]),
    async handle({ context, actor, params, body }) {
      const request = { query: body.query, readOnly: body.read_only, dryRun: body.dry_run, as: body.as };
      const results = await runQuery(context, actor, params.ref, request);
      return body.results === 'full' ? toResults(results) : toRows(results);
    },
  }),
  route('POST', '/projects/{ref}/database/import', {
    id: 'importDatabase',
    summary: 'Copy every table, index, view and trigger of a SQLite file, sent as the body',
    status: 201,
    params: refParams,
    body: 'stream',
    response: z.object({ tables: z.array(z.object({ name: z.string(), rows: z.number() })) }),
    async handle({ context, actor, params, request }) {
      const file = receiveFile(context.config.home, request);
      try {
        return { tables: await importDatabase(context, actor, params.ref, () => file.receive()) };
      } finally {
        await file.remove();
      }
    },
  }),
];
