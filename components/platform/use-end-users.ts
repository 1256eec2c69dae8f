'use client';
/** The end users of an environment: listed, made, banned, deleted, and where they are signed in. */

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { toast } from 'sonner';
import { z } from 'zod';
import { toMessage } from '#components/platform/platform-error.ts';
import { request } from '#components/platform/request.ts';

const metadata = z.record(z.string(), z.unknown()).default({});

const endUserSchema = z.object({
  id: z.string(),
  email: z.string().nullish(),
  phone: z.string().nullish(),
  role: z.string().nullish(),
  app_metadata: metadata,
  user_metadata: metadata,
  providers: z.array(z.string()).default([]),
  verified_factors: z.number().default(0),
  email_confirmed_at: z.string().nullish(),
  phone_confirmed_at: z.string().nullish(),
  last_sign_in_at: z.string().nullish(),
  banned_until: z.string().nullish(),
  is_anonymous: z.boolean().default(false),
  created_at: z.string(),
});
export type EndUser = z.infer<typeof endUserSchema>;

const endUserSessionSchema = z.object({
  id: z.string(),
  created_at: z.string(),
  refreshed_at: z.string().nullish(),
  aal: z.string().nullish(),
  ip: z.string().nullish(),
  user_agent: z.string().nullish(),
  oauth_client_name: z.string().nullish(),
});
export type EndUserSession = z.infer<typeof endUserSessionSchema>;

export const usersPerPage = 50;

const path = (environment: string) => `/projects/${encodeURIComponent(environment)}/auth/users`;
const userPath = (environment: string, id: string) => `${path(environment)}/${encodeURIComponent(id)}`;
const listSchema = z.object({ users: z.array(endUserSchema), total: z.number() });

/**
 * One page of those whose e-mail, phone, id or name contains the words; the previous page stays until the next is there.
 * `asks` false keeps still: under HIPAA every list of users is on record.
 */
export function useEndUsers(environment: string, search: string, page: number, asks = true) {
  const query = new URLSearchParams({ search, page: String(page), per_page: String(usersPerPage) });
  return useQuery({
    queryKey: ['end-users', environment, search, page],
    queryFn: () => request('GET', `${path(environment)}?${query}`, listSchema),
    placeholderData: keepPreviousData,
    enabled: asks,
  });
}

/** A name for a person in lists and dialogs. */
export function toUserLabel(user: EndUser): string {
  return user.email || (user.phone ? `+${user.phone}` : '') || (user.is_anonymous ? 'Anonymous user' : user.id);
}

export function isBanned(user: EndUser, now: number): boolean {
  return Boolean(user.banned_until) && Date.parse(user.banned_until ?? '') > now;
}

export interface NewEndUser {
  email: string;
  password?: string;
  email_confirm: boolean;
}

export function useCreateEndUser(environment: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (user: NewEndUser) => request('POST', path(environment), endUserSchema, user),
    onSettled: () => queries.invalidateQueries({ queryKey: ['end-users', environment] }),
  });
}

export type EndUserChange = { ban_seconds: number } | { email_confirm: true } | { user_metadata: Record<string, unknown> };

export function useChangeEndUser(environment: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, change }: { id: string; change: EndUserChange }) =>
      request('PATCH', userPath(environment, id), endUserSchema, change),
    onError: (error) => toast.error(toMessage(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: ['end-users', environment] }),
  });
}

export function useDeleteEndUser(environment: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request('DELETE', userPath(environment, id), z.unknown()),
    onError: (error) => toast.error(toMessage(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: ['end-users', environment] }),
  });
}

export function useEndUserSessions(environment: string, id: string) {
  return useQuery({
    queryKey: ['end-user-sessions', environment, id],
    queryFn: () => request('GET', `${userPath(environment, id)}/sessions`, z.array(endUserSessionSchema)),
  });
}

/** Ends one session, or with null all of them. */
export function useEndEndUserSession(environment: string, id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (session: string | null) => {
      const query = session === null ? '' : `?session=${encodeURIComponent(session)}`;
      return request('DELETE', `${userPath(environment, id)}/sessions${query}`, z.unknown());
    },
    onError: (error) => toast.error(toMessage(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: ['end-user-sessions', environment, id] }),
  });
}
