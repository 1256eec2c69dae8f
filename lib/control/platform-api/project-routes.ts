/** Projects: list, create, read, change, pause, restore, delete. */

import { z } from 'zod';
import { setPaused } from '#lib/control/environments.ts';
import { type Call, route } from '#lib/control/platform-api/api-route.ts';
import { projectJson, toProjectJson } from '#lib/control/platform-api/project-json.ts';
import { refParams } from '#lib/control/platform-api/schema-names.ts';
import { createProject, deleteProject, getProject, listProjects, updateProject } from '#lib/control/projects.ts';

const name = z.string().trim().min(1).max(100);
const compliance = z.object({ hipaa: z.boolean(), gdpr: z.boolean(), ccpa: z.boolean() }).partial();

async function setPausedAndRead(call: Call & { params: { ref: string } }, paused: boolean) {
  await setPaused(call.context, call.actor, call.params.ref, paused);
  return toProjectJson(await getProject(call.context, call.actor, call.params.ref));
}

export const projectRoutes = [
  route('GET', '/projects', {
    id: 'listProjects',
    summary: 'The projects the operator has a role in, newest first',
    response: z.array(projectJson),
    handle: async ({ context, actor }) => (await listProjects(context, actor)).map(toProjectJson),
  }),
  route('POST', '/projects', {
    id: 'createProject',
    summary: 'Create a project with its production environment',
    status: 201,
    body: z.object({ name, ref: z.string().max(100).optional(), compliance: compliance.optional() }),
    response: projectJson,
    handle: async ({ context, actor, body }) => toProjectJson(await createProject(context, actor, body)),
  }),
  route('GET', '/projects/{ref}', {
    id: 'getProject',
    summary: 'One project, found by the ref of any of its environments',
    params: refParams,
    response: projectJson,
    handle: async ({ context, actor, params }) => toProjectJson(await getProject(context, actor, params.ref)),
  }),
  route('PATCH', '/projects/{ref}', {
    id: 'updateProject',
    summary: 'Rename a project or set its compliance flags',
    params: refParams,
    body: z.object({ name: name.optional(), compliance: compliance.optional() }),
    response: projectJson,
    handle: async ({ context, actor, params, body }) => toProjectJson(await updateProject(context, actor, params.ref, body)),
  }),
  route('DELETE', '/projects/{ref}', {
    id: 'deleteProject',
    summary: 'Delete a project with all environments and their data',
    params: refParams,
    response: z.object({ id: z.string(), ref: z.string(), name: z.string() }),
    async handle({ context, actor, params }) {
      const { id, ref, name } = await getProject(context, actor, params.ref);
      await deleteProject(context, actor, params.ref);
      return { id, ref, name };
    },
  }),
  route('POST', '/projects/{ref}/pause', {
    id: 'pauseProject',
    summary: 'Stop serving a project, or one of its environments',
    params: refParams,
    response: projectJson,
    handle: (call) => setPausedAndRead(call, true),
  }),
  route('POST', '/projects/{ref}/restore', {
    id: 'restoreProject',
    summary: 'Serve a paused project or environment again',
    params: refParams,
    response: projectJson,
    handle: (call) => setPausedAndRead(call, false),
  }),
];
