'use client';
/** Ways in besides the password: the organisation's provider, and a mailed link for who forgot it. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { z } from 'zod';
import type { PasskeyAnswer } from '#components/platform/passkey.ts';
import { request } from '#components/platform/request.ts';
import { operatorSchema } from '#components/platform/schemas.ts';

const optionsSchema = z.object({
  sso: z.object({ name: z.string(), required: z.boolean() }).nullable(),
  password_reset: z.boolean(),
});

export function useSignInOptions() {
  return useQuery({ queryKey: ['sign-in-options'], queryFn: () => request('GET', '/sign-in/options', optionsSchema) });
}

/** Leaves for the provider; the way back is the page `/sso`. */
export function useStartSso() {
  return useMutation({
    mutationFn: (next: string) => request('POST', '/sso/start', z.object({ url: z.url() }), { next }),
    onSuccess: ({ url }) => window.location.assign(url),
  });
}

export interface SsoAnswer {
  arrival?: { code: string; state: string; iss?: string };
  /** Of the account that exists, to connect it. */
  password?: string;
  code?: string;
  passkey?: PasskeyAnswer;
}

export function useFinishSso() {
  const queries = useQueryClient();
  return useMutation({
    gcTime: 0,
    mutationFn: (answer: SsoAnswer) =>
      request('POST', '/sso/finish', z.object({ operator: operatorSchema, next: z.string() }), answer),
    onSuccess: () => queries.clear(),
  });
}

export function useRequestReset() {
  return useMutation({
    mutationFn: (email: string) => request('POST', '/password-reset', z.unknown(), { email }),
  });
}

export function useResetPassword() {
  return useMutation({
    gcTime: 0,
    mutationFn: (reset: { token: string; password: string }) => request('POST', '/password-reset/confirm', z.unknown(), reset),
  });
}
