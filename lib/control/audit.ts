/** The append-only record of every change by an operator, each row chained to the one before by a keyed hash. */

import type { AuditEntry } from '#generated/client.ts';
import { type Actor, requirePlatformOwner, requireRole } from '#lib/control/actor.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import type { ControlTransaction } from '#lib/control/control-database.ts';
import type { MasterKey } from '#lib/control/master-key.ts';
import { type AuditVerdict, walkChain } from '#lib/engine/audit/audit-chain.ts';

export interface AuditEvent {
  /** `project.create`, `api_key.reveal` */
  action: string;
  /** What it happened to: a ref, a key's id, an email. */
  subject: string;
  projectRef?: string | null;
  before?: unknown;
  after?: unknown;
}

/** Appends inside the transaction that makes the change: neither exists without the other. */
export async function appendAudit(
  transaction: ControlTransaction,
  masterKey: MasterKey,
  actor: Actor,
  event: AuditEvent,
): Promise<void> {
  const last = await transaction.auditEntry.findFirst({ orderBy: { seq: 'desc' } });
  const now = new Date().toISOString();
  const row = {
    seq: (last?.seq ?? 0) + 1,
    // A clock set back must not reorder the record.
    at: last !== null && last.at > now ? last.at : now,
    actorId: actor.operatorId,
    actor: actor.email,
    action: event.action,
    subject: event.subject,
    projectRef: event.projectRef ?? null,
    ip: actor.ip,
    userAgent: actor.userAgent?.slice(0, 300) ?? null,
    before: event.before === undefined ? null : JSON.stringify(event.before),
    after: event.after === undefined ? null : JSON.stringify(event.after),
    prevHash: last?.hash ?? '',
  };
  await transaction.auditEntry.create({ data: { ...row, hash: toHash(masterKey, row) } });
}

/** Whether an entry is as it was written, whatever became of those around it. */
export function isGenuineEntry(masterKey: MasterKey, entry: AuditEntry): boolean {
  return entry.hash === toHash(masterKey, entry);
}

function toHash(masterKey: MasterKey, row: Omit<AuditEntry, 'hash'>): string {
  const { prevHash, seq, at, actorId, actor, action, subject, projectRef, ip, userAgent, before, after } = row;
  const fields = [prevHash, seq, at, actorId, actor, action, subject, projectRef, ip, userAgent, before, after];
  return masterKey.sign('audit', JSON.stringify(fields));
}

export interface AuditPage {
  limit: number;
  /** Entries older than this one. */
  beforeSeq?: number | undefined;
}

/** Newest first. `ref` null = the whole installation, for platform owners. */
export async function listAudit(
  context: ControlContext,
  actor: Actor,
  ref: string | null,
  page: AuditPage,
): Promise<AuditEntry[]> {
  const where: { projectRef?: string; seq?: { lt: number } } = {};
  if (ref === null) requirePlatformOwner(actor);
  else where.projectRef = (await requireRole(context.database, actor, ref, 'admin')).project.ref;
  if (page.beforeSeq !== undefined) where.seq = { lt: page.beforeSeq };
  return context.database.auditEntry.findMany({ where, orderBy: { seq: 'desc' }, take: page.limit });
}

/** Walks the whole chain. Removing the newest entries shows against the counter SQLite keeps. */
export async function verifyAudit(context: ControlContext): Promise<AuditVerdict> {
  const walk = walkChain<AuditEntry & { previousHash: string }>('', (row) => toHash(context.masterKey, row));
  for (;;) {
    const where = { seq: { gt: walk.last.seq } };
    const rows = await context.database.auditEntry.findMany({ where, orderBy: { seq: 'asc' }, take: 500 });
    if (!rows.every((row) => walk.take({ ...row, previousHash: row.prevHash }))) return walk.end(0);
    if (rows.length === 0) break;
  }
  const counter = await context.database.$queryRaw<
    { seq: bigint }[]
  >`SELECT seq FROM sqlite_sequence WHERE name = 'audit_entries'`;
  return walk.end(Number(counter[0]?.seq ?? 0));
}
