'use client';
/** Roles and permissions an app defines, and who has which. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { toast } from 'sonner';
import { z } from 'zod';
import { toMessage } from '#components/platform/platform-error.ts';
import { request } from '#components/platform/request.ts';

const appRoleSchema = z.object({
  name: z.string(),
  description: z.string().nullable(),
  permissions: z.array(z.string()),
  users: z.number(),
});
export type AppRole = z.infer<typeof appRoleSchema>;

const holderSchema = z.object({ id: z.string(), email: z.string().nullable(), phone: z.string().nullable(), since: z.string() });
export type RoleHolder = z.infer<typeof holderSchema>;

const path = (environment: string) => `/projects/${encodeURIComponent(environment)}/auth/roles`;
const rolePath = (environment: string, name: string) => `${path(environment)}/${encodeURIComponent(name)}`;
const listKey = (environment: string) => ['app-roles', environment];

export function useAppRoles(environment: string) {
  return useQuery({
    queryKey: listKey(environment),
    queryFn: () => request('GET', path(environment), z.array(appRoleSchema)),
  });
}

export interface NewAppRole {
  name: string;
  description: string | null;
  permissions: string[];
}

export function useCreateAppRole(environment: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (role: NewAppRole) => request('POST', path(environment), appRoleSchema, role),
    onSettled: () => queries.invalidateQueries({ queryKey: listKey(environment) }),
  });
}

export interface AppRoleChange {
  role: AppRole;
  change: Partial<NewAppRole>;
}

/** Shown before it is answered, taken back when it is refused. */
export function useChangeAppRole(environment: string) {
  const queries = useQueryClient();
  const key = listKey(environment);
  const mutationKey = ['change-app-role', environment];
  return useMutation({
    mutationKey,
    // One after another: each sends all permissions, and the last one typed has to win.
    scope: { id: mutationKey.join() },
    mutationFn: ({ role, change }: AppRoleChange) => request('PATCH', rolePath(environment, role.name), appRoleSchema, change),
    onMutate: async ({ role, change }) => {
      await queries.cancelQueries({ queryKey: key });
      const before = queries.getQueryData<AppRole[]>(key);
      const after = before?.map((one) => (one.name === role.name ? { ...one, ...change } : one));
      queries.setQueryData(key, after);
      return { before };
    },
    onError: (_error, _change, context) => queries.setQueryData(key, context?.before),
    onSettled: () => {
      if (queries.isMutating({ mutationKey }) === 1) queries.invalidateQueries({ queryKey: key });
    },
  });
}

export function useDeleteAppRole(environment: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => request('DELETE', rolePath(environment, name), z.unknown()),
    onError: (error) => toast.error(toMessage(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: listKey(environment) }),
  });
}

export const holdersPerPage = 50;

export function useRoleHolders(environment: string, name: string, page: number) {
  return useQuery({
    queryKey: ['app-role-users', environment, name, page],
    queryFn: () =>
      request(
        'GET',
        `${rolePath(environment, name)}/users?page=${page}&per_page=${holdersPerPage}`,
        z.object({ users: z.array(holderSchema), total: z.number() }),
      ),
  });
}

/** The names of the roles one user has. */
export function useRolesOfUser(environment: string, userId: string) {
  return useQuery({
    queryKey: ['user-app-roles', environment, userId],
    queryFn: async () => {
      const own = `/projects/${encodeURIComponent(environment)}/auth/users/${encodeURIComponent(userId)}/roles`;
      return (await request('GET', own, z.object({ roles: z.array(z.string()) }))).roles;
    },
  });
}

export interface Grant {
  role: string;
  userId: string;
  holds: boolean;
}

/** Gives one user one role, or takes it. */
export function useGrantAppRole(environment: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ role, userId, holds }: Grant) => {
      const users = `${rolePath(environment, role)}/users`;
      return holds
        ? request('POST', users, z.unknown(), { user_id: userId })
        : request('DELETE', `${users}/${encodeURIComponent(userId)}`, z.unknown());
    },
    onMutate: ({ role, userId, holds }) => {
      const key = ['user-app-roles', environment, userId];
      const before = queries.getQueryData<string[]>(key);
      if (before) queries.setQueryData(key, holds ? [...before, role].sort() : before.filter((name) => name !== role));
      return { key, before };
    },
    onError: (error, _grant, context) => {
      if (context?.before) queries.setQueryData(context.key, context.before);
      toast.error(toMessage(error));
    },
    onSettled: (_answer, _error, { role, userId }) => {
      queries.invalidateQueries({ queryKey: ['user-app-roles', environment, userId] });
      queries.invalidateQueries({ queryKey: ['app-role-users', environment, role] });
      queries.invalidateQueries({ queryKey: listKey(environment) });
    },
  });
}
