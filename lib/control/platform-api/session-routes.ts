/** Health, signing in and out, and who is signed in. */

import { z } from 'zod';
import type { Operator } from '#generated/client.ts';
import { platformRoles, toPlatformRole } from '#lib/control/actor.ts';
import { noContent, route } from '#lib/control/platform-api/api-route.ts';
import { passkeyAnswer } from '#lib/control/platform-api/factor-routes.ts';
import { named } from '#lib/control/platform-api/schema-names.ts';

export const operatorJson = named(
  'Operator',
  z.object({ id: z.string(), email: z.string(), name: z.string(), platform_role: z.enum(platformRoles) }),
);

export function toOperatorJson({ id, email, name, platformRole }: Operator): z.infer<typeof operatorJson> {
  return { id, email, name, platform_role: toPlatformRole(platformRole) };
}

export const sessionRoutes = [
  route('GET', '/health', {
    id: 'getHealth',
    summary: 'Whether the Platform API answers',
    access: 'public',
    response: z.object({ status: z.literal('ok') }),
    handle: async () => ({ status: 'ok' as const }),
  }),
  route('POST', '/sign-in', {
    id: 'signIn',
    summary: 'Sign in with email, password and, when `mfa_required` asks for it, a second factor; the session is a cookie',
    access: 'public',
    body: z.object({
      email: z.string().min(1).max(320),
      password: z.string().min(1).max(1024),
      code: z.string().min(1).max(64).optional().meta({ description: 'Of the authenticator app, or a recovery code' }),
      passkey: passkeyAnswer.optional(),
    }),
    response: z.object({ operator: operatorJson }),
    async handle({ operators, body, origin, addHeader }) {
      const signedIn = await operators.signIn(
        { email: body.email, password: body.password, second: { code: body.code, passkey: body.passkey } },
        origin,
      );
      // The session's first: programs take that one.
      addHeader('Set-Cookie', signedIn.setCookie);
      addHeader('Set-Cookie', signedIn.deviceCookie);
      return { operator: toOperatorJson(signedIn.operator) };
    },
  }),
  route('POST', '/sign-out', {
    id: 'signOut',
    summary: 'End the session of the cookie',
    access: 'public',
    status: 204,
    response: noContent,
    async handle({ operators, credentials, origin, addHeader }) {
      addHeader('Set-Cookie', (await operators.signOut(credentials, origin)).setCookie);
      return null;
    },
  }),
  route('GET', '/profile', {
    id: 'getProfile',
    summary: 'The signed-in operator',
    response: operatorJson.extend({
      has_password: z.boolean().meta({ description: 'False: signs in through the provider' }),
      must_enroll: z.boolean().meta({ description: 'True: a second factor has to be set up before anything else' }),
    }),
    async handle({ context, actor }) {
      const { operatorId: id, email, name, platformRole } = actor;
      const operator = await context.database.operator.findUnique({ where: { id: id ?? '' }, select: { passwordHash: true } });
      return {
        id: id ?? '',
        email,
        name,
        platform_role: platformRole,
        has_password: operator?.passwordHash !== '',
        must_enroll: actor.lacksFactor === true,
      };
    },
  }),
];
