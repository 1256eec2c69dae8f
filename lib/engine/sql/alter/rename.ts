/** RENAME TO, RENAME COLUMN and SET SCHEMA: SQLite follows in keys, views and triggers; policies and notes follow here. */

import type { TableEdit } from '#lib/engine/sql/alter/table-edit.ts';
import { renameRelationNotes, rewriteStoredSql } from '#lib/engine/sql/catalog-notes.ts';
import type { Cursor, QualifiedName } from '#lib/engine/sql/cursor.ts';
import { keepPolicies } from '#lib/engine/sql/policy-meaning.ts';
import { quoteName } from '#lib/engine/sql/quote.ts';
import { replaceColumnName } from '#lib/engine/sql/rename-in-sql.ts';
import { findRelation, requireNewName } from '#lib/engine/sql/schema-facts.ts';
import { duplicateColumn, duplicateTable } from '#lib/engine/sql/sql-problems.ts';
import { toStoredName } from '#lib/engine/sql/stored-name.ts';

export function renameTable(edit: TableEdit, to: QualifiedName): void {
  requireNewName(edit.connection, to);
  if (findRelation(edit.connection, to) !== null) throw duplicateTable(to.name);
  const from = { schema: edit.relation.schema, name: edit.relation.name };
  const stored = toStoredName(to.schema, to.name);
  edit.connection.exec(`ALTER TABLE main.${quoteName(edit.relation.stored)} RENAME TO ${quoteName(stored)}`);
  renameRelationNotes(edit.connection, from, to, stored);
}

export function setSchema(edit: TableEdit, cursor: Cursor): void {
  const schema = cursor.name();
  if (schema !== edit.relation.schema) renameTable(edit, { schema, name: edit.relation.name });
}

export function renameColumn(edit: TableEdit, cursor: Cursor): void {
  const column = edit.getColumn(cursor.name());
  cursor.expect('to');
  const to = cursor.name();
  if (edit.findColumn(to) !== null) throw duplicateColumn(to, edit.relation.name);
  keepPolicies(edit.connection, [column.name, to], () => rename(edit, column.name, to));
}

function rename({ connection, relation }: TableEdit, from: string, to: string): void {
  connection.exec(`ALTER TABLE main.${quoteName(relation.stored)} RENAME COLUMN ${quoteName(from)} TO ${quoteName(to)}`);
  connection.run(
    'UPDATE main._koyalite_columns SET name = ? WHERE schema_name = ? AND table_name = ? AND name = ?',
    to,
    relation.schema,
    relation.name,
    from,
  );
  connection.run(
    `UPDATE main._koyalite_grants SET column_name = ? WHERE object_kind = 'table' AND schema_name = ? AND object_name = ? AND column_name = ?`,
    to,
    relation.schema,
    relation.name,
    from,
  );
  rewriteStoredSql(connection, (sql, policyOf) => {
    const own = policyOf?.schema === relation.schema && policyOf.name === relation.name;
    return replaceColumnName(sql, relation.name, from, to, own);
  });
}
