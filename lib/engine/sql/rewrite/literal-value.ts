/** The value of an expression that is one string literal, casts on it ignored. */

import { toStringValue } from '#lib/engine/sql/quote.ts';
import { isOperator, type Node } from '#lib/engine/sql/rewrite/tree.ts';

export function literalValue(nodes: readonly Node[]): string | null {
  const first = nodes[0];
  if (first?.type !== 'leaf' || first.token.kind !== 'string') return null;
  return nodes.length === 1 || isOperator(nodes[1], '::') ? toStringValue(first.token.text) : null;
}
