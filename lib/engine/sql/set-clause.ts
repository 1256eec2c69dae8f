/** The assignments of an UPDATE, or of ON CONFLICT DO UPDATE. */

import type { Cursor } from '#lib/engine/sql/cursor.ts';
import type { Token } from '#lib/engine/sql/tokenize.ts';

export interface Assignment {
  readonly column: string;
  readonly tokens: readonly Token[];
}

/** Moves on to the next top-level SET and reads `a = …, b = …`; assignments to a list of columns are passed over. */
export function readSetClause(cursor: Cursor): Assignment[] {
  cursor.until((at) => at.at('set'));
  if (!cursor.accept('set')) return [];
  const found: Assignment[] = [];
  do {
    const name = cursor.peek();
    if (name === null || (name.kind !== 'word' && name.kind !== 'quoted')) {
      cursor.until(endsAssignment);
      continue;
    }
    const column = cursor.name();
    if (!cursor.accept('=')) {
      cursor.until(endsAssignment);
      continue;
    }
    const from = cursor.mark();
    cursor.until(endsAssignment);
    found.push({ column, tokens: cursor.between(from, cursor.mark()) });
  } while (cursor.accept(','));
  return found;
}

function endsAssignment(cursor: Cursor): boolean {
  return cursor.at(',') || cursor.at('where') || cursor.at('from') || cursor.at('returning') || cursor.at('on', 'conflict');
}
