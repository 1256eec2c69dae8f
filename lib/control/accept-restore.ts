/**
 * An older copy of an environment's file was put back, and an owner stands by it: its record is taken for the environment's
 * from here on. What the former record held beyond it stays told for good, in the platform's record and in the environment's.
 */

import { type AcceptanceDetail, type AcceptedRestore, acceptRestoreAction } from '#lib/control/accepted-restores.ts';
import type { Actor } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type Anchor, findAnchor, listMarks, replaceAnchor } from '#lib/control/audit-anchor.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import { openEnvironment } from '#lib/control/environment-access.ts';
import { toSealingKey } from '#lib/control/environment-key.ts';
import type { KnownEntry } from '#lib/engine/audit/audit-chain.ts';
import {
  appendEnvironmentAudit,
  findRoot,
  leadsOnFrom,
  readChainEnd,
  verifyEnvironmentChain,
} from '#lib/engine/audit/environment-audit.ts';
import type { Connection } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { Problem } from '#lib/http/problem.ts';

/**
 * Needs the role owner. 409 when there is nothing to accept, when the copy's record does not hold by itself from its first
 * entry to its signed end, when it is none of this environment's, or when what is remembered of the record was tampered with.
 */
export async function acceptRestore(
  context: ControlContext,
  actor: Actor,
  ref: string,
  reason: string,
): Promise<AcceptedRestore> {
  const { access, record, database } = await openEnvironment(context, actor, ref, 'owner');
  const { environment, project } = access;
  const anchor = await findAnchor(context, environment.id);
  if (anchor === null) throw nothingToAccept();
  if (!anchor.genuine) {
    throw refusal('audit_anchor_altered', 'What the platform remembers of this record was altered.', 'koyalite audit verify');
  }
  const marks = await listMarks(context, environment.id);
  const sealingKey = toSealingKey(context.masterKey, record);
  const now = Date.now();
  const former = { seq: anchor.seq, hash: anchor.hash };
  // Checked and told in one write: what is accepted is what was looked at.
  const { root, end, detail } = await database.write((connection) => {
    const root = requireOwnRecord(connection, sealingKey, anchor);
    const sharedSeq = marks.find((mark) => leadsOnFrom(connection, mark))?.seq ?? anchor.root?.seq ?? 0;
    const detail = { environment_id: environment.id, reason, shared_seq: sharedSeq, former };
    appendEnvironmentAudit(connection, sealingKey, {
      at: toStoredTime(now),
      action: acceptRestoreAction,
      actorKind: 'operator',
      actorId: actor.operatorId,
      actorName: actor.email,
      subjectId: ref,
      ip: actor.ip,
      userAgent: actor.userAgent?.slice(0, 500) ?? null,
      traits: detail,
    });
    return { root, end: readChainEnd(connection), detail };
  });
  const after: AcceptanceDetail = { ...detail, accepted: end };
  // Last, because it is what counts: when this fails, nothing was accepted, and it may be tried again.
  await inTransaction(context, async (transaction) => {
    if (!(await replaceAnchor(context, transaction, environment.id, anchor, { end, root }))) {
      throw refusal('audit_moved', 'The record was looked at by somebody else meanwhile.', 'Try again.');
    }
    const given = { environmentId: environment.id, seq: { gt: detail.shared_seq } };
    await transaction.auditMark.deleteMany({ where: given });
    const event = { action: acceptRestoreAction, subject: ref, projectRef: project.ref, before: former, after };
    await appendAudit(transaction, context.masterKey, actor, event);
  });
  const at = new Date(now).toISOString();
  return { at, by: actor.email, reason, sharedSeq: detail.shared_seq, former, accepted: end, inPlatformRecord: true };
}

/**
 * The first keyed entry of a record that may be accepted. A key nobody has but the server proves that the server wrote the
 * entries; that entry proves that they carry on this environment's record, and not one that began anew in an emptied file.
 */
function requireOwnRecord(connection: Connection, sealingKey: Uint8Array, anchor: Anchor): KnownEntry {
  const { firstBadSeq } = verifyEnvironmentChain(connection, sealingKey, null);
  if (firstBadSeq !== null) {
    const message = `Entry ${firstBadSeq} of the record was altered, or the one before it is gone: this is no copy as it was made.`;
    throw refusal('audit_broken', message, 'Put back a copy whose record holds.');
  }
  if (leadsOnFrom(connection, anchor)) throw nothingToAccept();
  const root = findRoot(connection);
  const isOurs = root !== null && (anchor.root === null ? root.seq === 1 : root.hash === anchor.root.hash);
  if (root === null || !isOurs) {
    throw refusal(
      'audit_foreign',
      'The file does not hold the beginning of this environment’s record, so nothing shows that it is an older copy.',
      'Put back a copy that was made of this environment, after its first entry.',
    );
  }
  return root;
}

function nothingToAccept(): Problem {
  return refusal('audit_not_restored', 'The record leads on from what it was: there is nothing to accept.', null);
}

function refusal(code: string, message: string, hint: string | null): Problem {
  return new Problem({ status: 409, code, message, hint });
}
