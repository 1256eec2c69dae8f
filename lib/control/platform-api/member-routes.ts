/** Members of a project, invitations, and the operators of the platform. */

import { z } from 'zod';
import type { Operator } from '#generated/client.ts';
import { platformRoles, roles, toPlatformRole } from '#lib/control/actor.ts';
import { acceptInvite, createInvite, type InviteView, listInvites, revokeInvite } from '#lib/control/invites.ts';
import {
  addMember,
  changeMember,
  changeOperator,
  type ListedOperator,
  listMembers,
  listOperators,
  type Member,
} from '#lib/control/members.ts';
import { noContent, route } from '#lib/control/platform-api/api-route.ts';
import { byPassword } from '#lib/control/platform-api/factor-routes.ts';
import { named, refParams } from '#lib/control/platform-api/schema-names.ts';
import { resetFactors } from '#lib/control/reset-factors.ts';

const role = z.enum(roles);
const email = z.string().trim().toLowerCase().pipe(z.email().max(320));

const memberJson = named(
  'Member',
  z.object({ id: z.string(), email: z.string(), name: z.string(), role, created_at: z.iso.datetime() }),
);
const inviteFields = {
  id: z.string(),
  email: z.string(),
  role,
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  mail: z
    .enum(['queued', 'sent', 'failed'])
    .nullable()
    .meta({ description: 'Of the mail with the link; null: none was written, give the link yourself' }),
};
const inviteJson = named('Invite', z.object(inviteFields));
const operatorJson = named(
  'PlatformOperator',
  z.object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    platform_role: z.enum(platformRoles),
    created_at: z.iso.datetime(),
    last_sign_in_at: z.iso.datetime().nullable(),
  }),
);
const listedOperatorJson = named(
  'ListedOperator',
  operatorJson.extend({
    second_factors: z.number().meta({ description: 'How many are set up' }),
    recovery_codes_left: z.number().meta({ description: 'One without a second factor: the code of a reset' }),
  }),
);

const mailStatuses = ['queued', 'sent', 'failed'] as const;
const toRole = (text: string) => roles.find((one) => one === text) ?? 'viewer';

function toMemberJson(member: Member): z.infer<typeof memberJson> {
  const { email: address, name } = member.operator;
  const created_at = member.createdAt.toISOString();
  return { id: member.operatorId, email: address, name, role: toRole(member.role), created_at };
}

function toInviteJson(invite: InviteView): z.infer<typeof inviteJson> {
  const created_at = invite.createdAt.toISOString();
  return {
    id: invite.id,
    email: invite.email,
    role: toRole(invite.role),
    created_at,
    expires_at: invite.expiresAt.toISOString(),
    mail: mailStatuses.find((status) => status === invite.mail) ?? null,
  };
}

function toOperatorJson(operator: Operator): z.infer<typeof operatorJson> {
  return {
    id: operator.id,
    email: operator.email,
    name: operator.name,
    platform_role: toPlatformRole(operator.platformRole),
    created_at: operator.createdAt.toISOString(),
    last_sign_in_at: operator.lastSignInAt?.toISOString() ?? null,
  };
}

function toListedJson({ factors, recoveryCodes, ...operator }: ListedOperator): z.infer<typeof listedOperatorJson> {
  return { ...toOperatorJson(operator), second_factors: factors.length, recovery_codes_left: recoveryCodes.length };
}

const memberParams = refParams.extend({ id: z.string() });

