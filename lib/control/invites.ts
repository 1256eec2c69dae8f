/** Invitations to a project: a link told once to who makes it, good for a week, used once. */

import { randomUUID } from 'node:crypto';
import type { Invite, Operator } from '#generated/client.ts';
import { type Actor, type Role, requireRole } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import type { ControlTransaction } from '#lib/control/control-database.ts';
import { instanceMail } from '#lib/control/instance-mail.ts';
import { instanceSignIn } from '#lib/control/instance-sign-in.ts';
import { requireMayGive } from '#lib/control/members.ts';
import { queueOperatorMail } from '#lib/control/operator-mails.ts';
import type { Origin } from '#lib/control/operator-sessions.ts';
import type { Operators } from '#lib/control/operators.ts';
import { raiseMembership } from '#lib/control/sso-accounts.ts';
import { Problem } from '#lib/http/problem.ts';
import { makeAttempts, toAddressKey } from '#lib/identity/operator-attempts.ts';
import { hashPassword, parseNewPassword, verifyPassword } from '#lib/identity/passwords.ts';
import { hashToken, randomToken } from '#lib/identity/sealing.ts';

const lifeMs = 7 * 24 * 3_600_000;
const attempts = makeAttempts({ attempts: 20, windowMs: 300_000, maxKeys: 10_000 });

/** How the mail with the link went; null when none could leave the machine. */
export type InviteView = Invite & { mail: string | null };

/** Those still open, newest first. */
export async function listInvites(context: ControlContext, actor: Actor, ref: string): Promise<InviteView[]> {
  const { project } = await requireRole(context.database, actor, ref, 'admin');
  const where = { projectId: project.id, acceptedAt: null, expiresAt: { gt: new Date() } };
  const invites = await context.database.invite.findMany({ where, orderBy: { createdAt: 'desc' } });
  const ids = invites.flatMap(({ mailId }) => mailId ?? []);
  const mails = await context.database.operatorMail.findMany({ where: { id: { in: ids } }, select: { id: true, status: true } });
  const statuses = new Map(mails.map(({ id, status }) => [id, status]));
  return invites.map((invite) => ({ ...invite, mail: statuses.get(invite.mailId ?? '') ?? null }));
}

/** The token is in the link's fragment, which no server log sees. An earlier invitation of the address is void. */
export async function createInvite(
  context: ControlContext,
  actor: Actor,
  ref: string,
  email: string,
  role: Role,
): Promise<{ invite: InviteView; link: string }> {
  const { project, role: mine } = await requireRole(context.database, actor, ref, 'admin');
  requireMayGive(mine, role);
  const token = randomToken();
  const settings = await instanceMail.read(context);
  const invite = await inTransaction(context, async (transaction) => {
    await dropOpen(transaction, { projectId: project.id, email });
    const event = { action: 'invite.create', subject: email, projectRef: project.ref, after: { role } };
    await appendAudit(transaction, context.masterKey, actor, event);
    const expiresAt = new Date(Date.now() + lifeMs);
    const path = `/accept-invite#token=${token}`;
    const variables = {
      Inviter: actor.name,
      Organization: project.name,
      Role: role,
      ConfirmationURL: `${context.externalUrl()}${path}`,
    };
    const mailId = await queueOperatorMail(context, transaction, settings, {
      template: 'operator_invite',
      recipient: email,
      variables,
    });
    const data = { id: randomUUID(), projectId: project.id, email, role, tokenHash: hashToken(token), expiresAt, mailId };
    return transaction.invite.create({ data });
  });
  context.mails.wake();
  const base = context.config.publicUrl?.replace(/\/+$/, '') ?? '';
  return { invite: { ...invite, mail: invite.mailId === null ? null : 'queued' }, link: `${base}/accept-invite#token=${token}` };
}

