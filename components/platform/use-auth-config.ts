'use client';
/** An environment's auth settings, under Supabase's names. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { z } from 'zod';
import { request } from '#components/platform/request.ts';

const configSchema = z.record(z.string(), z.unknown());
export type AuthConfig = z.infer<typeof configSchema>;

const path = (environment: string) => `/projects/${encodeURIComponent(environment)}/config/auth`;

export function useAuthConfig(environment: string) {
  return useQuery({
    queryKey: ['auth-config', environment],
    queryFn: () => request('GET', path(environment), configSchema),
  });
}

/** Only what is sent changes; null returns a setting to its default. */
export function useUpdateAuthConfig(environment: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (patch: AuthConfig) => request('PATCH', path(environment), configSchema, patch),
    onSuccess: (config) => queries.setQueryData(['auth-config', environment], config),
  });
}
