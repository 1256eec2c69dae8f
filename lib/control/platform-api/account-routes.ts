/** The signed-in operator's password, sessions and personal access tokens. */

import { z } from 'zod';
import { tokenScopes } from '#lib/control/actor.ts';
import { changePassword, endOwnSessions, listOwnSessions, removeIdentity } from '#lib/control/operator-account.ts';
import { listOwnIdentities } from '#lib/control/operator-sso.ts';
import { createOwnToken, listOwnTokens, revokeOwnToken, type TokenView } from '#lib/control/operator-tokens.ts';
import { noContent, route } from '#lib/control/platform-api/api-route.ts';
import { byPassword } from '#lib/control/platform-api/factor-routes.ts';
import { named } from '#lib/control/platform-api/schema-names.ts';

const sessionJson = named(
  'OperatorSession',
  z.object({
    id: z.string(),
    current: z.boolean(),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime().meta({ description: 'Unless used before' }),
    ip: z.string().nullable(),
    user_agent: z.string().nullable(),
  }),
);

const tokenFields = {
  id: z.string(),
  name: z.string(),
  scope: z.enum(tokenScopes),
  project_ref: z.string().nullable().meta({ description: 'Null: all projects' }),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
  last_used_at: z.iso.datetime().nullable(),
};
const tokenJson = named('PersonalToken', z.object(tokenFields));

function toTokenJson(view: TokenView): z.infer<typeof tokenJson> {
  return {
    id: view.id,
    name: view.name,
    scope: tokenScopes.find((one) => one === view.scope) ?? 'read',
    project_ref: view.project?.ref ?? null,
    created_at: view.createdAt.toISOString(),
    expires_at: view.expiresAt?.toISOString() ?? null,
    last_used_at: view.lastUsedAt?.toISOString() ?? null,
  };
}

const idParams = z.object({ id: z.string() });
const daySeconds = 24 * 3600;

const identityJson = named(
  'OperatorIdentity',
  z.object({
    issuer: z.string(),
    subject: z.string(),
    email: z.string(),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime(),
  }),
);

export const accountRoutes = [
  route('GET', '/profile/identities', {
    id: 'listOwnIdentities',
    summary: 'Identities at the provider that sign in to this account',
    response: z.array(identityJson),
    handle: async ({ context, actor }) =>
      (await listOwnIdentities(context, actor)).map(({ issuer, subject, email, createdAt, lastUsedAt }) => {
        return { issuer, subject, email, created_at: createdAt.toISOString(), last_used_at: lastUsedAt.toISOString() };
      }),
  }),
  route('DELETE', '/profile/identities', {
    id: 'removeOwnIdentity',
    summary: 'Disconnect an identity',
    status: 204,
    body: byPassword.extend({ issuer: z.string(), subject: z.string() }),
    response: noContent,
    async handle({ context, actor, body }) {
      await removeIdentity(context, actor, body.current_password, body);
      return null;
    },
  }),
  route('POST', '/profile/password', {
    id: 'changePassword',
    summary: 'Change the password; every other session ends',
    status: 204,
    body: z.object({ current_password: z.string().min(1).max(1024), password: z.string().min(1).max(1024) }),
    response: noContent,
    async handle({ context, actor, body }) {
      await changePassword(context, actor, body.current_password, body.password);
      return null;
    },
  }),
  route('GET', '/profile/sessions', {
    id: 'listOwnSessions',
    summary: 'Where one is signed in, newest first',
    response: z.array(sessionJson),
    handle: async ({ context, actor }) =>
      (await listOwnSessions(context, actor)).map(({ id, createdAt, expiresAt, ip, userAgent }) => ({
        id,
        current: id === actor.sessionId,
        created_at: createdAt.toISOString(),
        expires_at: expiresAt.toISOString(),
        ip,
        user_agent: userAgent,
      })),
  }),
  route('DELETE', '/profile/sessions', {
    id: 'endOtherSessions',
    summary: 'Sign out everywhere else',
    status: 204,
    response: noContent,
    async handle({ context, actor }) {
      await endOwnSessions(context, actor, null);
      return null;
    },
  }),
  route('DELETE', '/profile/sessions/{id}', {
    id: 'endOwnSession',
    summary: 'End one session',
    status: 204,
    params: idParams,
    response: noContent,
    async handle({ context, actor, params }) {
      await endOwnSessions(context, actor, params.id);
      return null;
    },
  }),
  route('GET', '/profile/tokens', {
    id: 'listOwnTokens',
    summary: 'Personal access tokens, newest first',
    response: z.array(tokenJson),
    handle: async ({ context, actor }) => (await listOwnTokens(context, actor)).map(toTokenJson),
  }),
  route('POST', '/profile/tokens', {
    id: 'createOwnToken',
    summary: 'Make a personal access token; it is told this once',
    status: 201,
    body: z.object({
      name: z.string().trim().min(1).max(80),
      scope: z.enum(tokenScopes).default('read'),
      project_ref: z.string().nullable().default(null),
      expires_in: z
        .int()
        .min(60)
        .max(3650 * daySeconds)
        .nullable()
        .default(90 * daySeconds)
        .meta({ description: 'Seconds; null: never' }),
    }),
    response: z.object({ ...tokenFields, token: z.string() }),
    async handle({ context, actor, body }) {
      const expiresAt = body.expires_in === null ? null : new Date(Date.now() + body.expires_in * 1000);
      const wanted = { name: body.name, scope: body.scope, projectRef: body.project_ref, expiresAt };
      const { token, view } = await createOwnToken(context, actor, wanted);
      return { ...toTokenJson(view), token };
    },
  }),
  route('DELETE', '/profile/tokens/{id}', {
    id: 'revokeOwnToken',
    summary: 'Revoke a personal access token',
    status: 204,
    params: idParams,
    response: noContent,
    async handle({ context, actor, params }) {
      await revokeOwnToken(context, actor, params.id);
      return null;
    },
  }),
];
