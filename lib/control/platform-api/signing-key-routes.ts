/** An environment's signing keys, without their secrets. */

import { z } from 'zod';
import { deleteSigningKey, listSigningKeys } from '#lib/control/api-keys.ts';
import { noContent, route } from '#lib/control/platform-api/api-route.ts';
import { named, refParams } from '#lib/control/platform-api/schema-names.ts';

const signingKeyJson = named(
  'SigningKey',
  z.object({
    id: z.string(),
    algorithm: z.enum(['HS256', 'ES256', 'RS256']),
    status: z.enum(['current', 'standby', 'previous']),
    public_jwk: z.record(z.string(), z.unknown()).nullable(),
    created_at: z.iso.datetime(),
  }),
);

export const signingKeyRoutes = [
  route('GET', '/projects/{ref}/config/auth/signing-keys', {
    id: 'listSigningKeys',
    summary: 'The keys that sign or verify an environment’s tokens',
    params: refParams,
    response: z.array(signingKeyJson),
    handle: async ({ context, actor, params }) =>
      (await listSigningKeys(context, actor, params.ref)).map(({ kid, algorithm, status, publicJwk, createdAt }) => ({
        id: kid,
        algorithm,
        status,
        public_jwk: publicJwk,
        created_at: createdAt.toISOString(),
      })),
  }),
  route('DELETE', '/projects/{ref}/config/auth/signing-keys/{id}', {
    id: 'deleteSigningKey',
    summary: 'Delete a key that no longer signs: every token under it ends',
    status: 204,
    params: refParams.extend({ id: z.string() }),
    response: noContent,
    async handle({ context, actor, params }) {
      await deleteSigningKey(context, actor, params.ref, params.id);
      return null;
    },
  }),
];
