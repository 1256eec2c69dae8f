/** An environment's API keys: list, reveal, create, revoke, rotate. */

import { z } from 'zod';
import { type ApiKeyView, createApiKey, listApiKeys, revokeApiKey, rotateApiKey, rotateSecret } from '#lib/control/api-keys.ts';
import { noContent, route } from '#lib/control/platform-api/api-route.ts';
import { named, refParams } from '#lib/control/platform-api/schema-names.ts';

const apiKeyJson = named(
  'ApiKey',
  z.object({
    id: z.string(),
    name: z.string(),
    type: z.string().meta({ description: 'legacy, publishable or secret' }),
    api_key: z.string().nullable().meta({ description: 'Null for a secret key that was not revealed' }),
    prefix: z.string(),
    description: z.string().nullable(),
    inserted_at: z.iso.datetime(),
  }),
);

function toApiKeyJson({ id, name, type, key, prefix, description, createdAt }: ApiKeyView): z.infer<typeof apiKeyJson> {
  return { id, name, type, api_key: key, prefix, description, inserted_at: createdAt.toISOString() };
}

export const apiKeyRoutes = [
  route('GET', '/projects/{ref}/api-keys', {
    id: 'listApiKeys',
    summary: 'The API keys of an environment',
    params: refParams,
    query: z.object({ reveal: z.enum(['true', 'false']).optional() }),
    response: z.array(apiKeyJson),
    handle: async ({ context, actor, params, query }) =>
      (await listApiKeys(context, actor, params.ref, query.reveal === 'true')).map(toApiKeyJson),
  }),
  route('POST', '/projects/{ref}/api-keys', {
    id: 'createApiKey',
    summary: 'Create an API key; the answer holds it',
    status: 201,
    params: refParams,
    body: z.object({
      type: z.enum(['publishable', 'secret']),
      name: z.string().trim().min(1).max(64),
      description: z.string().max(500).optional(),
    }),
    response: apiKeyJson,
    handle: async ({ context, actor, params, body }) => toApiKeyJson(await createApiKey(context, actor, params.ref, body)),
  }),
  route('POST', '/projects/{ref}/api-keys/rotate', {
    id: 'rotateApiKeys',
    summary: 'Replace the JWT secret and the legacy keys, or one publishable or secret key by its id',
    params: refParams,
    body: z.object({ id: z.string().optional() }),
    response: z.array(apiKeyJson),
    async handle({ context, actor, params, body }) {
      const rotating =
        body.id === undefined ? rotateSecret(context, actor, params.ref) : rotateApiKey(context, actor, params.ref, body.id);
      return (await rotating).map(toApiKeyJson);
    },
  }),
  route('DELETE', '/projects/{ref}/api-keys/{id}', {
    id: 'revokeApiKey',
    summary: 'Revoke a publishable or secret key at once',
    status: 204,
    params: refParams.extend({ id: z.string() }),
    response: noContent,
    async handle({ context, actor, params }) {
      await revokeApiKey(context, actor, params.ref, params.id);
      return null;
    },
  }),
];
