/** Who a control function acts for, and the walls: every function asks here, whatever its handler has checked already. */

import type { Environment, Project } from '#generated/client.ts';
import type { ControlDatabase, ControlTransaction } from '#lib/control/control-database.ts';
import { Problem } from '#lib/http/problem.ts';

export interface Actor {
  /** Null for the system itself: first start, resumed provisioning. */
  readonly operatorId: string | null;
  readonly email: string;
  readonly name: string;
  /** `owner` counts as owner of every project. */
  readonly platformRole: 'owner' | 'member';
  readonly ip: string | null;
  readonly userAgent: string | null;
}

export const systemActor: Actor = Object.freeze({
  operatorId: null,
  email: 'system',
  name: 'KoyaLite',
  platformRole: 'owner',
  ip: null,
  userAgent: null,
});

/** Least first. */
export const roles = ['viewer', 'developer', 'admin', 'owner'] as const;
export type Role = (typeof roles)[number];

/** What an actor reached: the environment addressed, its project, and the actor's role there. */
export interface Access {
  readonly project: Project;
  readonly environment: Environment;
  readonly role: Role;
}

/** 404, the same for what does not exist and what the actor may not know of. */
export function projectNotFound(ref: string): Problem {
  return new Problem({ status: 404, code: 'project_not_found', message: `There is no project or environment "${ref}".` });
}

/** Null when the actor has no part in the project. */
export async function findRole(database: ControlTransaction, actor: Actor, projectId: string): Promise<Role | null> {
  if (actor.platformRole === 'owner') return 'owner';
  if (actor.operatorId === null) return null;
  const membership = await database.membership.findUnique({
    where: { operatorId_projectId: { operatorId: actor.operatorId, projectId } },
  });
  return roles.find((role) => role === membership?.role) ?? null;
}

/** Resolves any environment's ref; 404 without a role in its project, 403 when the role is less than `minimum`. */
export async function requireRole(
  database: ControlDatabase | ControlTransaction,
  actor: Actor,
  ref: string,
  minimum: Role,
): Promise<Access> {
  const found = await database.environment.findUnique({ where: { ref }, include: { project: true } });
  const role = found === null ? null : await findRole(database, actor, found.projectId);
  if (found === null || role === null) throw projectNotFound(ref);
  if (roles.indexOf(role) < roles.indexOf(minimum)) {
    throw new Problem({
      status: 403,
      code: 'insufficient_role',
      message: `This needs the role ${minimum} in the project; you are ${role}.`,
      hint: 'Ask an owner of the project for a higher role.',
    });
  }
  const { project, ...environment } = found;
  return { project, environment, role };
}

/** For what concerns the whole installation. */
export function requirePlatformOwner(actor: Actor): void {
  if (actor.platformRole === 'owner') return;
  throw new Problem({ status: 403, code: 'insufficient_role', message: 'This needs an owner of the platform.' });
}
