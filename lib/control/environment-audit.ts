/** Whether an environment's own record is whole: its chain, its signed end, and what this database remembers of it. */

import { type AcceptedRestore, listInOwnRecord, listInPlatformRecord, merge } from '#lib/control/accepted-restores.ts';
import type { Actor } from '#lib/control/actor.ts';
import { findAnchor, moveAnchor, toImpossible } from '#lib/control/audit-anchor.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import { openEnvironment } from '#lib/control/environment-access.ts';
import { toSealingKey } from '#lib/control/environment-key.ts';
import type { AuditVerdict } from '#lib/engine/audit/audit-chain.ts';
import { findRoot, readChainEnd, verifyEnvironmentChain } from '#lib/engine/audit/environment-audit.ts';

export interface EnvironmentVerdict extends AuditVerdict {
  /** Older copies of the file that an owner accepted, oldest first: what each gave up stays told. */
  restores: AcceptedRestore[];
}

/** Needs the role admin. A chain that holds is anchored where it ends. */
export async function verifyEnvironmentAudit(context: ControlContext, actor: Actor, ref: string): Promise<EnvironmentVerdict> {
  const { access, record, database } = await openEnvironment(context, actor, ref, 'admin');
  const { environment, project } = access;
  const anchor = await findAnchor(context, environment.id);
  const inPlatformRecord = await listInPlatformRecord(context, project.ref, environment);
  // The anchor counts what was accepted: an acceptance taken out of the record, or an anchor set back, shows.
  const isTold = (anchor?.restores ?? 0) === inPlatformRecord.length;
  const known = isTold ? anchor : toImpossible(anchor?.seq ?? 1);
  const { verdict, own, ...sight } = database.read((connection) => {
    const verdict = verifyEnvironmentChain(connection, toSealingKey(context.masterKey, record), known);
    // What a broken record tells is anybody's.
    const own = verdict.firstBadSeq === null ? listInOwnRecord(connection) : [];
    return { verdict, own, end: readChainEnd(connection), root: findRoot(connection) };
  });
  if (verdict.firstBadSeq === null) await moveAnchor(context, environment.id, anchor, sight);
  return { ...verdict, restores: merge(inPlatformRecord, own) };
}
