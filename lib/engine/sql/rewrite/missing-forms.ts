/** Forms of a PostgreSQL query that SQLite has not: told by name with another way to write them, or written another way here. */

import { keywords } from '#lib/engine/sql/rewrite/keywords.ts';
import { isGroup, type Node, wordOf } from '#lib/engine/sql/rewrite/tree.ts';
import { unsupported } from '#lib/engine/sql/sql-problems.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

const beforeQuery = new Set(['union', 'all', 'except', 'intersect', 'as', 'explain', 'plan']);

/** `TABLE t` where a query may begin. */
export function isTableQuery(nodes: readonly Node[], at: number): boolean {
  const before = nodes[at - 1];
  const begins = before === undefined || beforeQuery.has(wordOf(before) ?? '') || isGroup(before, '(');
  return begins && startsName(nodes[at + 1]);
}

/** Throws 0A000 for DISTINCT ON and LATERAL. */
export function refuseMissing(word: string, nodes: readonly Node[], at: number): void {
  const next = nodes[at + 1];
  if (word === 'distinct' && wordOf(next) === 'on' && isGroup(nodes[at + 2], '(')) {
    throw unsupported(
      'DISTINCT ON',
      'Number the rows with row_number() OVER (PARTITION BY … ORDER BY …) in a sub-select and keep those numbered 1.',
    );
  }
  if (word === 'lateral' && (isGroup(next, '(') || startsName(next)))
    throw unsupported('LATERAL', 'Use a sub-select in the SELECT list, or a join with GROUP BY.');
}

/** Throws 0A000 for `WITH x AS (INSERT …)`. */
export function refuseWriteInside(children: readonly Node[]): void {
  const word = wordOf(children[0]);
  const second = wordOf(children[1]);
  const writes =
    (word === 'insert' && second === 'into') ||
    (word === 'delete' && second === 'from') ||
    (word === 'update' && startsName(children[1]) && children.some((node) => wordOf(node) === 'set'));
  if (!writes) return;
  throw new SqlError({
    sqlstate: '0A000',
    message: 'data-modifying statements in WITH are not supported',
    hint: 'Write the statements one after another: a script is one transaction. RETURNING gives the rows of each.',
  });
}

function startsName(node: Node | undefined): boolean {
  if (node?.type !== 'leaf') return false;
  return node.token.kind === 'quoted' || (node.token.kind === 'word' && !keywords.has(node.token.text.toLowerCase()));
}
