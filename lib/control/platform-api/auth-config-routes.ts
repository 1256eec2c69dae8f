/** An environment's auth settings, at Supabase's address and under its names. */

import { z } from 'zod';
import { route } from '#lib/control/platform-api/api-route.ts';
import { refParams } from '#lib/control/platform-api/schema-names.ts';
import { getAuthConfig, hardenAuth, updateAuthConfig } from '#lib/control/settings.ts';

const config = z.record(z.string(), z.unknown());

export const authConfigRoutes = [
  route('GET', '/projects/{ref}/config/auth', {
    id: 'getAuthConfig',
    summary: 'Auth settings with defaults filled in; secrets are masked',
    params: refParams,
    response: config,
    handle: ({ context, actor, params }) => getAuthConfig(context, actor, params.ref),
  }),
  route('PATCH', '/projects/{ref}/config/auth', {
    id: 'updateAuthConfig',
    summary: 'Change auth settings: null returns to the default, a masked secret stays as it is',
    params: refParams,
    body: config,
    response: config,
    handle: ({ context, actor, params, body }) => updateAuthConfig(context, actor, params.ref, body),
  }),
  route('POST', '/projects/{ref}/config/auth/harden', {
    id: 'hardenAuth',
    summary: 'Tighten auth to the settings for health data; what is stricter already stays',
    params: refParams,
    response: z.object({ changed: config.meta({ description: 'The settings that changed, as they are now' }) }),
    handle: async ({ context, actor, params }) => ({ changed: await hardenAuth(context, actor, params.ref) }),
  }),
];
