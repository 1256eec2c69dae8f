/** Whether an environment's own record is whole: its chain, its signed end, and what this database remembers of it. */

import type { Actor } from '#lib/control/actor.ts';
import { findAnchor, putAnchor } from '#lib/control/audit-anchors.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import { openEnvironment } from '#lib/control/environment-access.ts';
import { toSealingKey } from '#lib/control/environment-key.ts';
import type { AuditVerdict } from '#lib/engine/audit/audit-chain.ts';
import { readChainEnd, verifyEnvironmentChain } from '#lib/engine/audit/environment-audit.ts';

/** Needs the role admin. A chain that holds is anchored where it ends. */
export async function verifyEnvironmentAudit(context: ControlContext, actor: Actor, ref: string): Promise<AuditVerdict> {
  const { access, record, database } = await openEnvironment(context, actor, ref, 'admin');
  const environmentId = access.environment.id;
  const anchor = await findAnchor(context, environmentId);
  const { verdict, end } = database.read((connection) => ({
    verdict: verifyEnvironmentChain(connection, toSealingKey(context.masterKey, record), anchor),
    end: readChainEnd(connection),
  }));
  if (verdict.firstBadSeq === null) await putAnchor(context, environmentId, end);
  return verdict;
}
