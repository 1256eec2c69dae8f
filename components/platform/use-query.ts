'use client';
/** SQL against an environment, and what came of it. */

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { z } from 'zod';
import { request } from '#components/platform/request.ts';

export const sqlValueSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type SqlValue = z.infer<typeof sqlValueSchema>;

export const sqlNoticeSchema = z.object({
  level: z.enum(['error', 'warning', 'info']),
  code: z.string(),
  message: z.string(),
  hint: z.string(),
});
export type SqlNotice = z.infer<typeof sqlNoticeSchema>;

const sqlResultSchema = z.object({
  command: z.string(),
  columns: z.array(z.string()),
  /** PostgreSQL's names; null where a type cannot be told. */
  types: z.array(z.string().nullable()).default([]),
  rows: z.array(z.array(sqlValueSchema)),
  row_count: z.number(),
  truncated: z.boolean().default(false),
  notices: z.array(sqlNoticeSchema).default([]),
});
export type SqlResult = z.infer<typeof sqlResultSchema>;

export interface SqlQuery {
  query: string;
  readOnly: boolean;
  /** A role, or a user by id or e-mail; empty = the operator, past every policy. */
  as: string;
}

/** All statements in one transaction; `elapsedMs` as the browser waited. */
export function useRunQuery(environment: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ query, readOnly, as }: SqlQuery) => {
      const startedAt = performance.now();
      const path = `/projects/${encodeURIComponent(environment)}/database/query`;
      const body = { query, read_only: readOnly, results: 'full', ...(as === '' ? {} : { as }) };
      const { results } = await request('POST', path, z.object({ results: z.array(sqlResultSchema) }), body);
      return { results, elapsedMs: Math.round(performance.now() - startedAt) };
    },
    // Anything may have changed: tables, policies, users.
    onSuccess: (_answer, { readOnly }) => {
      if (!readOnly) queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey.includes(environment) });
    },
  });
}
