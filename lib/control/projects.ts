/** Projects: create, read, list, change, pause, delete. Every function asks for the actor's role and leaves an audit entry. */

import { randomUUID } from 'node:crypto';
import type { Environment, Project } from '#generated/client.ts';
import {
  type Access,
  type Actor,
  findRole,
  type Role,
  requireRole,
  requireWholeGrant,
  roles,
  toGrantedRole,
  toHigher,
} from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import { parseProjectRef, toProjectRef } from '#lib/control/project-ref.ts';
import { finishDeletingProject, finishProvisioning, insertEnvironment } from '#lib/control/provisioning.ts';
import { Problem } from '#lib/http/problem.ts';

export interface Compliance {
  hipaa: boolean;
  gdpr: boolean;
  ccpa: boolean;
}

/** What is not mentioned stays. */
export type ComplianceChange = { [Flag in keyof Compliance]?: boolean | undefined };

export interface ProjectView extends Compliance {
  id: string;
  ref: string;
  name: string;
  status: string;
  createdAt: Date;
  updatedAt: Date;
  /** Production first, then by age. */
  environments: Environment[];
  /** The asking operator's. */
  role: Role;
}

export interface NewProject {
  name: string;
  /** Default: what the name suggests. */
  ref?: string | undefined;
  compliance?: ComplianceChange | undefined;
}

/**
 * Idempotent by ref: asking again for a project one owns, under the same name, returns it, and finishes it when a crash
 * had interrupted its making. 409 when the ref is another's.
 */
export async function createProject(context: ControlContext, actor: Actor, wanted: NewProject): Promise<ProjectView> {
  const { database } = context;
  requireWholeGrant(actor);
  requireMayCreate(actor);
  const ref = wanted.ref === undefined ? toProjectRef(wanted.name) : parseProjectRef(wanted.ref);
  return context.inTurn(ref, async () => {
    const taken = await database.environment.findUnique({ where: { ref }, include: { project: true } });
    const existing = taken?.project ?? (await database.project.findUnique({ where: { ref } }));
    if (existing !== null) await requireSameProject(context, actor, existing, ref, wanted.name);
    const project = existing ?? (await insertProject(context, actor, ref, wanted));
    await finishProvisioning(context, project.id);
    return getProject(context, actor, ref);
  });
}

function requireMayCreate({ platformRole }: Actor): void {
  if (platformRole !== 'viewer') return;
  throw new Problem({ status: 403, code: 'insufficient_role', message: 'A viewer of the platform makes no projects.' });
}

async function requireSameProject(
  context: ControlContext,
  actor: Actor,
  project: Project,
  ref: string,
  name: string,
): Promise<void> {
  const mine = (await findRole(context.database, actor, project.id)) === 'owner';
  if (mine && project.ref === ref && project.name === name && project.status !== 'deleting') return;
  throw new Problem({
    status: 409,
    code: 'ref_taken',
    message: `The ref "${ref}" is taken.`,
    hint: 'Give the project another name, or pass a ref of its own.',
  });
}

async function insertProject(context: ControlContext, actor: Actor, ref: string, wanted: NewProject): Promise<Project> {
  const { name, compliance = {} } = wanted;
  const project = await inTransaction(context, async (transaction) => {
    const flags = { hipaa: compliance.hipaa ?? false, gdpr: compliance.gdpr ?? false, ccpa: compliance.ccpa ?? false };
    const created = await transaction.project.create({ data: { id: randomUUID(), ref, name, status: 'provisioning', ...flags } });
    await insertEnvironment(context, transaction, {
      id: randomUUID(),
      projectId: created.id,
      ref,
      name: 'production',
      kind: 'production',
    });
    if (actor.operatorId !== null) {
      await transaction.membership.create({ data: { operatorId: actor.operatorId, projectId: created.id, role: 'owner' } });
    }
    const event = { action: 'project.create', subject: ref, projectRef: ref, after: { name, ...flags } };
    await appendAudit(transaction, context.masterKey, actor, event);
    return created;
  });
  context.step('rows made');
  return project;
}

