/** Health, signing in and out, and who is signed in. */

import { z } from 'zod';
import { platformRoles, toPlatformRole } from '#lib/control/actor.ts';
import { noContent, route } from '#lib/control/platform-api/api-route.ts';
import { passkeyAnswer } from '#lib/control/platform-api/factor-routes.ts';
import { named } from '#lib/control/platform-api/schema-names.ts';

const operator = named(
  'Operator',
  z.object({ id: z.string(), email: z.string(), name: z.string(), platform_role: z.enum(platformRoles) }),
);

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
    response: z.object({ operator }),
    async handle({ operators, body, origin, addHeader }) {
      const signedIn = await operators.signIn(
        { email: body.email, password: body.password, second: { code: body.code, passkey: body.passkey } },
        origin,
      );
      addHeader('Set-Cookie', signedIn.setCookie);
      const { id, email, name, platformRole } = signedIn.operator;
      return {
        operator: { id, email, name, platform_role: toPlatformRole(platformRole) },
      };
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
    response: operator,
    async handle({ actor }) {
      return { id: actor.operatorId ?? '', email: actor.email, name: actor.name, platform_role: actor.platformRole };
    },
  }),
];
