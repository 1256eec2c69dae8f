/** Filter trees resolved against a relation and its embeds. */

import type { Condition, Embed } from '#lib/engine/plan/plan.ts';
import type { FilterTree } from '#lib/services/rest/parse/parse-filter.ts';
import { planValue, type Scope } from '#lib/services/rest/plan/plan-value.ts';

export function planCondition(scope: Scope, embeds: readonly Embed[], tree: FilterTree): Condition {
  const condition = tree.kind === 'filter' ? planFilter(scope, embeds, tree) : planGroup(scope, embeds, tree);
  return tree.negated ? { kind: 'not', item: condition } : condition;
}

function planGroup(scope: Scope, embeds: readonly Embed[], tree: Extract<FilterTree, { kind: 'and' | 'or' }>): Condition {
  return { kind: tree.kind, items: tree.items.map((item) => planCondition(scope, embeds, item)) };
}

function planFilter(scope: Scope, embeds: readonly Embed[], tree: Extract<FilterTree, { kind: 'filter' }>): Condition {
  const { test } = tree;
  const presence = test.kind === 'is' && tree.steps.length === 0 ? planPresence(embeds, tree.name, test.test) : null;
  if (presence !== null) return presence;
  const value = planValue(scope, tree.name, tree.steps);
  switch (test.kind) {
    case 'is':
      return { kind: 'is', value, test: test.test };
    case 'in':
      return { kind: 'in', value, list: test.list };
    case 'compare':
      return { ...test, value };
  }
}

/** `rel=is.null` keeps rows whose embed is empty; `rel=not.is.null` those that have a match. */
function planPresence(embeds: readonly Embed[], name: string, test: string): Condition | null {
  const embed = embeds.find((item) => item.name === name);
  if (embed === undefined || (test !== 'null' && test !== 'not_null')) return null;
  const exists: Condition = { kind: 'exists', link: embed.link, plan: embed.plan };
  return test === 'null' ? { kind: 'not', item: exists } : exists;
}

export function joinConditions(items: readonly Condition[]): Condition | null {
  const [first] = items;
  if (first === undefined) return null;
  return items.length === 1 ? first : { kind: 'and', items };
}
