/** What an environment's policies leave open: notices for whoever develops it. */

import { type Actor, requireRole } from '#lib/control/actor.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import { lintPolicies, type PolicyNotice } from '#lib/engine/policies/lint.ts';
import { Problem } from '#lib/http/problem.ts';

/** 503 while the environment is not open. */
export async function listPolicyNotices(context: ControlContext, actor: Actor, ref: string): Promise<PolicyNotice[]> {
  await requireRole(context.database, actor, ref, 'viewer');
  const record = context.directory.find(ref);
  if (record === null || record.status !== 'active') {
    throw new Problem({ status: 503, code: 'environment_unavailable', message: `The environment '${ref}' is not open now.` });
  }
  return lintPolicies(context.engine.open(ref, record.file).catalog);
}
