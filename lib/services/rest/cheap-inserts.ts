/** Inserts of one short row that were found cheap a moment ago: most writes, which need not be judged each time. */

import { renewMs, renewRuns } from '#lib/engine/run/cost.ts';
import { shortText } from '#lib/engine/run/function-cost.ts';
import type { PreparedWrite } from '#lib/services/rest/prepare-write.ts';
import type { ParsedWrite } from '#lib/services/rest/write-table.ts';

interface Judgement {
  readonly madeMs: number;
  runs: number;
}

/** Dies with the plan, and so with the schema. */
const judgements = new WeakMap<PreparedWrite, Judgement>();

/** Whether a judgement of one row can stand for this payload. */
export function isOneShortRow({ payload, bodyBytes }: ParsedWrite): boolean {
  return payload.rows.length === 1 && bodyBytes <= shortText;
}

/** Counts the run: tables grow, so a judgement is made anew now and then. */
export function isKnownCheap(prepared: PreparedWrite): boolean {
  const known = judgements.get(prepared);
  if (known === undefined) return false;
  known.runs += 1;
  return known.runs < renewRuns && performance.now() - known.madeMs < renewMs;
}

export function keepCheap(prepared: PreparedWrite): void {
  judgements.set(prepared, { madeMs: performance.now(), runs: 0 });
}

/** It took long after all. */
export function forgetCheap(prepared: PreparedWrite): void {
  judgements.delete(prepared);
}
