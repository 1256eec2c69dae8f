'use client';
/** What an environment's tables and policies leave open. */

import { useQuery } from '@tanstack/react-query';
import { z } from 'zod';
import { request } from '#components/platform/request.ts';

const adviceSchema = z.object({
  rule: z.string(),
  level: z.enum(['error', 'warning', 'info']).catch('info'),
  /** `schema.table`. */
  table: z.string(),
  policy: z.string().nullable(),
  message: z.string(),
  hint: z.string(),
  sql: z.string().nullish().catch(null),
});
export type Advice = z.infer<typeof adviceSchema>;

export function useAdvice(environment: string | null) {
  return useQuery({
    queryKey: ['advice', environment],
    queryFn: async () => {
      const path = `/projects/${encodeURIComponent(environment ?? '')}/advisors/security`;
      return (await request('GET', path, z.object({ lints: z.array(adviceSchema) }))).lints;
    },
    enabled: environment !== null,
  });
}

/** What asks for attention: everything but remarks. */
export function toUrgent(advice: readonly Advice[]): Advice[] {
  return advice.filter(({ level }) => level !== 'info');
}
