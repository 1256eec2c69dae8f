/** An environment's settings. */

import { z } from 'zod';
import { route } from '#lib/control/platform-api/api-route.ts';
import { named, refParams } from '#lib/control/platform-api/schema-names.ts';
import { getSettings, updateSettings } from '#lib/control/settings.ts';
import { environmentSettingsSchema } from '#lib/identity/environment-settings.ts';

const settingsJson = named('Settings', environmentSettingsSchema);

export const settingsRoutes = [
  route('GET', '/projects/{ref}/settings', {
    id: 'getSettings',
    summary: 'The settings of an environment, defaults filled in',
    params: refParams,
    response: settingsJson,
    handle: async ({ context, actor, params }) => getSettings(context, actor, params.ref),
  }),
  route('PATCH', '/projects/{ref}/settings', {
    id: 'updateSettings',
    summary: 'Change settings: objects merge, null returns to the default',
    params: refParams,
    body: z.record(z.string(), z.unknown()),
    response: settingsJson,
    handle: async ({ context, actor, params, body }) => updateSettings(context, actor, params.ref, body),
  }),
];
