/** Environments of a project: list, add, remove. */

import { z } from 'zod';
import { addEnvironment, listEnvironments, removeEnvironment } from '#lib/control/environments.ts';
import { noContent, route } from '#lib/control/platform-api/api-route.ts';
import { environmentJson, toEnvironmentJson } from '#lib/control/platform-api/project-json.ts';
import { refParams } from '#lib/control/platform-api/schema-names.ts';

export const environmentRoutes = [
  route('GET', '/projects/{ref}/environments', {
    id: 'listEnvironments',
    summary: 'The environments of a project, production first',
    params: refParams,
    response: z.array(environmentJson),
    handle: async ({ context, actor, params }) => (await listEnvironments(context, actor, params.ref)).map(toEnvironmentJson),
  }),
  route('POST', '/projects/{ref}/environments', {
    id: 'addEnvironment',
    summary: 'Add an environment with a database and keys of its own',
    status: 201,
    params: refParams,
    body: z.object({
      kind: z.enum(['production', 'staging', 'dev', 'branch']),
      name: z.string().trim().min(1).max(40).optional(),
    }),
    response: environmentJson,
    handle: async ({ context, actor, params, body }) => toEnvironmentJson(await addEnvironment(context, actor, params.ref, body)),
  }),
  route('DELETE', '/projects/{ref}/environments/{environment}', {
    id: 'removeEnvironment',
    summary: 'Remove an environment with its data, named by its ref or its name',
    status: 204,
    params: refParams.extend({ environment: z.string() }),
    response: noContent,
    async handle({ context, actor, params }) {
      await removeEnvironment(context, actor, params.ref, params.environment);
      return null;
    },
  }),
];
