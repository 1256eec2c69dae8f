/** `UNIQUE NULLS [NOT] DISTINCT`: SQLite's unique indexes hold any number of NULLs, as PostgreSQL's do by default. */

import type { Cursor } from '#lib/engine/sql/cursor.ts';
import { unsupported } from '#lib/engine/sql/sql-problems.ts';

/** Throws 0A000 for NULLS NOT DISTINCT. */
export function acceptNullsDistinct(cursor: Cursor): void {
  if (cursor.at('nulls', 'not', 'distinct'))
    throw unsupported(
      'UNIQUE NULLS NOT DISTINCT',
      "Make the columns NOT NULL, or CREATE UNIQUE INDEX over an expression such as coalesce(a, '').",
    );
  if (cursor.accept('nulls')) cursor.expect('distinct');
}
