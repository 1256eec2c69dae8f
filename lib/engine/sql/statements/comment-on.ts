/** COMMENT ON TABLE, COLUMN, VIEW, FUNCTION, SCHEMA, TYPE, POLICY, CONSTRAINT, … */

import { setColumnNote } from '#lib/engine/sql/catalog-notes.ts';
import type { Cursor } from '#lib/engine/sql/cursor.ts';
import { getRelation } from '#lib/engine/sql/schema-facts.ts';
import type { Script, StatementHandler } from '#lib/engine/sql/script.ts';
import {
  syntaxError,
  undefinedColumn,
  undefinedFunction,
  undefinedObject,
  undefinedSchema,
} from '#lib/engine/sql/sql-problems.ts';
import { skipSignature } from '#lib/engine/sql/statements/function-signature.ts';

type Setter = (comment: string | null) => void;

export const commentOn: StatementHandler = (script, cursor) => {
  const set = readTarget(script, cursor);
  cursor.expect('is');
  const comment = cursor.accept('null') ? null : cursor.string();
  cursor.end();
  set(comment);
  return 'COMMENT';
};

function readTarget(script: Script, cursor: Cursor): Setter {
  const { connection } = script;
  if (cursor.accept('table') || cursor.accept('view') || cursor.accept('materialized', 'view')) {
    const relation = getRelation(connection, cursor.qualifiedName());
    return (comment) => {
      connection.run(
        `INSERT INTO main._koyalite_tables (schema_name, name, stored_name, kind, comment) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET comment = excluded.comment`,
        relation.schema,
        relation.name,
        relation.stored,
        relation.kind,
        comment,
      );
    };
  }
  if (cursor.accept('column')) return readColumn(script, cursor);
  if (cursor.accept('schema')) {
    const name = cursor.name();
    return (comment) => {
      if (connection.run('UPDATE main._koyalite_schemas SET comment = ? WHERE name = ?', comment, name).changes === 0)
        throw undefinedSchema(name);
    };
  }
  if (cursor.accept('type')) {
    const { schema, name } = cursor.qualifiedName();
    return (comment) => {
      const { changes } = connection.run(
        'UPDATE main._koyalite_enums SET comment = ? WHERE schema_name = ? AND name = ?',
        comment,
        schema,
        name,
      );
      if (changes === 0) throw undefinedObject('type', name);
    };
  }
  if (cursor.accept('function')) {
    const { schema, name } = cursor.qualifiedName();
    const signature = skipSignature(cursor);
    return (comment) => {
      const where = signature === null ? '' : ' AND signature = ?';
      const { changes } = connection.run(
        `UPDATE main._koyalite_functions SET comment = ? WHERE schema_name = ? AND name = ?${where}`,
        comment,
        schema,
        name,
        ...(signature === null ? [] : [signature]),
      );
      if (changes === 0) throw undefinedFunction(`${name}(${signature ?? ''})`);
    };
  }
  if (cursor.accept('policy')) {
    const policy = cursor.name();
    cursor.expect('on');
    const table = getRelation(connection, cursor.qualifiedName());
    return (comment) => {
      const { changes } = connection.run(
        'UPDATE main._koyalite_rls_policies SET comment = ? WHERE schema_name = ? AND table_name = ? AND name = ?',
        comment,
        table.schema,
        table.name,
        policy,
      );
      if (changes === 0) throw undefinedObject('policy', policy, table.name);
    };
  }
  for (const kind of ['constraint', 'trigger', 'index', 'role', 'extension', 'domain', 'database', 'sequence']) {
    if (!cursor.accept(kind)) continue;
    // Nothing shows these comments: they are read and let go.
    cursor.qualifiedName();
    if (cursor.accept('on')) cursor.qualifiedName();
    return () => {};
  }
  throw syntaxError(cursor.peek());
}

/** `t.c` or `s.t.c`. */
function readColumn({ connection }: Script, cursor: Cursor): Setter {
  const parts = [cursor.name()];
  while (cursor.accept('.')) parts.push(cursor.name());
  const [column = '', table = '', schema = 'public'] = parts.reverse();
  const relation = getRelation(connection, { schema, name: table });
  const found = connection.value('SELECT name FROM pragma_table_xinfo(?) WHERE name = ? COLLATE NOCASE', relation.stored, column);
  if (found === undefined) throw undefinedColumn(column, table);
  return (comment) => setColumnNote(connection, relation, String(found), 'comment', comment);
}
