/** Personal access tokens: shown once, kept as a hash, narrowed to a scope and if wanted to one project. */

import { randomUUID } from 'node:crypto';
import type { OperatorToken } from '#generated/client.ts';
import { type Actor, requireRole, requireSelf, type TokenScope } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import { endStaleImpersonations } from '#lib/control/end-impersonation.ts';
import { Problem } from '#lib/http/problem.ts';
import { hashToken, randomToken } from '#lib/identity/sealing.ts';

export interface NewToken {
  name: string;
  scope: TokenScope;
  /** Null: all projects of the operator. */
  projectRef: string | null;
  /** Null: never. */
  expiresAt: Date | null;
}

export type TokenView = Omit<OperatorToken, 'hash'> & { project: { ref: string } | null };

const select = {
  id: true,
  operatorId: true,
  kind: true,
  name: true,
  createdAt: true,
  expiresAt: true,
  lastUsedAt: true,
  scope: true,
  projectId: true,
  project: { select: { ref: true } },
} as const;

/** Newest first, the server's own left out. */
export function listOwnTokens(context: ControlContext, actor: Actor): Promise<TokenView[]> {
  const where = { operatorId: requireSelf(actor), kind: 'personal' };
  return context.database.operatorToken.findMany({ where, select, orderBy: { createdAt: 'desc' } });
}

export async function createOwnToken(
  context: ControlContext,
  actor: Actor,
  wanted: NewToken,
): Promise<{ token: string; view: TokenView }> {
  const operatorId = requireSelf(actor);
  const { name, scope, expiresAt, projectRef } = wanted;
  const access = projectRef === null ? null : await requireRole(context.database, actor, projectRef, 'viewer');
  const token = `klp_${randomToken()}`;
  const view = await inTransaction(context, async (transaction) => {
    const data = {
      id: randomUUID(),
      operatorId,
      kind: 'personal',
      name,
      scope,
      expiresAt,
      projectId: access?.project.id ?? null,
    };
    const after = { name, scope, project: access?.project.ref ?? null, expires_at: expiresAt?.toISOString() ?? null };
    const event = { action: 'operator_token.create', subject: data.id, after };
    await appendAudit(transaction, context.masterKey, actor, event);
    return transaction.operatorToken.create({ data: { ...data, hash: hashToken(token) }, select });
  });
  return { token, view };
}

export async function revokeOwnToken(context: ControlContext, actor: Actor, id: string): Promise<void> {
  const operatorId = requireSelf(actor);
  await inTransaction(context, async (transaction) => {
    const { count } = await transaction.operatorToken.deleteMany({ where: { id, operatorId, kind: 'personal' } });
    if (count === 0) throw new Problem({ status: 404, code: 'token_not_found', message: 'You have no token of this id.' });
    await appendAudit(transaction, context.masterKey, actor, { action: 'operator_token.revoke', subject: id });
  });
  await endStaleImpersonations(context, actor);
}

const touchMs = 60_000;

/** Notes the use, to the minute: not every request need write. */
export async function touchToken(context: ControlContext, token: Pick<OperatorToken, 'id' | 'lastUsedAt'>): Promise<void> {
  const now = new Date();
  if (token.lastUsedAt !== null && now.getTime() - token.lastUsedAt.getTime() < touchMs) return;
  await context.database.operatorToken.updateMany({ where: { id: token.id }, data: { lastUsedAt: now } });
}
