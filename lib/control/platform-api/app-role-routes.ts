/** Roles and permissions an app defines. */

import { z } from 'zod';
import {
  changeAppRole,
  createAppRole,
  deleteAppRole,
  listAppRoles,
  listRoleHolders,
  listUserRoles,
  setRoleHolder,
  setUserRoles,
} from '#lib/control/app-roles.ts';
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

const roleHolderJson = named(
  'AppRoleUser',
  z.object({ id: z.string(), email: z.string().nullable(), phone: z.string().nullable(), since: z.string() }),
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
    handle: ({ context, actor, params, body }) => createAppRole(context, actor, params.ref, body),
  }),
  route('PATCH', '/projects/{ref}/auth/roles/{name}', {
    id: 'changeAppRole',
    summary: 'Change or rename a role; permissions are replaced as a whole',
    params: roleParams,
    body: z.object({ name: name.optional(), description: description.optional(), permissions: permissions.optional() }),
    response: appRoleJson,
    handle: ({ context, actor, params, body }) => changeAppRole(context, actor, params.ref, params.name, body),
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
  route('GET', '/projects/{ref}/auth/roles/{name}/users', {
    id: 'listAppRoleUsers',
    summary: 'End users who have a role, newest first',
    params: roleParams,
    query: z.object({
      page: z.coerce.number().int().min(1).max(1_000_000).default(1),
      per_page: z.coerce.number().int().min(1).max(200).default(50),
    }),
    response: z.object({ users: z.array(roleHolderJson), total: z.number() }),
    handle: ({ context, actor, params, query }) =>
      listRoleHolders(context, actor, params.ref, params.name, { page: query.page, perPage: query.per_page }),
  }),
  route('POST', '/projects/{ref}/auth/roles/{name}/users', {
    id: 'grantAppRole',
    summary: 'Give an end user a role',
    status: 204,
    params: roleParams,
    body: z.object({ user_id: z.string() }),
    response: noContent,
    async handle({ context, actor, params, body }) {
      await setRoleHolder(context, actor, params.ref, params.name, body.user_id, true);
      return null;
    },
  }),
  route('DELETE', '/projects/{ref}/auth/roles/{name}/users/{id}', {
    id: 'revokeAppRole',
    summary: 'Take a role from an end user',
    status: 204,
    params: roleParams.extend({ id: z.string() }),
    response: noContent,
    async handle({ context, actor, params }) {
      await setRoleHolder(context, actor, params.ref, params.name, params.id, false);
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
