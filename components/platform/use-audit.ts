'use client';
/** What was done to a project, newest first. */

import { useQuery } from '@tanstack/react-query';
import { z } from 'zod';
import { request } from '#components/platform/request.ts';
import { auditEntrySchema } from '#components/platform/schemas.ts';

const entries = z.array(auditEntrySchema);
const answerSchema = z.union([entries, z.object({ entries }).transform((answer) => answer.entries)]);

export function useAudit(ref: string | null) {
  return useQuery({
    queryKey: ['audit', ref],
    queryFn: () => request('GET', `/projects/${encodeURIComponent(ref ?? '')}/audit`, answerSchema),
    enabled: ref !== null,
  });
}
