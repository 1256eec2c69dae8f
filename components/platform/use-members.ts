'use client';
/** Who works on a project, and who is invited to. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { toast } from 'sonner';
import { z } from 'zod';
import { toMessage } from '#components/platform/platform-error.ts';
import { request } from '#components/platform/request.ts';

const memberSchema = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string().nullish(),
  role: z.string(),
  created_at: z.string(),
});
export type Member = z.infer<typeof memberSchema>;

const inviteSchema = z.object({
  id: z.string(),
  email: z.string(),
  role: z.string(),
  expires_at: z.string(),
  mail: z.string().nullish(),
});
export type Invite = z.infer<typeof inviteSchema>;

const path = (ref: string, kind: 'members' | 'invites') => `/projects/${encodeURIComponent(ref)}/${kind}`;

export function useMembers(ref: string) {
  return useQuery({
    queryKey: ['members', ref],
    queryFn: () => request('GET', path(ref, 'members'), z.array(memberSchema)),
  });
}

/** `null` as the role removes the member. */
export function useChangeMember(ref: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, role }: { id: string; role: string | null }) => {
      const address = `${path(ref, 'members')}/${encodeURIComponent(id)}`;
      return role === null ? request('DELETE', address, z.unknown()) : request('PATCH', address, z.unknown(), { role });
    },
    onError: (error) => toast.error(toMessage(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: ['members', ref] }),
  });
}

export function useInvites(ref: string, enabled: boolean) {
  return useQuery({
    queryKey: ['invites', ref],
    queryFn: () => request('GET', path(ref, 'invites'), z.array(inviteSchema)),
    enabled,
    // Until every mail has gone out.
    refetchInterval: ({ state }) => (state.data?.some(({ mail }) => mail === 'queued') ? 3000 : false),
  });
}

/** The answer holds the link, this once. */
export function useInvite(ref: string) {
  const queries = useQueryClient();
  return useMutation({
    gcTime: 0,
    mutationFn: (invite: { email: string; role: string }) =>
      request('POST', path(ref, 'invites'), inviteSchema.extend({ link: z.string() }), invite),
    onSettled: () => queries.invalidateQueries({ queryKey: ['invites', ref] }),
  });
}

export function useRevokeInvite(ref: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request('DELETE', `${path(ref, 'invites')}/${encodeURIComponent(id)}`, z.unknown()),
    onSuccess: () => toast.success('Invitation withdrawn'),
    onError: (error) => toast.error(toMessage(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: ['invites', ref] }),
  });
}

/** Makes the account, or adds the project to the one there is. */
export function useAcceptInvite() {
  return useMutation({
    mutationFn: (acceptance: { token: string; name?: string; password: string }) =>
      request('POST', '/invites/accept', z.object({ email: z.string() }), acceptance),
  });
}
