'use client';
/** The API keys of an environment: read, make, revoke, rotate. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { toast } from 'sonner';
import { z } from 'zod';
import { PlatformError, toMessage } from '#components/platform/platform-error.ts';
import { request } from '#components/platform/request.ts';
import { type ApiKey, apiKeySchema } from '#components/platform/schemas.ts';

const path = (environment: string) => `/projects/${encodeURIComponent(environment)}/api-keys`;

/** Without the secrets: each reveal is asked for, and audited, on its own. */
export function useApiKeys(environment: string | null) {
  return useQuery({
    queryKey: ['api-keys', environment],
    queryFn: () => request('GET', path(environment ?? ''), z.array(apiKeySchema)),
    enabled: environment !== null,
  });
}

/** Whether whoever holds the key passes every policy. */
export function isSecret(key: ApiKey): boolean {
  return key.type === 'secret' || key.name === 'service_role';
}

/** Asks for the text of one secret key; it is handed to the caller and kept nowhere else. */
export function useRevealApiKey(environment: string) {
  return useMutation({
    gcTime: 0,
    mutationFn: async (key: ApiKey) => {
      const keys = await request('GET', `${path(environment)}?reveal=true`, z.array(apiKeySchema));
      const text = keys.find((candidate) => (key.id ? candidate.id === key.id : candidate.name === key.name))?.api_key;
      if (text) return text;
      throw new PlatformError({ status: 404, code: 'not_found', message: 'The key is gone.', hint: null });
    },
    onError: (error) => toast.error(toMessage(error)),
  });
}

export function useCreateApiKey(environment: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (key: { type: 'publishable' | 'secret'; name: string }) => request('POST', path(environment), apiKeySchema, key),
    onSettled: () => queries.invalidateQueries({ queryKey: ['api-keys', environment] }),
  });
}

export function useDeleteApiKey(environment: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request('DELETE', `${path(environment)}/${encodeURIComponent(id)}`, z.unknown()),
    onMutate: async (id) => {
      await queries.cancelQueries({ queryKey: ['api-keys', environment] });
      const before = queries.getQueryData<ApiKey[]>(['api-keys', environment]);
      queries.setQueryData<ApiKey[]>(['api-keys', environment], (keys) => keys?.filter((key) => key.id !== id));
      return { before };
    },
    onError: (error, _id, context) => {
      queries.setQueryData(['api-keys', environment], context?.before);
      toast.error(toMessage(error));
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['api-keys', environment] }),
  });
}

export function useRotateApiKeys(environment: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => request('POST', `${path(environment)}/rotate`, z.unknown(), {}),
    onSuccess: () => toast.success('Keys rotated'),
    onError: (error) => toast.error(toMessage(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: ['api-keys', environment] }),
  });
}

/** The key an app in a browser uses: the first publishable one, or the legacy `anon` key. */
export function findPublishableKey(keys: ApiKey[] | undefined): string | null {
  const key = keys?.find((candidate) => candidate.type === 'publishable') ?? keys?.find((candidate) => candidate.name === 'anon');
  return key?.api_key ?? null;
}
