'use client';
/** Apps that users of an environment may sign in to: clients of its OAuth server. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { toast } from 'sonner';
import { z } from 'zod';
import { toMessage } from '#components/platform/platform-error.ts';
import { request } from '#components/platform/request.ts';

const clientSchema = z.object({
  client_id: z.string(),
  client_name: z.string(),
  client_type: z.enum(['public', 'confidential']),
  redirect_uris: z.array(z.string()),
  registration_type: z.string(),
  users: z.number(),
  created_at: z.string(),
});
export type OAuthClient = z.infer<typeof clientSchema>;

const withSecretSchema = clientSchema.extend({ client_secret: z.string().nullable() });
export type ClientWithSecret = z.infer<typeof withSecretSchema>;

const userSchema = z.object({
  id: z.string(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  scopes: z.array(z.string()),
  since: z.string(),
});

export type ClientUser = z.infer<typeof userSchema>;

export const clientsPerPage = 50;

const path = (environment: string) => `/projects/${encodeURIComponent(environment)}/auth/oauth/clients`;
const clientPath = (environment: string, id: string) => `${path(environment)}/${encodeURIComponent(id)}`;

export function useOAuthClients(environment: string, page: number) {
  return useQuery({
    queryKey: ['oauth-clients', environment, page],
    queryFn: () =>
      request(
        'GET',
        `${path(environment)}?page=${page}&per_page=${clientsPerPage}`,
        z.object({ clients: z.array(clientSchema), total: z.number() }),
      ),
  });
}

function useChange<Variables, Answer>(environment: string, mutationFn: (variables: Variables) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn,
    onSettled: () => queries.invalidateQueries({ queryKey: ['oauth-clients', environment] }),
  });
}

export interface NewClient {
  client_name: string;
  redirect_uris: string[];
  client_type: 'public' | 'confidential';
}

export const useCreateOAuthClient = (environment: string) =>
  useChange(environment, (client: NewClient) => request('POST', path(environment), withSecretSchema, client));

export const useUpdateOAuthClient = (environment: string) =>
  useChange(environment, ({ id, change }: { id: string; change: Omit<NewClient, 'client_type'> }) =>
    request('PATCH', clientPath(environment, id), clientSchema, change),
  );

export const useRenewClientSecret = (environment: string) =>
  useChange(environment, (id: string) => request('POST', `${clientPath(environment, id)}/secret`, withSecretSchema));

export const useDeleteOAuthClient = (environment: string) =>
  useChange(environment, (id: string) => request('DELETE', clientPath(environment, id), z.unknown()));

export function useOAuthClientUsers(environment: string, id: string, page: number) {
  return useQuery({
    queryKey: ['oauth-client-users', environment, id, page],
    queryFn: () =>
      request(
        'GET',
        `${clientPath(environment, id)}/users?page=${page}&per_page=${clientsPerPage}`,
        z.object({ users: z.array(userSchema), total: z.number() }),
      ),
  });
}

const grantSchema = z.object({
  client_id: z.string(),
  client_name: z.string(),
  scopes: z.array(z.string()),
  since: z.string(),
  sessions: z.number(),
});

/** The apps a user has let in. */
export function useUserGrants(environment: string, userId: string) {
  return useQuery({
    queryKey: ['oauth-user-grants', environment, userId],
    queryFn: () =>
      request(
        'GET',
        `/projects/${encodeURIComponent(environment)}/auth/users/${encodeURIComponent(userId)}/grants`,
        z.array(grantSchema),
      ),
  });
}

/** Takes back what one user agreed to with one app. */
export function useRevokeGrant(environment: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ clientId, userId }: { clientId: string; userId: string }) =>
      request('DELETE', `${clientPath(environment, clientId)}/users/${encodeURIComponent(userId)}`, z.unknown()),
    onError: (error) => toast.error(toMessage(error)),
    onSettled: () =>
      Promise.all(
        ['oauth-clients', 'oauth-client-users', 'oauth-user-grants', 'end-user-sessions'].map((name) =>
          queries.invalidateQueries({ queryKey: [name, environment] }),
        ),
      ),
  });
}

/** What stands for a client without a name. */
export const titleOf = ({ client_name, client_id }: Pick<OAuthClient, 'client_id' | 'client_name'>) =>
  client_name === '' ? client_id : client_name;
