/** Roles and permissions an app defines, and acting as one of its users. */

import { z } from 'zod';
import { impersonate } from '#lib/control/act-as-user.ts';
import { deleteAppRole, listAppRoles, listUserRoles, putAppRole, setUserRoles } from '#lib/control/app-roles.ts';
import { noContent, route } from '#lib/control/platform-api/api-route.ts';
import { named, refParams } from '#lib/control/platform-api/schema-names.ts';
import { Problem } from '#lib/http/problem.ts';

const name = z.string().regex(/^[A-Za-z][\w.:-]{0,62}$/, 'letters, digits and _ . : -');
const permissions = z.array(z.string().regex(/^[\w.:*/-]{1,100}$/)).max(500);
const description = z.string().max(500).nullable();

const appRoleJson = named(
  'AppRole',
  z.object({
    name: z.string(),
    description: z.string().nullable(),
    permissions: z.array(z.string()),
    users: z.number(),
  }),
);

const roleParams = refParams.extend({ name });
const userParams = refParams.extend({ id: z.string() });
const userRoles = z.object({ roles: z.array(z.string()) });

export const appRoleRoutes = [
  route('GET', '/projects/{ref}/auth/roles', {
    id: 'listAppRoles',
    summary: 'Roles the app defines, with their permissions',
    params: refParams,
    response: z.array(appRoleJson),
    handle: ({ context, actor, params }) => listAppRoles(context, actor, params.ref),
  }),
  route('POST', '/projects/{ref}/auth/roles', {
    id: 'createAppRole',
    summary: 'Define a role',
    status: 201,
    params: refParams,
    body: z.object({ name, description: description.optional(), permissions: permissions.default([]) }),
    response: appRoleJson,
    handle: ({ context, actor, params, body: { name: role, ...change } }) => putAppRole(context, actor, params.ref, role, change),
  }),
  route('PATCH', '/projects/{ref}/auth/roles/{name}', {
    id: 'changeAppRole',
    summary: 'Change a role; permissions are replaced as a whole',
    params: roleParams,
    body: z.object({ description: description.optional(), permissions: permissions.optional() }),
    response: appRoleJson,
    handle: ({ context, actor, params, body }) => putAppRole(context, actor, params.ref, params.name, body),
  }),
  route('DELETE', '/projects/{ref}/auth/roles/{name}', {
    id: 'deleteAppRole',
    summary: 'Delete a role and take it from everybody',
    status: 204,
    params: roleParams,
    response: noContent,
    async handle({ context, actor, params }) {
      await deleteAppRole(context, actor, params.ref, params.name);
      return null;
    },
  }),
  route('GET', '/projects/{ref}/auth/users/{id}/roles', {
    id: 'listAppRolesOfUser',
    summary: 'Roles an end user has',
    params: userParams,
    response: userRoles,
    handle: async ({ context, actor, params }) => ({ roles: await listUserRoles(context, actor, params.ref, params.id) }),
  }),
  route('PATCH', '/projects/{ref}/auth/users/{id}/roles', {
    id: 'setAppRolesOfUser',
    summary: 'Give an end user these roles and no others',
    params: userParams,
    body: userRoles,
    response: userRoles,
    handle: async ({ context, actor, params, body }) => ({
      roles: await setUserRoles(context, actor, params.ref, params.id, body.roles),
    }),
  }),
  route('POST', '/projects/{ref}/impersonation', {
    id: 'impersonate',
    summary: 'A token to act as an end user, for a reason and an hour at most; on record',
    status: 201,
    params: refParams,
    body: z.object({
      sub: z.string().min(1).optional(),
      email: z.string().trim().toLowerCase().optional(),
      reason: z.string().trim().min(3).max(500),
      ttl_seconds: z.int().min(60).max(3600).default(900),
    }),
    response: z.object({
      token: z.string(),
      expires_at: z.iso.datetime(),
      user: z.object({ id: z.string(), email: z.string().nullable() }),
    }),
    async handle({ context, actor, params, body }) {
      const { sub, email, reason, ttl_seconds: ttlSeconds } = body;
      const who = sub !== undefined ? { sub } : email !== undefined ? { email } : null;
      if (who === null) throw new Problem({ status: 400, code: 'invalid_request', message: 'Name a user by sub or email.' });
      const { token, expiresAt, user } = await impersonate(context, actor, params.ref, { who, reason, ttlSeconds });
      return { token, expires_at: expiresAt.toISOString(), user: { id: user.id, email: user.email } };
    },
  }),
];
