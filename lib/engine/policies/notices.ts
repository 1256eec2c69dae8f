/** What is unsafe about the policies a script set, said beside the result of the statement that set them. */

import type { Catalog } from '#lib/engine/catalog/catalog.ts';
import type { SqlNotice, SqlResult } from '#lib/engine/engine.ts';
import { lintPolicies } from '#lib/engine/policies/lint.ts';
import type { TouchedPolicy } from '#lib/engine/sql/script.ts';

/** Judged by how the script ends: a table whose row-level security a later statement switches on is none to warn of. */
export function withNotices(results: readonly SqlResult[], touched: readonly TouchedPolicy[], catalog: Catalog): SqlResult[] {
  const notices = new Map<number, SqlNotice[]>();
  for (const { rule, level, table, policy, message, hint } of lintPolicies(catalog)) {
    // The last statement that had it in its hand is the one to mend; what is said of a table goes with any of its policies.
    const by = touched.findLast((one) => one.table === table && (policy === null || one.policy === policy));
    if (by === undefined) continue;
    notices.set(by.statement, [...(notices.get(by.statement) ?? []), { level, code: rule, message, hint }]);
  }
  return results.map((result, index) => {
    const own = notices.get(index);
    return own === undefined ? result : { ...result, notices: own };
  });
}
