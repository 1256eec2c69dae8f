/** `REFERENCES t (a) ON DELETE CASCADE …`, from the word after REFERENCES. */

import type { Cursor } from '#lib/engine/sql/cursor.ts';
import { syntaxError } from '#lib/engine/sql/sql-problems.ts';
import { toStoredName } from '#lib/engine/sql/stored-name.ts';
import type { Reference } from '#lib/engine/sql/table-definition.ts';

export function parseReference(cursor: Cursor): Reference {
  const target = cursor.qualifiedName();
  const columns = cursor.at('(') ? cursor.nameList() : [];
  let onDelete: string | null = null;
  let onUpdate: string | null = null;
  let deferred = false;
  for (;;) {
    if (cursor.accept('on', 'delete')) onDelete = parseAction(cursor);
    else if (cursor.accept('on', 'update')) onUpdate = parseAction(cursor);
    else if (cursor.accept('match')) cursor.name();
    else if (cursor.accept('not', 'deferrable') || cursor.accept('deferrable')) continue;
    else if (cursor.accept('initially', 'deferred')) deferred = true;
    else if (cursor.accept('initially', 'immediate')) deferred = false;
    else return { table: toStoredName(target.schema, target.name), columns, onDelete, onUpdate, deferred };
  }
}

function parseAction(cursor: Cursor): string {
  for (const action of [['cascade'], ['restrict'], ['set', 'null'], ['set', 'default'], ['no', 'action']]) {
    if (cursor.accept(...action)) return action.join(' ');
  }
  throw syntaxError(cursor.peek());
}
