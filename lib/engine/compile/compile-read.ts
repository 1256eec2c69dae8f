/** A guarded read as one statement that returns (rows, document, total). */

import { compileDocument } from '#lib/engine/compile/compile-document.ts';
import { compileRows } from '#lib/engine/compile/compile-select.ts';
import { createEmitter, type Statement } from '#lib/engine/compile/statement.ts';
import type { ReadPlan, SelectPlan } from '#lib/engine/plan/plan.ts';
import type { Guarded } from '#lib/engine/policies/guard.ts';
import type { Wall } from '#lib/engine/policies/walls.ts';

/** Columns: number of rows, the document's text, and the total when the plan counts (else NULL). */
export function compileRead(guarded: Guarded<ReadPlan>): Statement {
  const emitter = createEmitter(guarded.catalog, guarded.walled, guarded.plan.timezone);
  const { plan } = guarded;
  const total = plan.count ? `(${compileCount(plan.select, emitter)})` : 'NULL';
  const sql = `${withWalls(guarded.walls)}SELECT ${compileDocument(plan.select, plan.shape, emitter, total)}`;
  return emitter.finish(sql);
}

/** Every row the filters match: no limit, no order, and no embed beyond what the filters need. */
function compileCount(select: SelectPlan, emitter: ReturnType<typeof createEmitter>): string {
  const grouped = select.fields.some((field) => field.kind === 'value' && field.value.kind === 'aggregate');
  const bare: SelectPlan = {
    ...select,
    fields: grouped
      ? select.fields
      : select.fields
          .filter((field) => field.kind !== 'value' && field.embed.inner)
          .map((field) => (field.kind === 'value' ? field : { kind: 'spread', embed: { ...field.embed, hidden: true } })),
    order: [],
    limit: null,
    offset: null,
    maxRows: null,
  };
  return `SELECT count(*) FROM (${compileRows(bare, emitter)})`;
}

export function withWalls(walls: readonly Wall[], more: readonly string[] = []): string {
  const all = [...walls.map((wall) => wall.sql), ...more];
  return all.length === 0 ? '' : `WITH ${all.join(', ')} `;
}