export const memberRoutes = [
  route('GET', '/projects/{ref}/members', {
    id: 'listMembers',
    summary: 'The members of a project',
    params: refParams,
    response: z.array(memberJson),
    handle: async ({ context, actor, params }) => (await listMembers(context, actor, params.ref)).map(toMemberJson),
  }),
  route('POST', '/projects/{ref}/members', {
    id: 'addMember',
    summary: 'Add an operator to a project',
    status: 201,
    params: refParams,
    body: z.object({ email, role }),
    response: memberJson,
    handle: async ({ context, actor, params, body }) =>
      toMemberJson(await addMember(context, actor, params.ref, body.email, body.role)),
  }),
  route('PATCH', '/projects/{ref}/members/{id}', {
    id: 'changeMember',
    summary: 'Change the role of a member',
    params: memberParams,
    body: z.object({ role }),
    response: memberJson,
    handle: async ({ context, actor, params, body }) =>
      toMemberJson(await changeMember(context, actor, params.ref, params.id, body.role)),
  }),
  route('DELETE', '/projects/{ref}/members/{id}', {
    id: 'removeMember',
    summary: 'Remove a member from a project',
    status: 204,
    params: memberParams,
    response: noContent,
    async handle({ context, actor, params }) {
      await changeMember(context, actor, params.ref, params.id, null);
      return null;
    },
  }),
  route('GET', '/projects/{ref}/invites', {
    id: 'listInvites',
    summary: 'Invitations still open, newest first',
    params: refParams,
    response: z.array(inviteJson),
    handle: async ({ context, actor, params }) => (await listInvites(context, actor, params.ref)).map(toInviteJson),
  }),
  route('POST', '/projects/{ref}/invites', {
    id: 'createInvite',
    summary: 'Invite somebody, by mail where one can leave; the link is told this once',
    status: 201,
    params: refParams,
    body: z.object({ email, role }),
    response: z.object({ ...inviteFields, link: z.string() }),
    async handle({ context, actor, params, body }) {
      const { invite, link } = await createInvite(context, actor, params.ref, body.email, body.role);
      return { ...toInviteJson(invite), link };
    },
  }),
  route('DELETE', '/projects/{ref}/invites/{id}', {
    id: 'revokeInvite',
    summary: 'Withdraw an invitation',
    status: 204,
    params: memberParams,
    response: noContent,
    async handle({ context, actor, params }) {
      await revokeInvite(context, actor, params.ref, params.id);
      return null;
    },
  }),
  route('POST', '/invites/accept', {
    id: 'acceptInvite',
    summary: 'Accept an invitation with the token of its link; who has an account gives its password',
    access: 'public',
    body: z.object({
      token: z.string().min(1).max(100),
      name: z.string().trim().min(1).max(80).optional(),
      password: z.string().min(1).max(1024),
    }),
    response: operatorJson,
    async handle({ context, operators, body, origin }) {
      const acceptance = { token: body.token, name: body.name ?? null, password: body.password };
      return toOperatorJson(await acceptInvite(context, operators, acceptance, origin));
    },
  }),
  route('GET', '/operators', {
    id: 'listOperators',
    summary: 'Everyone who can sign in to the dashboard',
    response: z.array(listedOperatorJson),
    handle: async ({ context, actor }) => (await listOperators(context, actor)).map(toListedJson),
  }),
  route('PATCH', '/operators/{id}', {
    id: 'changeOperator',
    summary: 'Give an operator a role on every project; member: only those of single projects',
    params: z.object({ id: z.string() }),
    body: z.object({ platform_role: z.enum(platformRoles) }),
    response: operatorJson,
    handle: async ({ context, actor, params, body }) =>
      toOperatorJson(await changeOperator(context, actor, params.id, body.platform_role)),
  }),
  route('DELETE', '/operators/{id}', {
    id: 'removeOperator',
    summary: 'Remove an operator with sessions, tokens and memberships',
    status: 204,
    params: z.object({ id: z.string() }),
    response: noContent,
    async handle({ context, actor, params }) {
      await changeOperator(context, actor, params.id, null);
      return null;
    },
  }),
  route('POST', '/operators/{id}/factors/reset', {
    id: 'resetOperatorFactors',
    summary: 'Take the second factors of another operator away; the code that stands in for them is told this once',
    params: z.object({ id: z.string() }),
    body: byPassword,
    response: z.object({
      recovery_code: z
        .string()
        .meta({ description: 'Give it to the operator: asked for beside the password until a second factor is set up' }),
      sessions_ended: z.number(),
      tokens_revoked: z.number(),
    }),
    async handle({ context, actor, params, body }) {
      const reset = await resetFactors(context, actor, params.id, body.current_password);
      return {
        recovery_code: reset.recoveryCode,
        sessions_ended: reset.sessionsEnded,
        tokens_revoked: reset.tokensRevoked,
      };
    },
  }),
];
