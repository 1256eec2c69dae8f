/** Tokens as a tree: parentheses and brackets become groups, space and comments hang before what they precede. */

import { syntaxError } from '#lib/engine/sql/sql-problems.ts';
import { isTrivia, type Token } from '#lib/engine/sql/tokenize.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

export interface Leaf {
  readonly type: 'leaf';
  readonly token: Token;
  readonly lead: string;
}

export interface Group {
  readonly type: 'group';
  readonly open: '(' | '[';
  readonly token: Token;
  readonly lead: string;
  readonly children: readonly Node[];
  /** Space before the closing bracket. */
  readonly tail: string;
}

export type Node = Leaf | Group;

const maxDepth = 200;

/** Comments become one space, so nothing a person wrote can be read differently by SQLite. */
export function toTree(tokens: readonly Token[]): { nodes: Node[]; tail: string } {
  let position = 0;

  function readNodes(close: string | null, depth: number): { nodes: Node[]; tail: string } {
    if (depth > maxDepth) throw new SqlError({ sqlstate: '54001', message: 'statement is nested too deeply' });
    const nodes: Node[] = [];
    let lead = '';
    for (let token = tokens[position]; token !== undefined; token = tokens[position]) {
      position += 1;
      if (isTrivia(token)) {
        lead += token.kind === 'space' ? token.text : ' ';
        continue;
      }
      const operator = token.kind === 'operator';
      if (operator && token.text === close) return { nodes, tail: lead };
      if (operator && (token.text === ')' || token.text === ']')) throw syntaxError(token);
      if (operator && (token.text === '(' || token.text === '[')) {
        const inner = readNodes(token.text === '(' ? ')' : ']', depth + 1);
        nodes.push({ type: 'group', open: token.text, token, lead, children: inner.nodes, tail: inner.tail });
      } else nodes.push({ type: 'leaf', token, lead });
      lead = '';
    }
    if (close !== null) throw syntaxError(null);
    return { nodes, tail: lead };
  }
  return readNodes(null, 0);
}

/** The lower-case word at this node, or null. */
export function wordOf(node: Node | undefined): string | null {
  return node?.type === 'leaf' && node.token.kind === 'word' ? node.token.text.toLowerCase() : null;
}

export function isOperator(node: Node | undefined, text: string): boolean {
  return node?.type === 'leaf' && node.token.kind === 'operator' && node.token.text === text;
}

export function isGroup(node: Node | undefined, open: '(' | '['): node is Group {
  return node?.type === 'group' && node.open === open;
}

/** Cuts at top-level commas; an empty list has no parts. */
export function splitAtCommas(nodes: readonly Node[]): Node[][] {
  if (nodes.length === 0) return [];
  const parts: Node[][] = [[]];
  for (const node of nodes) {
    if (isOperator(node, ',')) parts.push([]);
    else parts.at(-1)?.push(node);
  }
  return parts;
}
