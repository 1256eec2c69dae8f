'use client';
/** The API settings of an environment. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { z } from 'zod';
import { request } from '#components/platform/request.ts';
import { type Settings, settingsSchema } from '#components/platform/schemas.ts';

const path = (environment: string) => `/projects/${encodeURIComponent(environment)}/settings`;

export function useSettings(environment: string | null) {
  return useQuery({
    queryKey: ['settings', environment],
    queryFn: () => request('GET', path(environment ?? ''), settingsSchema),
    enabled: environment !== null,
  });
}

export function useUpdateSettings(environment: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (settings: Settings) => request('PATCH', path(environment), z.unknown(), settings),
    onMutate: async (settings) => {
      await queries.cancelQueries({ queryKey: ['settings', environment] });
      const before = queries.getQueryData<Settings>(['settings', environment]);
      queries.setQueryData(['settings', environment], settings);
      return { before };
    },
    onError: (_error, _settings, context) => queries.setQueryData(['settings', environment], context?.before),
    onSettled: () => queries.invalidateQueries({ queryKey: ['settings', environment] }),
  });
}
