/** Who a control function acts for, and the walls: every function asks here, whatever its handler has checked already. */

import type { Environment, Project } from '#generated/client.ts';
import type { ControlDatabase, ControlTransaction } from '#lib/control/control-database.ts';
import { Problem } from '#lib/http/problem.ts';

export interface Actor {
  /** Null for the system itself: first start, resumed provisioning. */
  readonly operatorId: string | null;
  readonly email: string;
  readonly name: string;
  /** What the operator is on every project at least; `owner` also runs the installation. */
  readonly platformRole: PlatformRole;
  readonly ip: string | null;
  readonly userAgent: string | null;
  /** What a personal token narrows its operator to; absent: nothing. */
  readonly grant?: Grant;
  /** The session of the cookie, when one said who it is. */
  readonly sessionId?: string;
  /** The installation requires a second factor and the operator has none. */
  readonly lacksFactor?: boolean;
  /** The personal token's row, when one said who it is. */
  readonly tokenId?: string;
}

/** A personal token's reach. */
export interface Grant {
  /** `read` acts as a viewer at most and changes nothing, `write` as a developer at most. */
  readonly scope: TokenScope;
  /** Null: every project of the operator. */
  readonly projectId: string | null;
}

export const tokenScopes = ['read', 'write', 'admin'] as const;
export type TokenScope = (typeof tokenScopes)[number];

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

/** `member`: nothing beside the operator's roles in projects. */
export const platformRoles = ['member', ...roles] as const;
export type PlatformRole = (typeof platformRoles)[number];

/** As stored; the least for what this version does not know. */
export function toPlatformRole(stored: string): PlatformRole {
  return platformRoles.find((role) => role === stored) ?? 'member';
}

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

const most: Readonly<Record<TokenScope, Role>> = { read: 'viewer', write: 'developer', admin: 'owner' };

/** The role that is left of an operator's own under the actor's grant; null outside the grant's project. */
export function toGrantedRole(actor: Actor, role: Role | null, projectId: string): Role | null {
  const { grant } = actor;
  if (grant === undefined || role === null) return role;
  if (grant.projectId !== null && grant.projectId !== projectId) return null;
  return roles.indexOf(role) > roles.indexOf(most[grant.scope]) ? most[grant.scope] : role;
}

/** An operator has the higher of the role everywhere and the role in the project. */
export function toHigher(left: Role | null, right: Role | null): Role | null {
  if (left === null || right === null) return left ?? right;
  return roles.indexOf(left) > roles.indexOf(right) ? left : right;
}

/** Null when the actor has no part in the project. */
export async function findRole(database: ControlTransaction, actor: Actor, projectId: string): Promise<Role | null> {
  return toGrantedRole(actor, await findOwnRole(database, actor, projectId), projectId);
}

async function findOwnRole(database: ControlTransaction, actor: Actor, projectId: string): Promise<Role | null> {
  const everywhere = actor.platformRole === 'member' ? null : actor.platformRole;
  if (everywhere === 'owner' || actor.operatorId === null) return everywhere;
  const membership = await database.membership.findUnique({
    where: { operatorId_projectId: { operatorId: actor.operatorId, projectId } },
  });
  return toHigher(everywhere, roles.find((role) => role === membership?.role) ?? null);
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
  requireWholeGrant(actor);
  if (actor.platformRole === 'owner') return;
  throw new Problem({ status: 403, code: 'insufficient_role', message: 'This needs an owner of the platform.' });
}

/** For what concerns more than one project: a token must have the scope admin everywhere. */
export function requireWholeGrant(actor: Actor): void {
  const { grant } = actor;
  if (grant === undefined || (grant.scope === 'admin' && grant.projectId === null)) return;
  throw new Problem({
    status: 403,
    code: 'insufficient_scope',
    message: 'This needs a token with the scope admin for all projects.',
  });
}

/** True for the token in `server.json`: whoever has the machine. It stands for the first owner, and signs in to nothing. */
export function isServerToken({ tokenId, grant }: Actor): boolean {
  return tokenId !== undefined && grant === undefined;
}

/** The operator, there in person: a personal token may not change who can sign in, nor make further tokens. */
export function requireSelf(actor: Actor): string {
  if (actor.operatorId !== null && actor.grant === undefined) return actor.operatorId;
  throw new Problem({ status: 403, code: 'session_required', message: 'A personal token cannot do this: sign in.' });
}
