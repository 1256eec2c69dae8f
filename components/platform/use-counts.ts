'use client';
/** A few figures about an environment, asked of its database by SQL as any operator could. */

import { useQuery } from '@tanstack/react-query';
import { z } from 'zod';
import { request } from '#components/platform/request.ts';

const rowsSchema = z.array(z.object({ n: z.number() }));

const questions = {
  tables: `select count(*) as n from sqlite_master where type = 'table' and name not like '\\_koyalite%' escape '\\' and name not like 'sqlite\\_%' escape '\\'`,
  users: 'select count(*) as n from auth.users',
  policies: 'select count(*) as n from _koyalite_rls_policies',
} as const;

export type Question = keyof typeof questions;

/** One figure; an environment that cannot answer leaves it unknown instead of failing the page. */
export function useCount(environment: string | null, question: Question) {
  return useQuery({
    queryKey: ['counts', environment, question],
    queryFn: async () => {
      const path = `/projects/${encodeURIComponent(environment ?? '')}/database/query`;
      const rows = await request('POST', path, rowsSchema, { query: questions[question], read_only: true });
      return rows[0]?.n ?? 0;
    },
    enabled: environment !== null,
    retry: false,
  });
}
