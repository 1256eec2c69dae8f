'use client';
/** What an environment's REST API says about itself, asked of that API as an app would. */

import { useQuery } from '@tanstack/react-query';
import { z } from 'zod';
import { PlatformError } from '#components/platform/platform-error.ts';

const columnSchema = z.object({
  format: z.string().catch(''),
  type: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
});

const descriptionSchema = z.object({
  definitions: z
    .record(
      z.string(),
      z.object({
        description: z.string().optional(),
        required: z.array(z.string()).default([]),
        properties: z.record(z.string(), columnSchema).default({}),
      }),
    )
    .default({}),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
});
export type RestDescription = z.infer<typeof descriptionSchema>;

/** As the key's role sees it, or as the user of `token`. */
export function useRestDescription(url: string, key: string | null, token: string | null) {
  return useQuery({
    queryKey: ['rest-description', url, key, token],
    queryFn: () => fetchDescription(url, key ?? '', token),
    enabled: url !== '' && key !== null,
  });
}

async function fetchDescription(url: string, key: string, token: string | null): Promise<RestDescription> {
  const response = await call(url, key, token);
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw toFailure(response.status, body);
  const parsed = descriptionSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw toFailure(response.status, { message: 'The API described itself in a form this dashboard does not know.' });
}

async function call(url: string, key: string, token: string | null): Promise<Response> {
  const headers = { apikey: key, ...(token === null ? {} : { Authorization: `Bearer ${token}` }) };
  try {
    return await fetch(`${url}/rest/v1/`, { headers, credentials: 'omit', cache: 'no-store' });
  } catch {
    throw toFailure(0, { message: 'The API cannot be reached.' });
  }
}

function toFailure(status: number, body: unknown): PlatformError {
  const failure = z
    .object({ code: z.string().catch('unknown'), message: z.string().catch('The API refused the request.') })
    .safeParse(body);
  return new PlatformError({
    status,
    code: failure.data?.code ?? 'unknown',
    message: failure.data?.message ?? 'The API refused the request.',
    hint: null,
  });
}
