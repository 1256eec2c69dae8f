/** SQL a person wrote, PostgreSQL's dialect included, as SQL that SQLite runs. Pure. */

import type { IsColumn } from '#lib/engine/sql/columns-of-type.ts';
import type { IsLongNumeric } from '#lib/engine/sql/rewrite/exact-numeric.ts';
import { Rewriter } from '#lib/engine/sql/rewrite/rewriter.ts';
import { toTree } from '#lib/engine/sql/rewrite/tree.ts';
import { tokenize } from '#lib/engine/sql/tokenize.ts';

export interface RewriteContext {
  /** `main.t` and `temp.t` are refused without it: they would reach behind the walls of row-level security. */
  readonly allowMain?: boolean;
  /** Only SQLite's built-ins: for what SQLite itself evaluates (CHECK, DEFAULT, generated columns, views, triggers). */
  readonly builtinsOnly?: boolean;
  /** Inside a function's body: `name`, `fn.name` and `$1` become `:arg_name`. An unnamed argument is `''`, bound as `:arg__24_1`. */
  readonly argumentNames?: readonly string[];
  readonly functionName?: string;
  /** Which columns keep decimals longer than a double: they are compared by value. */
  readonly isLongNumeric?: IsLongNumeric | undefined;
  /** Which columns hold booleans: as text they are words. */
  readonly isBoolean?: IsColumn | undefined;
  /** Enum labels by type name, so that a cast of a literal to an enum is checked. */
  readonly enums?: ReadonlyMap<string, readonly string[]>;
}

/** Throws a SqlError: 42601 for what cannot be read, 0A000 for what SQLite cannot do, 42501 for `main.`. */
export function rewriteSql(sql: string, context: RewriteContext = {}): string {
  const { nodes, tail } = toTree(tokenize(sql));
  return `${new Rewriter(context).render(nodes)}${tail}`;
}
