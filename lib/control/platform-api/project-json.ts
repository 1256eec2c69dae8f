/** Projects and environments as the API says them. */

import { z } from 'zod';
import type { Environment } from '#generated/client.ts';
import { roles } from '#lib/control/actor.ts';
import { named } from '#lib/control/platform-api/schema-names.ts';
import type { ProjectView } from '#lib/control/projects.ts';

export const environmentJson = named(
  'Environment',
  z.object({
    ref: z.string(),
    name: z.string(),
    kind: z.string().meta({ description: 'production, staging, dev or branch' }),
    status: z.string().meta({ description: 'provisioning, active, paused or deleting' }),
    created_at: z.iso.datetime(),
  }),
);

export const projectJson = named(
  'Project',
  z.object({
    id: z.string(),
    ref: z.string(),
    name: z.string(),
    status: z.string().meta({ description: 'provisioning, active, paused or deleting' }),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    compliance: z.object({ hipaa: z.boolean(), gdpr: z.boolean(), ccpa: z.boolean() }),
    environments: z.array(environmentJson),
    role: z.enum(roles),
  }),
);

export function toEnvironmentJson({ ref, name, kind, status, createdAt }: Environment): z.infer<typeof environmentJson> {
  return { ref, name, kind, status, created_at: createdAt.toISOString() };
}

export function toProjectJson(project: ProjectView): z.infer<typeof projectJson> {
  const { id, ref, name, status, createdAt, updatedAt, hipaa, gdpr, ccpa, environments, role } = project;
  return {
    id,
    ref,
    name,
    status,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
    compliance: { hipaa, gdpr, ccpa },
    environments: environments.map(toEnvironmentJson),
    role,
  };
}
