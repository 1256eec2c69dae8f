/** Acting as one of an environment's users, and ending it. */

import { z } from 'zod';
import { impersonate } from '#lib/control/act-as-user.ts';
import { endImpersonation, listImpersonations } from '#lib/control/end-impersonation.ts';
import { noContent, route } from '#lib/control/platform-api/api-route.ts';
import { named, refParams } from '#lib/control/platform-api/schema-names.ts';
import { Problem } from '#lib/http/problem.ts';

const impersonationJson = named(
  'Impersonation',
  z.object({
    id: z.string(),
    environment: z.string(),
    operator: z.string().meta({ description: 'Email of who acts' }),
    user: z.object({ id: z.string(), email: z.string().nullable() }),
    reason: z.string(),
    started_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
  }),
);

export const impersonationRoutes = [
  route('GET', '/projects/{ref}/impersonation', {
    id: 'listImpersonations',
    summary: 'Who acts as a user of the project right now, newest first',
    params: refParams,
    response: z.array(impersonationJson),
    handle: async ({ context, actor, params }) =>
      (await listImpersonations(context, actor, params.ref)).map((one) => ({
        id: one.id,
        environment: one.environmentRef,
        operator: one.operatorEmail,
        user: { id: one.userId, email: one.userEmail },
        reason: one.reason,
        started_at: one.startedAt.toISOString(),
        expires_at: one.expiresAt.toISOString(),
      })),
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
      id: z.string().meta({ description: 'To end it by' }),
      token: z.string(),
      expires_at: z.iso.datetime(),
      user: z.object({ id: z.string(), email: z.string().nullable() }),
    }),
    async handle({ context, actor, params, body }) {
      const { sub, email, reason, ttl_seconds: ttlSeconds } = body;
      const who = sub !== undefined ? { sub } : email !== undefined ? { email } : null;
      if (who === null) throw new Problem({ status: 400, code: 'invalid_request', message: 'Name a user by sub or email.' });
      const { id, token, expiresAt, user } = await impersonate(context, actor, params.ref, { who, reason, ttlSeconds });
      return { id, token, expires_at: expiresAt.toISOString(), user: { id: user.id, email: user.email } };
    },
  }),
  route('DELETE', '/projects/{ref}/impersonation/{id}', {
    id: 'endImpersonation',
    summary: 'End acting as a user: the token is refused from now on',
    status: 204,
    params: refParams.extend({ id: z.string() }),
    response: noContent,
    async handle({ context, actor, params }) {
      await endImpersonation(context, actor, params.ref, params.id);
      return null;
    },
  }),
];
