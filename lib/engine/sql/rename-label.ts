/** An enum's label renamed inside a condition, where it is compared with a column of that enum or cast to it. */

import type { QualifiedName } from '#lib/engine/sql/cursor.ts';
import { quoteText, toName, toStringValue } from '#lib/engine/sql/quote.ts';
import { isOperator, type Node, toTree, wordOf } from '#lib/engine/sql/rewrite/tree.ts';
import { type Token, tokenize } from '#lib/engine/sql/tokenize.ts';

/** Lower-case names of a table's columns. */
export interface LabelColumns {
  readonly labelled: ReadonlySet<string>;
  readonly all: ReadonlySet<string>;
}

/** Between AND, OR and NOT, a part that names no other column than the enum's speaks of its labels. */
export function renameLabelInCondition(
  sql: string,
  columns: LabelColumns,
  type: QualifiedName,
  from: string,
  to: string,
): string {
  const tokens = tokenize(sql);
  const changed = new Set<Token>();
  walk(toTree(tokens).nodes, columns, type, changed);
  return tokens
    .map((token) =>
      token.kind === 'string' && changed.has(token) && toStringValue(token.text) === from ? quoteText(to) : token.text,
    )
    .join('');
}

function walk(nodes: readonly Node[], columns: LabelColumns, type: QualifiedName, changed: Set<Token>): void {
  nodes.forEach((node, at) => {
    if (node.type === 'leaf' && node.token.kind === 'string' && isOperator(nodes[at + 1], '::') && isType(nodes, at + 2, type))
      changed.add(node.token);
  });
  for (const part of splitConditions(nodes)) {
    const named = new Set(part.flatMap((node) => namesIn(node, columns)));
    const isLabelled = named.size > 0 && [...named].every((name) => columns.labelled.has(name));
    for (const node of part) {
      if (isLabelled) for (const token of stringsIn(node)) changed.add(token);
      else if (node.type === 'group') walk(node.children, columns, type, changed);
    }
  }
}

function splitConditions(nodes: readonly Node[]): Node[][] {
  const parts: Node[][] = [[]];
  let between = false;
  for (const node of nodes) {
    const word = wordOf(node);
    if (word === 'between') between = true;
    if ((word === 'and' && !between) || word === 'or' || word === 'not') parts.push([]);
    else parts.at(-1)?.push(node);
    if (word === 'and') between = false;
  }
  return parts;
}

function isType(nodes: readonly Node[], at: number, type: QualifiedName): boolean {
  const path: string[] = [];
  for (let next = at; ; next += 2) {
    const node = nodes[next];
    if (node?.type !== 'leaf') break;
    path.push(toName(node.token));
    if (!isOperator(nodes[next + 1], '.')) break;
  }
  return path.join('.') === `${type.schema}.${type.name}` || (type.schema === 'public' && path.join('.') === type.name);
}

function namesIn(node: Node, columns: LabelColumns): string[] {
  if (node.type === 'group') return node.children.flatMap((child) => namesIn(child, columns));
  if (node.token.kind !== 'word' && node.token.kind !== 'quoted') return [];
  const name = toName(node.token).toLowerCase();
  return columns.all.has(name) ? [name] : [];
}

function stringsIn(node: Node): Token[] {
  if (node.type === 'group') return node.children.flatMap(stringsIn);
  return node.token.kind === 'string' ? [node.token] : [];
}
