/** Who belongs to a project and in which role, and who operates the platform. */

import type { Membership, Operator } from '#generated/client.ts';
import { type Actor, type PlatformRole, type Role, requirePlatformOwner, requireRole } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import { endStaleImpersonations } from '#lib/control/end-impersonation.ts';
import { Problem } from '#lib/http/problem.ts';

export type Member = Membership & { operator: Pick<Operator, 'email' | 'name' | 'lastSignInAt'> };

const include = { operator: { select: { email: true, name: true, lastSignInAt: true } } } as const;

/** Oldest first. Platform owners have every project without belonging to it. */
export async function listMembers(context: ControlContext, actor: Actor, ref: string): Promise<Member[]> {
  const { project } = await requireRole(context.database, actor, ref, 'viewer');
  return context.database.membership.findMany({ where: { projectId: project.id }, include, orderBy: { createdAt: 'asc' } });
}

/** Owners are made, changed and removed by owners alone. */
export function requireMayGive(mine: Role, ...touched: string[]): void {
  if (mine === 'owner' || !touched.includes('owner')) return;
  throw new Problem({ status: 403, code: 'insufficient_role', message: 'Only an owner of the project decides about owners.' });
}

/** Adds an operator there is; who is not there yet is invited. 404, 409. */
export async function addMember(context: ControlContext, actor: Actor, ref: string, email: string, role: Role): Promise<Member> {
  const { project, role: mine } = await requireRole(context.database, actor, ref, 'admin');
  requireMayGive(mine, role);
  return inTransaction(context, async (transaction) => {
    const operator = await transaction.operator.findUnique({ where: { email } });
    if (operator === null) {
      const hint = `POST /projects/${ref}/invites`;
      throw new Problem({ status: 404, code: 'operator_not_found', message: 'There is no operator with this email.', hint });
    }
    const key = { operatorId: operator.id, projectId: project.id };
    if ((await transaction.membership.findUnique({ where: { operatorId_projectId: key } })) !== null) {
      throw new Problem({ status: 409, code: 'member_exists', message: 'The operator is a member already.' });
    }
    const event = { action: 'member.add', subject: email, projectRef: project.ref, after: { role } };
    await appendAudit(transaction, context.masterKey, actor, event);
    return transaction.membership.create({ data: { ...key, role }, include });
  });
}

/** Null removes the member. */
export async function changeMember(
  context: ControlContext,
  actor: Actor,
  ref: string,
  operatorId: string,
  role: Role | null,
): Promise<Member> {
  const { project, role: mine } = await requireRole(context.database, actor, ref, 'admin');
  const changed = await inTransaction(context, async (transaction) => {
    const where = { operatorId_projectId: { operatorId, projectId: project.id } };
    const present = await transaction.membership.findUnique({ where, include });
    if (present === null) throw new Problem({ status: 404, code: 'member_not_found', message: 'There is no such member.' });
    requireMayGive(mine, present.role, role ?? 'viewer');
    const subject = present.operator.email;
    const change = { before: { role: present.role }, ...(role === null ? {} : { after: { role } }) };
    const event = { action: role === null ? 'member.remove' : 'member.change', subject, projectRef: project.ref, ...change };
    await appendAudit(transaction, context.masterKey, actor, event);
    if (role === null) return transaction.membership.delete({ where, include });
    return transaction.membership.update({ where, data: { role }, include });
  });
  await endStaleImpersonations(context, actor);
  return changed;
}

/** With the confirmed second factors, and the recovery codes that still work. */
export type ListedOperator = Operator & { factors: { kind: string }[]; recoveryCodes: { usedAt: Date | null }[] };

const ways = {
  factors: { where: { confirmedAt: { not: null } }, select: { kind: true } },
  recoveryCodes: { where: { usedAt: null }, select: { usedAt: true } },
} as const;

/** Everyone who can sign in to the dashboard; for platform owners. */
export function listOperators(context: ControlContext, actor: Actor): Promise<ListedOperator[]> {
  requirePlatformOwner(actor);
  return context.database.operator.findMany({ orderBy: { createdAt: 'asc' }, include: ways });
}

/** Null removes the operator with sessions, tokens and memberships. The last owner stays. */
export async function changeOperator(
  context: ControlContext,
  actor: Actor,
  id: string,
  platformRole: PlatformRole | null,
): Promise<Operator> {
  requirePlatformOwner(actor);
  const changed = await inTransaction(context, async (transaction) => {
    const present = await transaction.operator.findUnique({ where: { id } });
    if (present === null) throw new Problem({ status: 404, code: 'operator_not_found', message: 'There is no such operator.' });
    // One who only signs in by SSO is locked out with the provider: somebody must be able to mend that.
    const where = { platformRole: 'owner', id: { not: id }, passwordHash: { not: '' } };
    const others = await transaction.operator.count({ where });
    if (platformRole !== 'owner' && present.platformRole === 'owner' && others === 0) {
      throw new Problem({ status: 409, code: 'last_owner', message: 'The platform needs an owner with a password.' });
    }
    const before = { platform_role: present.platformRole };
    const change = platformRole === null ? { before } : { before, after: { platform_role: platformRole } };
    const action = platformRole === null ? 'operator.remove' : 'operator.change_role';
    await appendAudit(transaction, context.masterKey, actor, { action, subject: present.email, ...change });
    if (platformRole === null) return transaction.operator.delete({ where: { id } });
    return transaction.operator.update({ where: { id }, data: { platformRole } });
  });
  await endStaleImpersonations(context, actor);
  return changed;
}
