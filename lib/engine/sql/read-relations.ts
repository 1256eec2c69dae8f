/** The relations a query reads, precisely: names that stand after FROM, JOIN or a comma of a FROM list. */

import { Rewriter } from '#lib/engine/sql/rewrite/rewriter.ts';
import { toTree } from '#lib/engine/sql/rewrite/tree.ts';
import { tokenize } from '#lib/engine/sql/tokenize.ts';

/** Stored names in lower case; names of common table expressions are among them. */
export function readRelations(sql: string): ReadonlySet<string> {
  const rewriter = new Rewriter({ allowMain: true });
  rewriter.render(toTree(tokenize(sql)).nodes);
  return rewriter.relations;
}
