/**
 * The anchor of one environment's record in the control database: the last entry seen, the first keyed one, and how often an
 * older copy of the file was accepted; beside it the marks, where the anchor was before. All of it is signed by the master key.
 */

import type { ControlContext } from '#lib/control/control-context.ts';
import type { ControlTransaction } from '#lib/control/control-database.ts';
import type { KnownEntry } from '#lib/engine/audit/audit-chain.ts';

export interface Anchor extends KnownEntry {
  /** False when it was tampered with: then it stands for an entry that cannot be, and no chain holds against it. */
  readonly genuine: boolean;
  /** The first keyed entry; null when none had been seen. */
  readonly root: KnownEntry | null;
  readonly restores: number;
  readonly signature: string;
}

/** What was seen of a file. */
export interface Sight {
  readonly end: KnownEntry;
  readonly root: KnownEntry | null;
}

/** An entry no chain can hold. */
export function toImpossible(seq: number): KnownEntry {
  return { seq: Math.max(seq, 1), hash: '' };
}

/** Null when there is none. */
export async function findAnchor(context: ControlContext, environmentId: string): Promise<Anchor | null> {
  const row = await context.database.auditAnchor.findUnique({ where: { environmentId } });
  if (row === null) return null;
  const { seq, hash, restores, signature } = row;
  const root = row.rootSeq === null || row.rootHash === null ? null : { seq: row.rootSeq, hash: row.rootHash };
  const genuine = signature === sign(context, environmentId, { seq, hash }, root, restores);
  return { ...(genuine ? { seq, hash } : toImpossible(seq)), genuine, root, restores, signature };
}

/**
 * Remembers the end of a chain that was found whole, or that leads on from what is remembered. Does nothing when the anchor is
 * no longer the `known` one: what was seen was compared with that.
 */
export async function moveAnchor(
  context: ControlContext,
  environmentId: string,
  known: Anchor | null,
  { end, root }: Sight,
): Promise<void> {
  const data = toData(context, environmentId, end, known?.root ?? root, known?.restores ?? 0);
  const { database } = context;
  if (known === null)
    await database.auditAnchor.upsert({ where: { environmentId }, create: { environmentId, ...data }, update: {} });
  else await database.auditAnchor.updateMany({ where: { environmentId, signature: known.signature }, data });
  if (end.seq !== known?.seq) await putMark(context, environmentId, end);
}

/** Moves the anchor to an accepted end. False when it is no longer the `known` one. */
export async function replaceAnchor(
  context: ControlContext,
  transaction: ControlTransaction,
  environmentId: string,
  known: Anchor,
  { end, root }: Sight,
): Promise<boolean> {
  const data = toData(context, environmentId, end, root, known.restores + 1);
  const where = { environmentId, signature: known.signature };
  return (await transaction.auditAnchor.updateMany({ where, data })).count === 1;
}

function toData(context: ControlContext, environmentId: string, end: KnownEntry, root: KnownEntry | null, restores: number) {
  return {
    seq: end.seq,
    hash: end.hash,
    rootSeq: root?.seq ?? null,
    rootHash: root?.hash ?? null,
    restores,
    signature: sign(context, environmentId, end, root, restores),
  };
}

/** An anchor of a version before there were roots is signed as that version did. */
function sign(
  context: ControlContext,
  environmentId: string,
  { seq, hash }: KnownEntry,
  root: KnownEntry | null,
  restores: number,
): string {
  const later = root === null && restores === 0 ? [] : [root?.seq ?? null, root?.hash ?? null, restores];
  return context.masterKey.sign('audit-anchor', JSON.stringify([environmentId, seq, hash, ...later]));
}

/** Where the anchor was, newest first; what is not ours is left out. */
export async function listMarks(context: ControlContext, environmentId: string): Promise<KnownEntry[]> {
  const rows = await context.database.auditMark.findMany({ where: { environmentId }, orderBy: { seq: 'desc' } });
  return rows.filter((row) => row.signature === signMark(context, environmentId, row, row.at));
}

const hourLength = '2026-11-25T10'.length;
const dayMs = 24 * 3600 * 1000;

async function putMark(context: ControlContext, environmentId: string, { seq, hash }: KnownEntry): Promise<void> {
  const { database } = context;
  const at = new Date().toISOString();
  const data = { hash, at, signature: signMark(context, environmentId, { seq, hash }, at) };
  const last = await database.auditMark.findFirst({ where: { environmentId }, orderBy: { at: 'desc' } });
  const where = { environmentId_seq: { environmentId, seq } };
  await database.auditMark.upsert({ where, create: { environmentId, seq, ...data }, update: data });
  if (last !== null && last.at.slice(0, hourLength) !== at.slice(0, hourLength)) await thinOut(context, environmentId);
}

/** Of hours more than a day ago the last mark stays. */
async function thinOut({ database }: ControlContext, environmentId: string): Promise<void> {
  const before = new Date(Date.now() - dayMs).toISOString();
  await database.$executeRaw`DELETE FROM audit_marks WHERE environment_id = ${environmentId} AND at < ${before} AND seq NOT IN (
    SELECT max(seq) FROM audit_marks WHERE environment_id = ${environmentId} GROUP BY substr(at, 1, ${hourLength}))`;
}

function signMark(context: ControlContext, environmentId: string, { seq, hash }: KnownEntry, at: string): string {
  return context.masterKey.sign('audit-mark', JSON.stringify([environmentId, seq, hash, at]));
}
