/** Spreads: the fields of an embed as fields of its parent. */

import type { Embed, Field, Value } from '#lib/engine/plan/plan.ts';

/** A to-one spread's aggregates work on the parent's groups, so they become fields of the parent. */
export function planSpread(embed: Embed): Field[] {
  const lifted: Field[] = [];
  const kept: Field[] = [];
  for (const field of embed.plan.fields) {
    const value = embed.toOne && field.kind === 'value' ? lift(embed, field.value) : null;
    if (value === null || field.kind !== 'value') kept.push(field);
    else lifted.push({ ...field, value });
  }
  if (lifted.length === 0) return [{ kind: 'spread', embed }];
  return [{ kind: 'spread', embed: { ...embed, plan: { ...embed.plan, fields: kept } } }, ...lifted];
}

/** Null for a value that is no aggregate. */
function lift(embed: Embed, value: Value): Value | null {
  if (value.kind === 'aggregate') {
    return { ...value, value: value.value === null ? null : { kind: 'embedded', embed: bare(embed), value: value.value } };
  }
  if (value.kind !== 'cast') return null;
  const inner = lift(embed, value.value);
  return inner === null ? null : { ...value, value: inner };
}

/** The embed's row without its fields: its aggregates must not group it. */
function bare(embed: Embed): Embed {
  return { ...embed, plan: { ...embed.plan, fields: [] } };
}
