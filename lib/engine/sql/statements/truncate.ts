/** TRUNCATE, as a DELETE of every row. */

import { quoteName } from '#lib/engine/sql/quote.ts';
import { getRelation, listRelations, type Relation, toDefinition } from '#lib/engine/sql/schema-facts.ts';
import type { StatementHandler } from '#lib/engine/sql/script.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

export const truncate: StatementHandler = ({ connection }, cursor) => {
  cursor.accept('table');
  const tables: Relation[] = [];
  do {
    cursor.accept('only');
    tables.push(getRelation(connection, cursor.qualifiedName()));
    cursor.accept('*');
  } while (cursor.accept(','));
  const restart = cursor.accept('restart', 'identity');
  if (!restart) cursor.accept('continue', 'identity');
  const cascade = cursor.accept('cascade');
  if (!cascade) cursor.accept('restrict');
  cursor.end();
  const all = listRelations(connection).filter((relation) => relation.kind === 'table');
  for (let at = 0; at < tables.length; at += 1) {
    const table = tables[at] as Relation;
    for (const other of all) {
      const refers = toDefinition(other).constraints.some(
        (constraint) => constraint.references?.table.toLowerCase() === table.stored.toLowerCase(),
      );
      if (!refers || tables.some((known) => known.stored === other.stored)) continue;
      if (!cascade) {
        throw new SqlError({
          sqlstate: '0A000',
          message: 'cannot truncate a table referenced in a foreign key constraint',
          details: `Table "${other.name}" references "${table.name}".`,
          hint: `Truncate table "${other.name}" at the same time, or use TRUNCATE ... CASCADE.`,
        });
      }
      tables.push(other);
    }
  }
  connection.exec('PRAGMA defer_foreign_keys = ON');
  for (const table of tables.toReversed()) {
    connection.exec(`DELETE FROM main.${quoteName(table.stored)}`);
    const counts = connection.get(`SELECT 1 FROM main.sqlite_schema WHERE name = 'sqlite_sequence'`) !== undefined;
    if (restart && counts) connection.run('DELETE FROM main.sqlite_sequence WHERE name = ?', table.stored);
  }
  return 'TRUNCATE TABLE';
};
