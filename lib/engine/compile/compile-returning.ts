/** The rows a write touched, read back behind the caller's walls as one document. */

import { compileDocument } from '#lib/engine/compile/compile-document.ts';
import { withWalls } from '#lib/engine/compile/compile-read.ts';
import { createEmitter, type Statement } from '#lib/engine/compile/statement.ts';
import type { DeletePlan, InsertPlan, UpdatePlan } from '#lib/engine/plan/plan.ts';
import type { Guarded } from '#lib/engine/policies/guard.ts';

/** Reads the rows named by `:written`; null when the plan returns none. */
export function compileReturning(guarded: Guarded<InsertPlan | UpdatePlan | DeletePlan>): Statement | null {
  const { returning, shape } = guarded.plan;
  if (returning === null) return null;
  const emitter = createEmitter(guarded.catalog, guarded.walled, guarded.plan.timezone);
  const sql = `${withWalls(guarded.walls)}SELECT ${compileDocument(returning, shape, emitter, 'NULL')}`;
  return emitter.finish(sql);
}
