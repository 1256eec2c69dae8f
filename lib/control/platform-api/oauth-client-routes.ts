/** Apps that users of an environment may sign in to with it (its OAuth server's clients). */

import { z } from 'zod';
import {
  type ClientUser,
  createOAuthClient,
  deleteOAuthClient,
  type ListedClient,
  listOAuthClients,
  listOAuthClientUsers,
  renewOAuthClientSecret,
  updateOAuthClient,
} from '#lib/control/oauth-clients.ts';
import { type EndUserGrant, listEndUserGrants, revokeEndUserGrant } from '#lib/control/oauth-grants.ts';
import { noContent, route } from '#lib/control/platform-api/api-route.ts';
import { named, refParams } from '#lib/control/platform-api/schema-names.ts';
import { registrationSchema } from '#lib/engine/oauth/client-metadata.ts';

const clientJson = named(
  'OAuthClient',
  z.object({
    client_id: z.string(),
    client_name: z.string(),
    client_uri: z.string(),
    logo_uri: z.string(),
    client_type: z.enum(['public', 'confidential']),
    token_endpoint_auth_method: z.string(),
    redirect_uris: z.array(z.string()),
    grant_types: z.array(z.string()),
    scope: z.string().nullable().meta({ description: 'The scopes it is held to; null: all there are' }),
    registration_type: z.string().meta({ description: '`manual`, or `dynamic` when it registered itself' }),
    users: z.number().meta({ description: 'How many users let it in' }),
    created_at: z.string(),
    updated_at: z.string(),
  }),
);
const withSecret = clientJson.extend({
  client_secret: z.string().nullable().meta({ description: 'Shown this once; null for a public client' }),
});

const pageQuery = z.object({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  per_page: z.coerce.number().int().min(1).max(200).default(50),
});
const clientParams = refParams.extend({ id: z.string() });
const user = named(
  'OAuthClientUser',
  z.object({
    id: z.string(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    scopes: z.array(z.string()),
    since: z.string(),
  }),
) satisfies z.ZodType<ClientUser>;
const grant = named(
  'AuthUserGrant',
  z.object({
    client_id: z.string(),
    client_name: z.string(),
    scopes: z.array(z.string()),
    since: z.string(),
    sessions: z.number().meta({ description: 'How many the client holds' }),
  }),
) satisfies z.ZodType<EndUserGrant>;

function toJson({ client, users }: ListedClient): z.infer<typeof clientJson> {
  return {
    client_id: client.id,
    client_name: client.name,
    client_uri: client.uri,
    logo_uri: client.logoUri,
    client_type: client.isPublic ? 'public' : 'confidential',
    token_endpoint_auth_method: client.authMethod,
    redirect_uris: [...client.redirectUris],
    grant_types: [...client.grantTypes],
    scope: client.scope,
    registration_type: client.registrationType,
    users,
    created_at: client.createdAt,
    updated_at: client.updatedAt,
  };
}

export const oauthClientRoutes = [
  route('GET', '/projects/{ref}/auth/oauth/clients', {
    id: 'listOAuthClients',
    summary: 'OAuth clients, newest first',
    params: refParams,
    query: pageQuery,
    response: z.object({ clients: z.array(clientJson), total: z.number() }),
    async handle({ context, actor, params, query }) {
      const found = await listOAuthClients(context, actor, params.ref, { page: query.page, perPage: query.per_page });
      return { clients: found.clients.map(toJson), total: found.total };
    },
  }),
  route('POST', '/projects/{ref}/auth/oauth/clients', {
    id: 'createOAuthClient',
    summary: 'Register an OAuth client; its secret is answered this once',
    status: 201,
    params: refParams,
    body: registrationSchema,
    response: withSecret,
    async handle({ context, actor, params, body }) {
      const made = await createOAuthClient(context, actor, params.ref, body);
      return { ...toJson(made), client_secret: made.secret };
    },
  }),
  route('PATCH', '/projects/{ref}/auth/oauth/clients/{id}', {
    id: 'updateOAuthClient',
    summary: 'Change an OAuth client',
    params: clientParams,
    body: registrationSchema,
    response: clientJson,
    handle: async ({ context, actor, params, body }) =>
      toJson(await updateOAuthClient(context, actor, params.ref, params.id, body)),
  }),
  route('DELETE', '/projects/{ref}/auth/oauth/clients/{id}', {
    id: 'deleteOAuthClient',
    summary: 'Remove an OAuth client, with what users agreed to; its tokens are dead at once',
    status: 204,
    params: clientParams,
    response: noContent,
    async handle({ context, actor, params }) {
      await deleteOAuthClient(context, actor, params.ref, params.id);
      return null;
    },
  }),
  route('POST', '/projects/{ref}/auth/oauth/clients/{id}/secret', {
    id: 'renewOAuthClientSecret',
    summary: 'Make a new secret, answered this once; the old one is dead at once',
    status: 201,
    params: clientParams,
    response: withSecret,
    async handle({ context, actor, params }) {
      const renewed = await renewOAuthClientSecret(context, actor, params.ref, params.id);
      return { ...toJson(renewed), client_secret: renewed.secret };
    },
  }),
  route('GET', '/projects/{ref}/auth/oauth/clients/{id}/users', {
    id: 'listOAuthClientUsers',
    summary: 'End users who let an OAuth client in, newest first',
    params: clientParams,
    query: pageQuery,
    response: z.object({ users: z.array(user), total: z.number() }),
    handle: ({ context, actor, params, query }) =>
      listOAuthClientUsers(context, actor, params.ref, params.id, { page: query.page, perPage: query.per_page }),
  }),
  route('DELETE', '/projects/{ref}/auth/oauth/clients/{id}/users/{user_id}', {
    id: 'revokeOAuthGrant',
    summary: 'Take back what an end user agreed to with an OAuth client; its sessions and tokens of the user are dead at once',
    params: clientParams.extend({ user_id: z.string() }),
    status: 204,
    response: noContent,
    async handle({ context, actor, params }) {
      await revokeEndUserGrant(context, actor, params.ref, params.user_id, params.id);
      return null;
    },
  }),
  route('GET', '/projects/{ref}/auth/users/{id}/grants', {
    id: 'listAuthUserGrants',
    summary: 'OAuth clients an end user has let in, newest first',
    params: clientParams,
    response: z.array(grant),
    handle: ({ context, actor, params }) => listEndUserGrants(context, actor, params.ref, params.id),
  }),
];
