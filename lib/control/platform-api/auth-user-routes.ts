/** An environment's end users and their sessions. */

import { z } from 'zod';
import { createEndUser, deleteEndUser, type EndUserChanges, updateEndUser } from '#lib/control/end-user-changes.ts';
import { endEndUserSessions } from '#lib/control/end-user-sessions.ts';
import { getEndUser, listEndUserSessions, listEndUsers } from '#lib/control/end-users.ts';
import { noContent, route } from '#lib/control/platform-api/api-route.ts';
import { named, refParams } from '#lib/control/platform-api/schema-names.ts';

const moment = z.string().nullable();
const metadata = z.record(z.string(), z.unknown());

const endUserJson = named(
  'AuthUser',
  z.object({
    id: z.string(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    role: z.string(),
    app_metadata: metadata,
    user_metadata: metadata,
    providers: z.array(z.string()),
    verified_factors: z.number(),
    email_confirmed_at: moment,
    phone_confirmed_at: moment,
    last_sign_in_at: moment,
    banned_until: moment,
    deleted_at: moment,
    is_anonymous: z.boolean(),
    created_at: z.string(),
    updated_at: z.string(),
  }),
);

const sessionJson = named(
  'AuthSession',
  z.object({
    id: z.string(),
    created_at: z.string(),
    refreshed_at: moment,
    not_after: moment,
    aal: z.string(),
    ip: z.string().nullable(),
    user_agent: z.string().nullable(),
    /** The app that holds it for the user; null for the environment's own. */
    oauth_client_name: z.string().nullable(),
  }),
);

const tenYearsSeconds = 10 * 365 * 24 * 3600;
const email = z.string().trim().toLowerCase().pipe(z.email().max(255));
const phone = z
  .string()
  .transform((text) => text.replace(/^\+|[ -]/g, ''))
  .pipe(z.string().regex(/^[1-9]\d{1,14}$/, 'E.164 number required'));

const changes = z.object({
  email: email.optional(),
  phone: phone.optional(),
  password: z.string().min(1).max(72).optional(),
  email_confirm: z.boolean().optional(),
  phone_confirm: z.boolean().optional(),
  user_metadata: metadata.optional(),
  app_metadata: metadata.optional(),
});

const userParams = refParams.extend({ id: z.string() });

function toChanges(body: z.output<typeof changes> & { ban_seconds?: number | undefined }): EndUserChanges {
  return {
    email: body.email,
    phone: body.phone,
    password: body.password,
    emailConfirm: body.email_confirm,
    phoneConfirm: body.phone_confirm,
    userMetadata: body.user_metadata,
    appMetadata: body.app_metadata,
    banSeconds: body.ban_seconds,
  };
}

export const authUserRoutes = [
  route('GET', '/projects/{ref}/auth/users', {
    id: 'listAuthUsers',
    summary: 'End users of an environment, newest first',
    params: refParams,
    query: z.object({
      search: z.string().max(255).default('').meta({ description: 'Part of an email, phone, id or full name' }),
      page: z.coerce.number().int().min(1).max(1_000_000).default(1),
      per_page: z.coerce.number().int().min(1).max(1000).default(50),
    }),
    response: z.object({ users: z.array(endUserJson), total: z.number() }),
    handle: ({ context, actor, params, query }) =>
      listEndUsers(context, actor, params.ref, { search: query.search, page: query.page, perPage: query.per_page }),
  }),
  route('POST', '/projects/{ref}/auth/users', {
    id: 'createAuthUser',
    summary: 'Make an end user',
    status: 201,
    params: refParams,
    body: changes.refine((body) => body.email !== undefined || body.phone !== undefined, 'an email or a phone is needed'),
    response: endUserJson,
    handle: ({ context, actor, params, body }) => createEndUser(context, actor, params.ref, toChanges(body)),
  }),
  route('GET', '/projects/{ref}/auth/users/{id}', {
    id: 'getAuthUser',
    summary: 'One end user',
    params: userParams,
    response: endUserJson,
    handle: ({ context, actor, params }) => getEndUser(context, actor, params.ref, params.id),
  }),
  route('PATCH', '/projects/{ref}/auth/users/{id}', {
    id: 'updateAuthUser',
    summary: 'Change, confirm or ban an end user; metadata merges, null removes a key',
    params: userParams,
    body: changes.extend({
      ban_seconds: z.int().min(0).max(tenYearsSeconds).optional().meta({ description: 'From now; 0 lifts a ban' }),
    }),
    response: endUserJson,
    handle: ({ context, actor, params, body }) => updateEndUser(context, actor, params.ref, params.id, toChanges(body)),
  }),
  route('DELETE', '/projects/{ref}/auth/users/{id}', {
    id: 'deleteAuthUser',
    summary: 'Delete an end user',
    status: 204,
    params: userParams,
    response: noContent,
    async handle({ context, actor, params }) {
      await deleteEndUser(context, actor, params.ref, params.id);
      return null;
    },
  }),
  route('GET', '/projects/{ref}/auth/users/{id}/sessions', {
    id: 'listAuthUserSessions',
    summary: 'Where an end user is signed in, newest first',
    params: userParams,
    response: z.array(sessionJson),
    handle: ({ context, actor, params }) => listEndUserSessions(context, actor, params.ref, params.id),
  }),
  route('DELETE', '/projects/{ref}/auth/users/{id}/sessions', {
    id: 'endAuthUserSessions',
    summary: 'End the sessions of an end user, all or one',
    status: 204,
    params: userParams,
    query: z.object({ session: z.string().optional() }),
    response: noContent,
    async handle({ context, actor, params, query }) {
      await endEndUserSessions(context, actor, params.ref, params.id, query.session ?? null);
      return null;
    },
  }),
];