/** Any environment's ref finds the project. */
export async function getProject(context: ControlContext, actor: Actor, ref: string): Promise<ProjectView> {
  return toView(context, await requireRole(context.database, actor, ref, 'viewer'));
}

async function toView(context: ControlContext, { project, role }: Pick<Access, 'project' | 'role'>): Promise<ProjectView> {
  const environments = await context.database.environment.findMany({
    where: { projectId: project.id },
    orderBy: { createdAt: 'asc' },
  });
  const production = environments.filter((environment) => environment.kind === 'production');
  return { ...project, environments: [...new Set([...production, ...environments])], role };
}

/** Those the actor has a role in, newest first. */
export async function listProjects(context: ControlContext, actor: Actor): Promise<ProjectView[]> {
  const operatorId = actor.operatorId ?? '';
  const everywhere = actor.platformRole === 'member' ? null : actor.platformRole;
  const mine = everywhere === null ? { memberships: { some: { operatorId } } } : {};
  const projects = await context.database.project.findMany({
    where: mine,
    include: { environments: { orderBy: { createdAt: 'asc' } }, memberships: { where: { operatorId } } },
    orderBy: { createdAt: 'desc' },
  });
  return projects.flatMap(({ memberships, ...project }) => {
    const own = roles.find((role) => role === memberships[0]?.role) ?? null;
    const role = toGrantedRole(actor, toHigher(everywhere, own), project.id);
    return role === null ? [] : [{ ...project, role }];
  });
}

export interface ProjectChange {
  name?: string | undefined;
  compliance?: ComplianceChange | undefined;
}

/** Renames, and sets compliance flags (which only an owner may). */
export async function updateProject(
  context: ControlContext,
  actor: Actor,
  ref: string,
  change: ProjectChange,
): Promise<ProjectView> {
  const { project } = await requireRole(context.database, actor, ref, change.compliance === undefined ? 'admin' : 'owner');
  const { name = project.name, compliance = {} } = change;
  const before = { name: project.name, hipaa: project.hipaa, gdpr: project.gdpr, ccpa: project.ccpa };
  const after = {
    name,
    hipaa: compliance.hipaa ?? project.hipaa,
    gdpr: compliance.gdpr ?? project.gdpr,
    ccpa: compliance.ccpa ?? project.ccpa,
  };
  if (JSON.stringify(before) !== JSON.stringify(after)) {
    await inTransaction(context, async (transaction) => {
      await transaction.project.update({ where: { id: project.id }, data: { ...after, updatedAt: new Date() } });
      const event = { action: 'project.update', subject: project.ref, projectRef: project.ref, before, after };
      await appendAudit(transaction, context.masterKey, actor, event);
    });
  }
  return getProject(context, actor, ref);
}

/** The project with all environments, for good. Idempotent while under way; 400 for the ref of a further environment. */
export async function deleteProject(context: ControlContext, actor: Actor, ref: string): Promise<void> {
  const { project } = await requireRole(context.database, actor, ref, 'owner');
  if (project.ref !== ref) {
    throw new Problem({
      status: 400,
      code: 'not_a_project',
      message: `"${ref}" is an environment of the project "${project.ref}".`,
      hint: `To delete it alone: DELETE /projects/${project.ref}/environments/${ref}`,
    });
  }
  await context.inTurn(project.ref, async () => {
    const current = await context.database.project.findUnique({ where: { id: project.id } });
    if (current === null) return;
    if (current.status !== 'deleting') await markDeleting(context, actor, current);
    await finishDeletingProject(context, current, actor);
  });
}

/** From this commit on no key of the project opens anything, whatever happens to the files. */
async function markDeleting(context: ControlContext, actor: Actor, project: Project): Promise<void> {
  await inTransaction(context, async (transaction) => {
    await transaction.project.update({ where: { id: project.id }, data: { status: 'deleting' } });
    await transaction.environment.updateMany({ where: { projectId: project.id }, data: { status: 'deleting' } });
    await transaction.apiKey.deleteMany({ where: { environment: { projectId: project.id } } });
    const event = { action: 'project.delete', subject: project.ref, projectRef: project.ref };
    await appendAudit(transaction, context.masterKey, actor, event);
  });
  await context.directory.refresh(project.id);
  context.step('marked deleting');
}
