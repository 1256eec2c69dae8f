'use client';
/** Settings of the whole platform, and who operates it. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { toast } from 'sonner';
import { z } from 'zod';
import { toMessage } from '#components/platform/platform-error.ts';
import { request } from '#components/platform/request.ts';

const signInSchema = z.object({
  session_idle_minutes: z.number(),
  session_absolute_hours: z.number(),
  second_factor_required: z.boolean(),
  sso_enabled: z.boolean(),
  sso_name: z.string(),
  sso_issuer: z.string(),
  sso_client_id: z.string(),
  sso_client_secret: z.string(),
  sso_allowed_domains: z.array(z.string()),
  sso_new_operators: z.string(),
  sso_required: z.boolean(),
  sso_redirect_uri: z.string(),
});
export type InstanceSignIn = z.infer<typeof signInSchema>;

const mailSchema = z.object({
  sender_address: z.string(),
  sender_name: z.string(),
  smtp_host: z.string(),
  smtp_port: z.number(),
  smtp_user: z.string(),
  smtp_pass: z.string(),
  resend_api_key: z.string(),
});
export type InstanceMail = z.infer<typeof mailSchema>;

function useGroup<T>(name: string, schema: z.ZodType<T>) {
  return useQuery({ queryKey: ['instance', name], queryFn: () => request('GET', `/instance/${name}`, schema) });
}

function useChangeGroup<T>(name: string, schema: z.ZodType<T>) {
  const queries = useQueryClient();
  return useMutation({
    gcTime: 0,
    mutationFn: (patch: Record<string, unknown>) => request('PATCH', `/instance/${name}`, schema, patch),
    onSuccess: (after) => {
      queries.setQueryData(['instance', name], after);
      return queries.invalidateQueries({ queryKey: ['sign-in-options'] });
    },
  });
}

export const useInstanceSignIn = () => useGroup('sign-in', signInSchema);
export const useChangeInstanceSignIn = () => useChangeGroup('sign-in', signInSchema);
export const useInstanceMail = () => useGroup('mail', mailSchema);
export const useChangeInstanceMail = () => useChangeGroup('mail', mailSchema);

export function useSendTestMail() {
  return useMutation({
    mutationFn: () => request('POST', '/instance/mail/test', z.object({ recipient: z.string() })),
    onSuccess: ({ recipient }) => toast.success(`Sent to ${recipient}`),
    onError: (error) => toast.error(toMessage(error)),
  });
}

const sentMailSchema = z.object({
  id: z.string(),
  recipient: z.string(),
  subject: z.string(),
  status: z.string(),
  error: z.string().nullish(),
  created_at: z.string(),
});

export function useInstanceMails() {
  const schema = z.array(sentMailSchema);
  return useQuery({ queryKey: ['instance', 'mails'], queryFn: () => request('GET', '/instance/mails?limit=10', schema) });
}

const operatorSchema = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string().nullish(),
  platform_role: z.string(),
  last_sign_in_at: z.string().nullish(),
  second_factors: z.number(),
  recovery_codes_left: z.number(),
});
export type PlatformOperator = z.infer<typeof operatorSchema>;

export function useOperators() {
  return useQuery({ queryKey: ['operators'], queryFn: () => request('GET', '/operators', z.array(operatorSchema)) });
}

/** `null` as the role removes the operator. */
export function useChangeOperator() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, role }: { id: string; role: string | null }) => {
      const path = `/operators/${encodeURIComponent(id)}`;
      return role === null ? request('DELETE', path, z.unknown()) : request('PATCH', path, z.unknown(), { platform_role: role });
    },
    onError: (error) => toast.error(toMessage(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: ['operators'] }),
  });
}

/** With the code that stands in for the factors until the operator has set up another. */
export function useResetFactors() {
  const queries = useQueryClient();
  return useMutation({
    gcTime: 0,
    mutationFn: ({ id, password }: { id: string; password: string | null }) =>
      request('POST', `/operators/${encodeURIComponent(id)}/factors/reset`, z.object({ recovery_code: z.string() }), {
        current_password: password,
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['operators'] }),
  });
}
