/** Rows of a table about to be dropped no longer hold one another by its foreign keys to itself. */

import type { CachingConnection } from '#lib/engine/connection.ts';
import { quoteName } from '#lib/engine/sql/quote.ts';
import type { TableDefinition } from '#lib/engine/sql/table-definition.ts';

/**
 * DROP TABLE deletes row by row, so RESTRICT refuses the first parent and CASCADE goes as deep as the tree. A row that
 * references itself is held by none. The table's triggers go first: they must not see the change.
 */
export function detachSelfReferences(connection: CachingConnection, stored: string, definition: TableDefinition): void {
  const own = definition.constraints.filter(
    (constraint) => constraint.references?.table.toLowerCase() === stored.toLowerCase() && constraint.columns.length > 0,
  );
  if (own.every((constraint) => /^(?:no action)?$/.test(constraint.references?.onDelete ?? ''))) return;
  for (const row of connection.all(`SELECT name FROM main.sqlite_schema WHERE type = 'trigger' AND tbl_name = ?`, stored))
    connection.exec(`DROP TRIGGER main.${quoteName(String(row.name))}`);
  const key = definition.constraints.find((constraint) => constraint.kind === 'primary key');
  connection.exec('PRAGMA ignore_check_constraints = ON');
  try {
    for (const constraint of own) {
      const named = constraint.references?.columns ?? [];
      const target = named.length > 0 ? named : (key?.columns ?? []);
      const pairs = constraint.columns.flatMap((column, at) => {
        const to = target[at];
        return to === undefined || to === column ? [] : [`${quoteName(column)} = ${quoteName(to)}`];
      });
      if (pairs.length > 0) connection.exec(`UPDATE main.${quoteName(stored)} SET ${pairs.join(', ')}`);
    }
  } finally {
    connection.exec('PRAGMA ignore_check_constraints = OFF');
  }
}
