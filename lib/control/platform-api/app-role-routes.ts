/** Roles and permissions an app defines. */

import { z } from 'zod';
import { deleteAppRole, listAppRoles, listUserRoles, putAppRole, setUserRoles } from '#lib/control/app-roles.ts';
import { noContent, route } from '#lib/control/platform-api/api-route.ts';
import { named, refParams } from '#lib/control/platform-api/schema-names.ts';

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
];
