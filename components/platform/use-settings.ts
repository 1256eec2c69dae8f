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

interface SettingsChange {
  /** The settings as they will be. */
  after: Settings;
  /** What is sent. */
  patch: object;
}

/** Not ahead of the answer: the form shows what was typed, and keeps it when the server refuses. */
export function useUpdateSettings(environment: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ patch }: SettingsChange) => request('PATCH', path(environment), z.unknown(), patch),
    onSuccess: (_answer, { after }) => queries.setQueryData(['settings', environment], after),
    onSettled: () => queries.invalidateQueries({ queryKey: ['settings', environment] }),
  });
}
