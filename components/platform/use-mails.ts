'use client';
/** The mails and texts of an environment. */

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { toast } from 'sonner';
import { z } from 'zod';
import { toMessage } from '#components/platform/platform-error.ts';
import { request } from '#components/platform/request.ts';

const mailSchema = z.object({
  id: z.string(),
  channel: z.string().default('email'),
  template: z.string().default(''),
  from: z.string().default(''),
  to: z.string(),
  subject: z.string(),
  /** Null once delivered, and for those who may not read it. */
  text: z.string().nullish(),
  html: z.string().nullish(),
  status: z.string(),
  error: z.string().nullish(),
  created_at: z.string(),
});
export type Mail = z.infer<typeof mailSchema>;

export const mailsPerPage = 50;

const path = (environment: string) => `/projects/${encodeURIComponent(environment)}/mails`;

/** Newest first; `to` is one recipient, empty for all. Asked again while the page is open, since mails come without asking. */
export function useMails(environment: string, to: string, page: number) {
  const query = new URLSearchParams({ page: String(page), per_page: String(mailsPerPage), ...(to === '' ? {} : { to }) });
  return useQuery({
    queryKey: ['mails', environment, to, page],
    queryFn: () => request('GET', `${path(environment)}?${query}`, z.array(mailSchema)),
    placeholderData: keepPreviousData,
    refetchInterval: 5000,
  });
}

export function useResendMail(environment: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request('POST', `${path(environment)}/${encodeURIComponent(id)}/resend`, z.unknown(), {}),
    onSuccess: () => toast.success('Mail queued again'),
    onError: (error) => toast.error(toMessage(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: ['mails', environment] }),
  });
}
