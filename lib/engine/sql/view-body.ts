/** The query inside a CREATE VIEW. */

import { Cursor } from '#lib/engine/sql/cursor.ts';
import { tokenize } from '#lib/engine/sql/tokenize.ts';

export interface ViewBody {
  /** `CREATE VIEW v (a, b)`: the names given to its columns. */
  readonly columns: readonly string[] | null;
  readonly select: string;
}

/** Reads what `sqlite_schema` holds for a view. */
export function parseViewBody(sql: string): ViewBody {
  const cursor = new Cursor(tokenize(sql), false);
  cursor.until((at) => at.at('view'));
  cursor.expect('view');
  cursor.accept('if', 'not', 'exists');
  cursor.qualifiedName();
  const columns = cursor.at('(') ? cursor.nameList() : null;
  cursor.expect('as');
  return { columns, select: cursor.rest() };
}
