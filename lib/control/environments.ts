/** The environments of a project: add, list, remove, pause, resume. */

import { randomUUID } from 'node:crypto';
import type { Environment } from '#generated/client.ts';
import { type Actor, projectNotFound, requireRole } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import { toEnvironmentRef } from '#lib/control/project-ref.ts';
import { getProject } from '#lib/control/projects.ts';
import { finishProvisioning, finishRemovingEnvironments, insertEnvironment } from '#lib/control/provisioning.ts';
import { Problem } from '#lib/http/problem.ts';

export interface NewEnvironment {
  kind: 'production' | 'staging' | 'dev' | 'branch';
  /** Default: the kind. Ends the ref: `shop-staging`. */
  name?: string | undefined;
}

export async function listEnvironments(context: ControlContext, actor: Actor, ref: string): Promise<Environment[]> {
  return (await getProject(context, actor, ref)).environments;
}

/** Idempotent by name: adding one that exists with the same kind returns it, finished if it was not. */
export async function addEnvironment(
  context: ControlContext,
  actor: Actor,
  ref: string,
  wanted: NewEnvironment,
): Promise<Environment> {
  const { database } = context;
  const { project } = await requireRole(database, actor, ref, 'admin');
  const name = wanted.name ?? wanted.kind;
  const environmentRef = wanted.kind === 'production' ? project.ref : toEnvironmentRef(project.ref, name);
  return context.inTurn(project.ref, async () => {
    await requireSettled(context, project.id, ref);
    const taken = await database.environment.findUnique({ where: { ref: environmentRef } });
    if (taken !== null && (taken.projectId !== project.id || taken.kind !== wanted.kind || taken.status === 'deleting')) {
      throw new Problem({ status: 409, code: 'environment_exists', message: `The ref "${environmentRef}" is taken.` });
    }
    const namesake = await database.environment.findFirst({ where: { projectId: project.id, name } });
    if (namesake !== null && namesake.ref !== environmentRef) {
      throw new Problem({
        status: 409,
        code: 'environment_exists',
        message: `The project has an environment "${name}" already.`,
      });
    }
    if (taken === null) {
      const row = { id: randomUUID(), projectId: project.id, ref: environmentRef, name, kind: wanted.kind };
      await inTransaction(context, async (transaction) => {
        await insertEnvironment(context, transaction, row);
        const event = {
          action: 'environment.create',
          subject: environmentRef,
          projectRef: project.ref,
          after: { name, kind: wanted.kind },
        };
        await appendAudit(transaction, context.masterKey, actor, event);
      });
      context.step('environment rows made');
    }
    await finishProvisioning(context, project.id);
    return (await requireRole(database, actor, environmentRef, 'viewer')).environment;
  });
}

/** With all its data. `environment` is a ref, or a name within the project; production goes only with the project. */
export async function removeEnvironment(context: ControlContext, actor: Actor, ref: string, environment: string): Promise<void> {
  const { project } = await requireRole(context.database, actor, ref, 'admin');
  await context.inTurn(project.ref, async () => {
    const candidates = await context.database.environment.findMany({ where: { projectId: project.id } });
    const found = candidates.find((one) => one.ref === environment) ?? candidates.find((one) => one.name === environment);
    if (found === undefined) throw projectNotFound(environment);
    if (found.kind === 'production') {
      throw new Problem({
        status: 400,
        code: 'production_stays',
        message: 'The production environment goes only with its project.',
        hint: `DELETE /projects/${project.ref}`,
      });
    }
    if (found.status !== 'deleting') {
      await inTransaction(context, async (transaction) => {
        await transaction.environment.update({ where: { id: found.id }, data: { status: 'deleting' } });
        await transaction.apiKey.deleteMany({ where: { environmentId: found.id } });
        const event = { action: 'environment.remove', subject: found.ref, projectRef: project.ref };
        await appendAudit(transaction, context.masterKey, actor, event);
      });
      await context.directory.refresh(project.id);
      context.step('environment marked deleting');
    }
    await finishRemovingEnvironments(context, project, actor);
  });
}

/** Stops or restarts serving: all environments for the project's own ref, one for an environment's. Idempotent. */
export async function setPaused(context: ControlContext, actor: Actor, ref: string, paused: boolean): Promise<void> {
  const { project, environment } = await requireRole(context.database, actor, ref, 'admin');
  const whole = ref === project.ref;
  const [from, to] = paused ? ['active', 'paused'] : ['paused', 'active'];
  await context.inTurn(project.ref, async () => {
    await requireSettled(context, project.id, ref);
    const where = whole ? { projectId: project.id, status: from } : { id: environment.id, status: from };
    await inTransaction(context, async (transaction) => {
      const { count } = await transaction.environment.updateMany({ where, data: { status: to } });
      if (whole) await transaction.project.updateMany({ where: { id: project.id, status: from }, data: { status: to } });
      if (count === 0) return;
      const event = { action: paused ? 'project.pause' : 'project.restore', subject: ref, projectRef: project.ref };
      await appendAudit(transaction, context.masterKey, actor, event);
    });
    await context.directory.refresh(project.id);
  });
}

/** 404 when the project went while this waited its turn, 409 while it is being deleted. */
async function requireSettled(context: ControlContext, projectId: string, ref: string): Promise<void> {
  const project = await context.database.project.findUnique({ where: { id: projectId } });
  if (project === null) throw projectNotFound(ref);
  if (project.status === 'deleting') {
    throw new Problem({ status: 409, code: 'project_deleting', message: 'The project is being deleted.' });
  }
}
