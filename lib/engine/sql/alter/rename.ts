/** RENAME TO, RENAME COLUMN and SET SCHEMA: views, triggers, foreign keys and policies follow. */

import { renameRelationNotes, rewriteStoredSql } from '#lib/engine/sql/catalog-notes.ts';
import type { CachingConnection } from '#lib/engine/connection.ts';
import type { Cursor, QualifiedName } from '#lib/engine/sql/cursor.ts';
import { quoteName } from '#lib/engine/sql/quote.ts';
import { replaceColumnName } from '#lib/engine/sql/rename-in-sql.ts';
import { type Relation, requireSchema } from '#lib/engine/sql/schema-facts.ts';
import { duplicateColumn, undefinedColumn } from '#lib/engine/sql/sql-problems.ts';
import { requireFreeName } from '#lib/engine/sql/statements/free-name.ts';
import { compilesPolicy } from '#lib/engine/sql/stored-policy.ts';
import { toStoredName } from '#lib/engine/sql/stored-name.ts';

export function renameTable(connection: CachingConnection, table: Relation, cursor: Cursor): QualifiedName {
  return moveTable(connection, table, { schema: table.schema, name: cursor.name() });
}

export function setSchema(connection: CachingConnection, table: Relation, cursor: Cursor): QualifiedName {
  const schema = cursor.name();
  requireSchema(connection, schema);
  return schema === table.schema ? table : moveTable(connection, table, { schema, name: table.name });
}

export function moveTable(connection: CachingConnection, table: Relation, to: QualifiedName): QualifiedName {
  // SQLite renames to another spelling of the same name; anything else must be free.
  if (toStoredName(to.schema, to.name).toLowerCase() !== table.stored.toLowerCase()) requireFreeName(connection, to, false);
  const stored = toStoredName(to.schema, to.name);
  connection.exec(`ALTER TABLE main.${quoteName(table.stored)} RENAME TO ${quoteName(stored)}`);
  renameRelationNotes(connection, table, to, stored);
  return to;
}

export function renameColumn(connection: CachingConnection, table: Relation, cursor: Cursor): void {
  const wanted = cursor.name();
  cursor.expect('to');
  const to = cursor.name();
  const columns = connection.all('SELECT name FROM pragma_table_xinfo(?)', table.stored).map((row) => String(row.name));
  const from = columns.find((column) => column.toLowerCase() === wanted.toLowerCase());
  if (from === undefined) throw undefinedColumn(wanted, table.name);
  if (columns.some((column) => column !== from && column.toLowerCase() === to.toLowerCase())) throw duplicateColumn(to, table.name);
  connection.exec(`ALTER TABLE main.${quoteName(table.stored)} RENAME COLUMN ${quoteName(from)} TO ${quoteName(to)}`);
  connection.run('UPDATE main._koyalite_columns SET name = ? WHERE schema_name = ? AND table_name = ? AND name = ?', to, table.schema, table.name, from);
  connection.run(
    `UPDATE main._koyalite_grants SET column_name = ? WHERE object_kind = 'table' AND schema_name = ? AND object_name = ? AND column_name = ?`,
    to, table.schema, table.name, from,
  );
  rewriteStoredSql(connection, (sql, owner) => {
    // A bare name may be this column or one of a table in a sub-select: the reading that compiles is the right one.
    const own = owner !== null && owner.schema === table.schema && owner.name === table.name;
    const readings = (own ? [true, false] : [false, true]).map((bare) => replaceColumnName(sql, table.name, from, to, bare));
    if (owner === null) return readings[0] ?? sql;
    const compiling = readings.find((reading) => compilesPolicy(connection, { schema: owner.schema, table: owner.name, name: '', using: reading, check: null }));
    return compiling ?? sql;
  });
}