export async function revokeInvite(context: ControlContext, actor: Actor, ref: string, id: string): Promise<void> {
  const { project } = await requireRole(context.database, actor, ref, 'admin');
  await inTransaction(context, async (transaction) => {
    const found = await transaction.invite.findFirst({ where: { id, projectId: project.id, acceptedAt: null } });
    if (found === null) throw new Problem({ status: 404, code: 'invite_not_found', message: 'There is no such invitation.' });
    await dropOpen(transaction, { id });
    const event = { action: 'invite.revoke', subject: found.email, projectRef: project.ref };
    await appendAudit(transaction, context.masterKey, actor, event);
  });
}

/** A mail that has not gone out yet would bring a link that is dead already. */
async function dropOpen(
  transaction: ControlTransaction,
  which: { id: string } | { projectId: string; email: string },
): Promise<void> {
  const where = { ...which, acceptedAt: null };
  const mails = (await transaction.invite.findMany({ where })).flatMap(({ mailId }) => mailId ?? []);
  await transaction.invite.deleteMany({ where });
  await transaction.operatorMail.deleteMany({ where: { id: { in: mails }, status: 'queued' } });
}

export interface Acceptance {
  token: string;
  name: string | null;
  /** A new operator's choice; of one who has an account, the account's. */
  password: string;
}

/** Makes the operator, or finds the one there is, and lets them into the project. 404 for a link that is not good any more. */
export async function acceptInvite(
  context: ControlContext,
  operators: Operators,
  acceptance: Acceptance,
  origin: Origin,
): Promise<Operator> {
  attempts.take(toAddressKey(origin.ip));
  const { token, name, password } = acceptance;
  const tokenHash = hashToken(token);
  const invite = await context.database.invite.findUnique({ where: { tokenHash } });
  if (invite === null || invite.acceptedAt !== null || invite.expiresAt <= new Date()) throw gone();
  if ((await instanceSignIn.read(context)).sso_required) {
    const message = 'Sign in through your organisation: that accepts the invitation.';
    throw new Problem({ status: 409, code: 'sso_required', message });
  }
  const existing = await context.database.operator.findUnique({ where: { email: invite.email } });
  if (existing !== null && !(await verifyPassword(password, existing.passwordHash))) {
    const message = 'There is an account for this address: give its password.';
    throw new Problem({ status: 401, code: 'invalid_credentials', message });
  }
  const passwordHash = existing?.passwordHash ?? (await hashPassword(parseNewPassword(password, invite.email)));
  const operator = await inTransaction(context, async (transaction) => {
    // Of two requests with one link only the first finds it open.
    const taken = await transaction.invite.updateMany({
      where: { id: invite.id, acceptedAt: null },
      data: { acceptedAt: new Date() },
    });
    if (taken.count === 0) throw gone();
    const fresh = { id: randomUUID(), email: invite.email, name: name ?? invite.email.split('@')[0] ?? '', passwordHash };
    const operator = existing ?? (await createOperator(transaction, fresh));
    await raiseMembership(transaction, operator.id, invite.projectId, invite.role);
    const { ref } = await transaction.project.findUniqueOrThrow({ where: { id: invite.projectId } });
    const event = { action: 'invite.accept', subject: invite.email, projectRef: ref, after: { role: invite.role } };
    await appendAudit(transaction, context.masterKey, operators.toActor(operator, origin), event);
    return operator;
  });
  attempts.giveBack(toAddressKey(origin.ip));
  return operator;
}

/** 409 when another acceptance made the account meanwhile: this one has not shown its password. */
async function createOperator(
  transaction: ControlTransaction,
  data: Pick<Operator, 'id' | 'email' | 'name' | 'passwordHash'>,
): Promise<Operator> {
  if ((await transaction.operator.findUnique({ where: { email: data.email } })) === null) {
    return transaction.operator.create({ data });
  }
  throw new Problem({ status: 409, code: 'operator_exists', message: 'There is an account for this address now: try again.' });
}

function gone(): Problem {
  return new Problem({ status: 404, code: 'invite_not_found', message: 'The invitation is used, withdrawn or out of date.' });
}
