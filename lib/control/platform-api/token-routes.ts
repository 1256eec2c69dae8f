/** Tokens for trying out policies. */

import { z } from 'zod';
import { createToken } from '#lib/control/environment-access.ts';
import { route } from '#lib/control/platform-api/api-route.ts';
import { refParams } from '#lib/control/platform-api/schema-names.ts';

const yearSeconds = 365 * 24 * 3600;

export const tokenRoutes = [
  route('POST', '/projects/{ref}/tokens', {
    id: 'createToken',
    summary: 'Sign an access token as the auth service would',
    status: 201,
    params: refParams,
    body: z.object({
      sub: z.string().min(1).max(255).optional(),
      role: z.string().min(1).max(63).optional().meta({ description: 'Default: authenticated' }),
      claims: z.record(z.string(), z.unknown()).optional(),
      expires_in: z.int().min(1).max(yearSeconds).default(3600).meta({ description: 'Seconds' }),
    }),
    response: z.object({ token: z.string(), expires_at: z.iso.datetime() }),
    async handle({ context, actor, params, body }) {
      const { sub, role = 'authenticated', claims, expires_in } = body;
      const { token, expiresAt } = await createToken(context, actor, params.ref, {
        sub,
        role,
        claims,
        expiresInSeconds: expires_in,
      });
      return { token, expires_at: expiresAt.toISOString() };
    },
  }),
];
