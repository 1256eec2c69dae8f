'use client';
/** What an environment was asked and how it answered. */

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { z } from 'zod';
import { request } from '#components/platform/request.ts';

const loggedSchema = z.object({
  at: z.string(),
  request_id: z.string(),
  service: z.string(),
  method: z.string(),
  path: z.string(),
  status: z.number(),
  elapsed_ms: z.number(),
  role: z.string().nullable(),
  client_address: z.string().nullable(),
});
export type LoggedRequest = z.infer<typeof loggedSchema>;

const groupSchema = z.object({
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
});
export type RequestGroup = z.infer<typeof groupSchema>;

export interface LogFilter {
  search: string;
  /** Empty: every service. */
  service: string;
  method: string;
  /** `4` for 4xx; empty: any. */
  statusClass: string;
  minElapsedMs: number;
  /** How far back. */
  seconds: number;
}

export const requestsPerPage = 100;

function toQuery(filter: LogFilter, before: string | null): string {
  const since = new Date(Date.now() - filter.seconds * 1000).toISOString();
  const query = new URLSearchParams({ limit: String(requestsPerPage), since });
  if (filter.search !== '') query.set('search', filter.search);
  if (filter.service !== '') query.set('service', filter.service);
  if (filter.method !== '') query.set('method', filter.method);
  if (filter.minElapsedMs > 0) query.set('min_elapsed_ms', String(filter.minElapsedMs));
  if (filter.statusClass !== '') {
    query.set('min_status', `${filter.statusClass}00`);
    query.set('max_status', `${filter.statusClass}99`);
  }
  if (before !== null) query.set('before', before);
  return query.toString();
}

const path = (environment: string) => `/projects/${encodeURIComponent(environment)}/logs`;

/** Pages going back in time; `live` asks again every few seconds while the window is in view. */
export function useRequestLog(environment: string, filter: LogFilter, live: boolean) {
  return useInfiniteQuery({
    queryKey: ['request-log', environment, filter],
    queryFn: ({ pageParam }) => request('GET', `${path(environment)}?${toQuery(filter, pageParam)}`, z.array(loggedSchema)),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page.length === requestsPerPage ? (page.at(-1)?.at ?? null) : null),
    placeholderData: keepPreviousData,
    refetchInterval: live ? 3000 : false,
  });
}

export function useSlowRequests(environment: string, seconds: number) {
  return useQuery({
    queryKey: ['slow-requests', environment, seconds],
    queryFn: () => request('GET', `${path(environment)}/slow?seconds=${seconds}`, z.array(groupSchema)),
    placeholderData: keepPreviousData,
  });
}
