/** ALTER TABLE: its actions in order, with at most one rebuild of the table. */

import { addColumn, alterColumn, dropColumn } from '#lib/engine/sql/alter/alter-columns.ts';
import { addConstraint, dropConstraint, renameConstraint } from '#lib/engine/sql/alter/alter-constraints.ts';
import { renameColumn, renameTable, setSchema } from '#lib/engine/sql/alter/rename.ts';
import { TableEdit } from '#lib/engine/sql/alter/table-edit.ts';
import type { Cursor } from '#lib/engine/sql/cursor.ts';
import { findRelation, getRelation, requireOwned } from '#lib/engine/sql/schema-facts.ts';
import type { StatementHandler } from '#lib/engine/sql/script.ts';
import { denied, syntaxError } from '#lib/engine/sql/sql-problems.ts';
import { alterView } from '#lib/engine/sql/statements/views.ts';
import { systemSchemas } from '#lib/engine/sql/stored-name.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

type Action = (edit: TableEdit, cursor: Cursor) => void;

const actions: readonly (readonly [readonly string[], Action])[] = [
  [['rename', 'to'], (edit, cursor) => renameTable(edit, { schema: edit.relation.schema, name: cursor.name() })],
  [['rename', 'constraint'], renameConstraint],
  [['rename', 'column'], renameColumn],
  [['rename'], renameColumn],
  [['set', 'schema'], setSchema],
  [['owner', 'to'], (_edit, cursor) => void cursor.name()],
  [['add', 'constraint'], (edit, cursor) => addNamed(edit, cursor)],
  [['add', 'primary', 'key'], (edit, cursor) => addUnnamed(edit, cursor, 2)],
  [['add', 'foreign', 'key'], (edit, cursor) => addUnnamed(edit, cursor, 2)],
  [['add', 'unique', '('], (edit, cursor) => addUnnamed(edit, cursor, 2)],
  [['add', 'unique', 'nulls'], (edit, cursor) => addUnnamed(edit, cursor, 2)],
  [['add', 'check', '('], (edit, cursor) => addUnnamed(edit, cursor, 2)],
  [['add', 'column'], addColumn],
  [['add'], addColumn],
  [['drop', 'constraint'], dropConstraint],
  [['drop', 'column'], dropColumn],
  [['drop'], dropColumn],
  [['alter', 'column'], alterColumn],
  [['alter'], alterColumn],
  [['enable', 'row', 'level', 'security'], (edit) => setRowSecurity(edit, true)],
  [['disable', 'row', 'level', 'security'], (edit) => setRowSecurity(edit, false)],
  [['force', 'row', 'level', 'security'], () => {}],
  [['no', 'force', 'row', 'level', 'security'], () => {}],
  [['replica', 'identity'], (_edit, cursor) => void cursor.until((at) => at.at(','))],
  [['validate', 'constraint'], (_edit, cursor) => void cursor.name()],
  [['set', '('], (_edit, cursor) => void cursor.until((at) => at.at(','))],
  [['enable', 'trigger'], (_edit, cursor) => void cursor.name()],
  [['cluster', 'on'], (_edit, cursor) => void cursor.name()],
];

export const alterTable: StatementHandler = (script, cursor, statement) => {
  const start = cursor.mark();
  const ifExists = cursor.accept('if', 'exists');
  cursor.accept('only');
  const name = cursor.qualifiedName();
  const found = findRelation(script.connection, name);
  if (found === null && ifExists) {
    cursor.rest();
    return 'ALTER TABLE';
  }
  const relation = found ?? getRelation(script.connection, name);
  if (relation.kind === 'view') {
    cursor.reset(start);
    alterView(script, cursor, statement);
    return 'ALTER TABLE';
  }
  if (systemSchemas.has(relation.schema)) {
    // Its row-level security is always on; scripts written for Supabase say so again.
    if (cursor.accept('enable', 'row', 'level', 'security')) return 'ALTER TABLE';
    requireOwned(relation);
  }
  if (relation.kind === 'virtual' && !cursor.at('rename', 'to') && !/row\s+level\s+security/i.test(statement.text))
    throw denied(`"${relation.name}" is a virtual table`);
  const edit =
    relation.kind === 'table'
      ? new TableEdit(script.connection, relation)
      : new TableEdit(script.connection, { ...relation, sql: `CREATE TABLE x (y)` });
  do runAction(edit, cursor);
  while (cursor.accept(','));
  cursor.end();
  edit.flush();
  if (/row\s+level\s+security/i.test(statement.text)) script.touch(relation, null);
  return 'ALTER TABLE';
};

function runAction(edit: TableEdit, cursor: Cursor): void {
  for (const [words, action] of actions) {
    if (!cursor.accept(...words)) continue;
    action(edit, cursor);
    return;
  }
  throw syntaxError(cursor.peek());
}

/** `ADD CONSTRAINT n …`: the constraint's parser reads its own first words. */
function addNamed(edit: TableEdit, cursor: Cursor): void {
  cursor.reset(cursor.mark() - 1);
  addConstraint(edit, cursor);
}

function addUnnamed(edit: TableEdit, cursor: Cursor, words: number): void {
  cursor.reset(cursor.mark() - words);
  addConstraint(edit, cursor);
}

function setRowSecurity(edit: TableEdit, enabled: boolean): void {
  const { connection, relation } = edit;
  if (relation.kind === 'view') throw new SqlError({ sqlstate: '42809', message: `"${relation.name}" is not a table` });
  connection.run(
    `INSERT INTO main._koyalite_tables (schema_name, name, stored_name, kind, rls_enabled) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET rls_enabled = excluded.rls_enabled`,
    relation.schema,
    relation.name,
    relation.stored,
    relation.kind,
    enabled ? 1 : 0,
  );
}
