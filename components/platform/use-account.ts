'use client';
/** The signed-in operator's password, sessions, second factors and tokens. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { toast } from 'sonner';
import { z } from 'zod';
import { makePasskey } from '#components/platform/passkey.ts';
import { toMessage } from '#components/platform/platform-error.ts';
import { request } from '#components/platform/request.ts';

export function useChangePassword() {
  const queries = useQueryClient();
  return useMutation({
    gcTime: 0,
    mutationFn: (passwords: { current_password: string; password: string }) =>
      request('POST', '/profile/password', z.unknown(), passwords),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['own-sessions'] }),
  });
}

const sessionSchema = z.object({
  id: z.string(),
  current: z.boolean().default(false),
  created_at: z.string(),
  ip: z.string().nullish(),
  user_agent: z.string().nullish(),
});

export function useOwnSessions() {
  return useQuery({ queryKey: ['own-sessions'], queryFn: () => request('GET', '/profile/sessions', z.array(sessionSchema)) });
}

/** Null ends all but this one. */
export function useEndOwnSession() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string | null) =>
      request('DELETE', id === null ? '/profile/sessions' : `/profile/sessions/${encodeURIComponent(id)}`, z.unknown()),
    onError: (error) => toast.error(toMessage(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: ['own-sessions'] }),
  });
}

const factorsSchema = z.object({
  totp: z.boolean(),
  passkeys: z.array(z.object({ id: z.string(), name: z.string(), created_at: z.string(), last_used_at: z.string().nullish() })),
  recovery_codes_left: z.number(),
});
export type Factors = z.infer<typeof factorsSchema>;

export function useFactors() {
  return useQuery({ queryKey: ['own-factors'], queryFn: () => request('GET', '/profile/factors', factorsSchema) });
}

const codesSchema = z.object({ recovery_codes: z.array(z.string()) });

/** Every change of the factors; each needs the password again. */
export function useFactorChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const queries = useQueryClient();
  return useMutation({
    gcTime: 0,
    mutationFn: change,
    onSettled: () => queries.invalidateQueries({ queryKey: ['own-factors'] }),
  });
}

export const startTotp = (password: string | null) =>
  request('POST', '/profile/totp', z.object({ secret: z.string(), uri: z.string() }), { current_password: password });

export const confirmTotp = (code: string) => request('POST', '/profile/totp/confirm', codesSchema, { code });

export const removeTotp = (password: string | null) =>
  request('DELETE', '/profile/totp', z.unknown(), { current_password: password });

export const renewRecoveryCodes = (password: string | null) =>
  request('POST', '/profile/recovery-codes', codesSchema, { current_password: password });

/** With recovery codes for who had none. */
export async function addPasskey({ name, password }: { name: string; password: string | null }) {
  const schema = z.object({ challenge_id: z.string(), options: z.unknown() });
  const challenge = await request('POST', '/profile/passkeys/options', schema, { current_password: password });
  return request('POST', '/profile/passkeys', codesSchema, { ...(await makePasskey(challenge)), name });
}

export const removePasskey = ({ id, password }: { id: string; password: string | null }) =>
  request('DELETE', `/profile/passkeys/${encodeURIComponent(id)}`, z.unknown(), { current_password: password });

const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  scope: z.string(),
  project_ref: z.string().nullish(),
  created_at: z.string(),
  expires_at: z.string().nullish(),
  last_used_at: z.string().nullish(),
});
export type PersonalToken = z.infer<typeof tokenSchema>;

export function usePersonalTokens() {
  return useQuery({ queryKey: ['own-tokens'], queryFn: () => request('GET', '/profile/tokens', z.array(tokenSchema)) });
}

export interface NewPersonalToken {
  name: string;
  scope: string;
  /** Null: all projects. */
  project_ref: string | null;
  /** Seconds; null: never. */
  expires_in: number | null;
}

/** The answer holds the token, this once. */
export function useCreatePersonalToken() {
  const queries = useQueryClient();
  return useMutation({
    gcTime: 0,
    mutationFn: (token: NewPersonalToken) => request('POST', '/profile/tokens', tokenSchema.extend({ token: z.string() }), token),
    onSettled: () => queries.invalidateQueries({ queryKey: ['own-tokens'] }),
  });
}

export function useRevokePersonalToken() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request('DELETE', `/profile/tokens/${encodeURIComponent(id)}`, z.unknown()),
    onError: (error) => toast.error(toMessage(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: ['own-tokens'] }),
  });
}

const identitySchema = z.object({
  issuer: z.string(),
  subject: z.string(),
  email: z.string(),
  created_at: z.string(),
});
export type OwnIdentity = z.infer<typeof identitySchema>;

/** At the organisation's provider. */
export function useOwnIdentities() {
  const schema = z.array(identitySchema);
  return useQuery({ queryKey: ['own-identities'], queryFn: () => request('GET', '/profile/identities', schema) });
}

export function useRemoveIdentity() {
  const queries = useQueryClient();
  return useMutation({
    gcTime: 0,
    mutationFn: ({ issuer, subject, password }: OwnIdentity & { password: string | null }) =>
      request('DELETE', '/profile/identities', z.unknown(), { issuer, subject, current_password: password }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['own-identities'] }),
  });
}
