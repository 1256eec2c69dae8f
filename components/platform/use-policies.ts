'use client';
/** Tables with their policies, and trials of what these let somebody reach. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { z } from 'zod';
import { request } from '#components/platform/request.ts';
import { sqlNoticeSchema } from '#components/platform/use-query.ts';

export const commandSchema = z.enum(['select', 'insert', 'update', 'delete']);
export type Command = z.infer<typeof commandSchema>;

const policySchema = z.object({
  name: z.string(),
  command: z.enum(['all', 'select', 'insert', 'update', 'delete']),
  permissive: z.boolean(),
  roles: z.array(z.string()),
  using: z.string().nullable(),
  check: z.string().nullable(),
});
export type Policy = z.infer<typeof policySchema>;

const tableSchema = z.object({
  schema: z.string(),
  name: z.string(),
  rls: z.boolean(),
  columns: z.array(z.object({ name: z.string(), type: z.string(), references: z.string().nullable() })),
  policies: z.array(policySchema),
});
export type PolicyTable = z.infer<typeof tableSchema>;

const weighedSchema = z.object({ notices: z.array(sqlNoticeSchema) });

const trialSchema = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  policies: z.array(z.object({ name: z.string(), permissive: z.boolean(), command: commandSchema, expression: z.string() })),
  walled: z.boolean(),
  granted: z.boolean(),
  scanned: z.number(),
  allowed: z.number(),
  rows: z.array(
    z.object({
      values: z.array(z.union([z.string(), z.number(), z.null()])),
      allowed: z.boolean(),
      verdicts: z.array(z.boolean()),
    }),
  ),
});
export type Trial = z.infer<typeof trialSchema>;

const path = (environment: string) => `/projects/${encodeURIComponent(environment)}/database/policies`;

export function usePolicies(environment: string) {
  return useQuery({
    queryKey: ['policies', environment],
    queryFn: () => request('GET', path(environment), z.object({ tables: z.array(tableSchema), roles: z.array(z.string()) })),
  });
}

/** What would be said of statements that change policies: they run whole and nothing is kept. */
export function useWeighPolicies(environment: string) {
  return useMutation({
    mutationFn: async (query: string) => {
      const path = `/projects/${encodeURIComponent(environment)}/database/query`;
      const body = { query, dry_run: true, results: 'full' };
      const { results } = await request('POST', path, z.object({ results: z.array(weighedSchema) }), body);
      // What holds of the table anyway is the security page's to say.
      return results.flatMap(({ notices }) => notices).filter(({ level }) => level !== 'info');
    },
  });
}

/** Runs statements that change policies; lists and advice are read anew. */
export function useChangePolicies(environment: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (query: string) =>
      request('POST', `/projects/${encodeURIComponent(environment)}/database/query`, z.unknown(), { query }),
    onSettled: () => {
      queries.invalidateQueries({ queryKey: ['policies', environment] });
      queries.invalidateQueries({ queryKey: ['advice', environment] });
      queries.invalidateQueries({ queryKey: ['counts', environment] });
    },
  });
}

export interface TrialQuestion {
  as: string;
  /** `schema.name`. */
  table: string;
  command: Command;
}

export function useTryPolicies(environment: string) {
  return useMutation({
    mutationFn: (question: TrialQuestion) => request('POST', `${path(environment)}/try`, trialSchema, question),
  });
}
