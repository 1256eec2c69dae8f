/**
 * Which operator somebody is whom the provider vouches for. A known identity is its operator; an unknown one never takes an
 * account that exists: whoever owns that says so by its password. Everybody else needs an invitation, or an allowed domain.
 */

import { randomUUID } from 'node:crypto';
import type { Operator } from '#generated/client.ts';
import { type Actor, roles, systemActor } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import type { ControlTransaction } from '#lib/control/control-database.ts';
import type { SignInSettings } from '#lib/control/instance-sign-in.ts';
import type { Origin } from '#lib/control/operator-sessions.ts';
import { Problem } from '#lib/http/problem.ts';
import type { OidcIdentity } from '#lib/identity/oidc-code.ts';

export interface Vouched {
  issuer: string;
  subject: string;
  /** Verified by the provider, in an allowed domain. */
  email: string;
  name: string | null;
}

/** 403 when the provider does not vouch for the email, or its domain is not welcome. */
export function requireVouched(settings: SignInSettings, identity: OidcIdentity): Vouched {
  const { issuer, subject, email, name } = identity;
  if (email === null || !identity.emailVerified) {
    const message = 'The provider does not vouch for an email address of yours.';
    throw new Problem({ status: 403, code: 'sso_email_unverified', message });
  }
  const domain = email.slice(email.lastIndexOf('@') + 1);
  if (settings.sso_allowed_domains.length > 0 && !settings.sso_allowed_domains.includes(domain)) {
    throw new Problem({ status: 403, code: 'sso_domain_refused', message: `Addresses of ${domain} are not welcome here.` });
  }
  return { issuer, subject, email, name };
}

/** Null when nobody is connected to this identity yet. */
export async function findConnected(context: ControlContext, { issuer, subject }: Vouched): Promise<Operator | null> {
  const where = { issuer_subject: { issuer, subject } };
  const found = await context.database.operatorIdentity.findUnique({ where, include: { operator: true } });
  return found?.operator ?? null;
}

export function findByEmail(context: ControlContext, { email }: Vouched): Promise<Operator | null> {
  return context.database.operator.findUnique({ where: { email } });
}

/**
 * True for an account made on the word of a provider that an owner has since replaced by this one: it has no password to
 * agree with. Another identity at the same provider means that the mailbox has a new owner, who is somebody else.
 */
export async function followsProvider(context: ControlContext, operator: Operator, { issuer }: Vouched): Promise<boolean> {
  if (operator.passwordHash !== '') return false;
  return (await context.database.operatorIdentity.count({ where: { operatorId: operator.id, issuer } })) === 0;
}

/** The account is there and its owner has agreed. 409 when another has connected the identity meanwhile. */
export async function connect(context: ControlContext, actor: Actor, operator: Operator, vouched: Vouched): Promise<void> {
  await inTransaction(context, (transaction) => insertIdentity(context, transaction, actor, operator.id, vouched));
}

async function insertIdentity(
  context: ControlContext,
  transaction: ControlTransaction,
  actor: Actor,
  operatorId: string,
  { issuer, subject, email }: Vouched,
): Promise<void> {
  if ((await transaction.operatorIdentity.findUnique({ where: { issuer_subject: { issuer, subject } } })) !== null) {
    throw new Problem({ status: 409, code: 'sso_connected', message: 'This identity is connected already: sign in again.' });
  }
  await transaction.operatorIdentity.create({ data: { issuer, subject, email, operatorId, lastUsedAt: new Date() } });
  const event = { action: 'operator.identity_connect', subject: email, after: { issuer, subject } };
  await appendAudit(transaction, context.masterKey, actor, event);
}

/** A new account without a password. 403 without an invitation where one is needed. */
export async function createFromProvider(
  context: ControlContext,
  settings: SignInSettings,
  vouched: Vouched,
  origin: Origin,
): Promise<Operator> {
  const { email } = vouched;
  const created = await inTransaction(context, async (transaction) => {
    const joins = settings.sso_new_operators;
    const invited = await transaction.invite.count({ where: { email, acceptedAt: null, expiresAt: { gt: new Date() } } });
    if (joins === 'invited' && invited === 0) return null;
    const id = randomUUID();
    const actor: Actor = { ...systemActor, operatorId: id, email, ip: origin.ip, userAgent: origin.userAgent };
    const platformRole = joins === 'invited' ? 'member' : joins;
    const after = { platform_role: platformRole, by: 'sso' };
    await appendAudit(transaction, context.masterKey, actor, { action: 'operator.create', subject: email, after });
    const name = vouched.name ?? email.split('@')[0] ?? email;
    const operator = await transaction.operator.create({ data: { id, email, name, passwordHash: '', platformRole } });
    await insertIdentity(context, transaction, actor, id, vouched);
    return operator;
  });
  if (created !== null) return created;
  throw new Problem({
    status: 403,
    code: 'sso_not_invited',
    message: `There is no account for ${email} here.`,
    hint: 'Ask an admin of a project for an invitation.',
  });
}

/** The mailbox an invitation was sent to is the one the provider vouches for: it needs no second proof. */
export async function acceptOpenInvites(context: ControlContext, actor: Actor, operator: Operator, email: string): Promise<void> {
  if (email !== operator.email) return;
  const where = { email, acceptedAt: null, expiresAt: { gt: new Date() } };
  if ((await context.database.invite.count({ where })) === 0) return;
  await inTransaction(context, async (transaction) => {
    for (const invite of await transaction.invite.findMany({ where, include: { project: true } })) {
      await transaction.invite.update({ where: { id: invite.id }, data: { acceptedAt: new Date() } });
      await raiseMembership(transaction, operator.id, invite.projectId, invite.role);
      const event = { action: 'invite.accept', subject: email, projectRef: invite.project.ref, after: { role: invite.role } };
      await appendAudit(transaction, context.masterKey, actor, event);
    }
  });
}

/** An invitation never takes away. */
export async function raiseMembership(
  transaction: ControlTransaction,
  operatorId: string,
  projectId: string,
  role: string,
): Promise<void> {
  const where = { operatorId_projectId: { operatorId, projectId } };
  const present = await transaction.membership.findUnique({ where });
  if (present === null) await transaction.membership.create({ data: { operatorId, projectId, role } });
  else if (toRank(present.role) < toRank(role)) await transaction.membership.update({ where, data: { role } });
}

function toRank(role: string): number {
  const known: readonly string[] = roles;
  return known.indexOf(role);
}
