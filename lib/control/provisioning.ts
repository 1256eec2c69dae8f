/**
 * Makes and unmakes environments on disk. Rows come first and say what is under way (`provisioning`, `deleting`); each
 * step can be repeated, so after a crash at any point `resumeProvisioning` finishes what the rows say.
 */

import { mkdir, rm } from 'node:fs/promises';
import type { Environment, Project } from '#generated/client.ts';
import { type Actor, systemActor } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import type { ControlTransaction } from '#lib/control/control-database.ts';
import { toEnvironmentPaths } from '#lib/control/environment-directory.ts';
import { makeFirstKeys } from '#lib/control/key-material.ts';

/** Rows of a new environment with all its keys, `provisioning`. */
export async function insertEnvironment(
  context: ControlContext,
  transaction: ControlTransaction,
  environment: Pick<Environment, 'id' | 'projectId' | 'ref' | 'name' | 'kind'>,
): Promise<void> {
  const { signingKeys, apiKeys } = makeFirstKeys(context.masterKey, environment.id, environment.ref);
  await transaction.environment.create({
    data: { ...environment, status: 'provisioning', settings: initialSettings(environment.kind) },
  });
  await transaction.signingKey.createMany({ data: signingKeys });
  await transaction.apiKey.createMany({ data: apiKeys });
}

/** Tests of an app roll their requests back: a development environment lets them from the start. */
function initialSettings(kind: string): string {
  return kind === 'dev' ? JSON.stringify({ api: { txOverride: true } }) : '{}';
}

/** Makes the files of every environment of the project that lacks them, then opens the project. */
export async function finishProvisioning(context: ControlContext, projectId: string): Promise<void> {
  const { database, engine, step } = context;
  const waiting = await database.environment.findMany({ where: { projectId, status: 'provisioning' } });
  for (const { id, ref } of waiting) {
    const { file, objectsDirectory } = toEnvironmentPaths(context.config.home, ref);
    await mkdir(objectsDirectory, { recursive: true, mode: 0o700 });
    step('folders made');
    await engine.create(ref, file);
    step('file made');
    await database.environment.updateMany({ where: { id, status: 'provisioning' }, data: { status: 'active' } });
    step('environment active');
  }
  await database.project.updateMany({ where: { id: projectId, status: 'provisioning' }, data: { status: 'active' } });
  await context.directory.refresh(projectId);
}

/** Removes everything an environment has outside the control database. */
async function removeBelongings(context: ControlContext, ref: string): Promise<void> {
  const { folder, file } = toEnvironmentPaths(context.config.home, ref);
  await context.engine.remove(ref, file);
  context.step('file removed');
  for (const remove of context.removers) await remove({ ref });
  await rm(folder, { recursive: true, force: true });
  context.step('folder removed');
}

/** Finishes the removal of environments marked `deleting`; their rows and keys go last. */
export async function finishRemovingEnvironments(context: ControlContext, project: Project, actor: Actor): Promise<void> {
  const doomed = await context.database.environment.findMany({ where: { projectId: project.id, status: 'deleting' } });
  for (const { id, ref, kind } of doomed) {
    await removeBelongings(context, ref);
    await inTransaction(context, async (transaction) => {
      await transaction.environment.delete({ where: { id } });
      const event = { action: 'environment.removed', subject: ref, projectRef: project.ref, before: { ref, kind } };
      await appendAudit(transaction, context.masterKey, actor, event);
    });
    context.step('environment row removed');
  }
  await context.directory.refresh(project.id);
}

/** Finishes the deletion of a project marked `deleting`: files, objects, then every row but the audit's. */
export async function finishDeletingProject(context: ControlContext, project: Project, actor: Actor): Promise<void> {
  const environments = await context.database.environment.findMany({ where: { projectId: project.id } });
  for (const { ref } of environments) await removeBelongings(context, ref);
  await inTransaction(context, async (transaction) => {
    await transaction.project.delete({ where: { id: project.id } });
    const event = { action: 'project.deleted', subject: project.ref, projectRef: project.ref, before: { name: project.name } };
    await appendAudit(transaction, context.masterKey, actor, event);
  });
  context.step('project row removed');
  await context.directory.refresh(project.id);
}

/** At start: finishes whatever a crash left half done. One broken project does not keep the others from starting. */
export async function resumeProvisioning(context: ControlContext): Promise<void> {
  const unfinished = { in: ['provisioning', 'deleting'] };
  const projects = await context.database.project.findMany({
    where: { OR: [{ status: unfinished }, { environments: { some: { status: unfinished } } }] },
  });
  for (const project of projects) {
    try {
      await context.inTurn(project.ref, async () => {
        if (project.status === 'deleting') return finishDeletingProject(context, project, systemActor);
        await finishRemovingEnvironments(context, project, systemActor);
        await finishProvisioning(context, project.id);
      });
    } catch (error) {
      context.logger.error({ err: error, project: project.ref }, 'could not finish provisioning');
    }
  }
}
