/**
 * Ends of impersonation: asked for, by sign-out of the operator, by loss of the role, by time. The end user's session goes
 * first and the record follows, so that a crash in between leaves nobody acting: the next sweep writes the record.
 */

import type { Impersonation } from '#generated/client.ts';
import { type Actor, findRole, type Role, requireRole, roles, systemActor, toPlatformRole } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import { writeRecorded } from '#lib/control/recorded-change.ts';
import type { Connection } from '#lib/engine/database.ts';
import { Problem } from '#lib/http/problem.ts';

/** Least role for acting as a user. */
export const impersonationRole: Role = 'admin';

type End = 'ended' | 'expired' | 'signed_out' | 'role_lost';

/** Those under way in a project, newest first. Needs the role admin. */
export async function listImpersonations(context: ControlContext, actor: Actor, ref: string): Promise<Impersonation[]> {
  const { project } = await requireRole(context.database, actor, ref, impersonationRole);
  await endStaleImpersonations(context);
  return context.database.impersonation.findMany({
    where: { projectId: project.id, endedAt: null },
    orderBy: { startedAt: 'desc' },
  });
}

/** By who began it, or by an admin of the project. Ending what has ended is fine; 404 for what is not the actor's to know. */
export async function endImpersonation(context: ControlContext, actor: Actor, ref: string, id: string): Promise<void> {
  const found = await context.database.impersonation.findUnique({ where: { id } });
  const isOwn = found !== null && actor.operatorId !== null && found.operatorId === actor.operatorId;
  if (!isOwn) {
    const { project } = await requireRole(context.database, actor, ref, impersonationRole);
    if (found?.projectId !== project.id) throw notFound();
  }
  if (found.environmentRef !== ref) throw notFound();
  await end(context, actor, found, 'ended');
}

/** Ends whatever has lost its ground: its hour, the session it was begun in, the operator's role. Idempotent. */
export async function endStaleImpersonations(context: ControlContext, actor: Actor = systemActor): Promise<void> {
  const active = await context.database.impersonation.findMany({ where: { endedAt: null }, orderBy: { startedAt: 'asc' } });
  for (const one of active) {
    const reason = await findEnd(context, one);
    if (reason !== null) await end(context, actor, one, reason);
  }
}

async function findEnd({ database }: ControlContext, one: Impersonation): Promise<End | null> {
  if (one.expiresAt <= new Date()) return 'expired';
  const operator = await database.operator.findUnique({ where: { id: one.operatorId } });
  if (operator === null) return 'role_lost';
  const actor = { ...systemActor, operatorId: operator.id, platformRole: toPlatformRole(operator.platformRole) };
  const role = await findRole(database, actor, one.projectId);
  if (role === null || roles.indexOf(role) < roles.indexOf(impersonationRole)) return 'role_lost';
  if (one.credentialId === null) return null;
  const id = one.credentialId;
  const session = await database.operatorSession.findUnique({ where: { id } });
  const stands = session !== null ? session.expiresAt > new Date() : (await database.operatorToken.count({ where: { id } })) > 0;
  return stands ? null : 'signed_out';
}

async function end(context: ControlContext, actor: Actor, one: Impersonation, reason: End): Promise<void> {
  await endSession(context, actor, one, reason);
  await inTransaction(context, async (transaction) => {
    const where = { id: one.id, endedAt: null };
    const { count } = await transaction.impersonation.updateMany({ where, data: { endedAt: new Date() } });
    // Of two ends at once one is written down.
    if (count === 0) return;
    await appendAudit(transaction, context.masterKey, actor, {
      action: 'auth_user.impersonate_end',
      subject: one.userId,
      projectRef: one.projectRef,
      after: { environment: one.environmentRef, session: one.id, impersonated_by: one.operatorEmail, reason },
    });
  });
}

async function endSession(context: ControlContext, actor: Actor, one: Impersonation, reason: End): Promise<void> {
  const record = context.directory.find(one.environmentRef);
  // An environment that is gone took its sessions along; a paused one keeps them.
  if (record === null) return;
  const database = context.engine.open(record.ref, record.file, { durability: record.settings.durability });
  const sql = `DELETE FROM _koyalite_sessions WHERE id = ? AND tag = 'impersonation'`;
  const isThere = (connection: Connection) => connection.value('SELECT 1 FROM _koyalite_sessions WHERE id = ?', one.id) === 1;
  if (!database.read(isThere)) return;
  const traits = { session: one.id, impersonated_by: one.operatorEmail, reason };
  const change = { action: 'auth_user.impersonate_end', subject: one.userId, traits };
  await writeRecorded(context, actor, { record, database }, change, (connection) => connection.run(sql, one.id));
}

function notFound(): Problem {
  return new Problem({ status: 404, code: 'impersonation_not_found', message: 'There is no such impersonation.' });
}
