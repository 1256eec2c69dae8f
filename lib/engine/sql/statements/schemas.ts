/** CREATE SCHEMA and DROP SCHEMA [CASCADE]. */

import { listRelations } from '#lib/engine/sql/schema-facts.ts';
import type { StatementHandler } from '#lib/engine/sql/script.ts';
import { denied, dependentObjects, undefinedSchema, unsupported } from '#lib/engine/sql/sql-problems.ts';
import { dropRelations } from '#lib/engine/sql/statements/drop-relation.ts';
import { systemSchemas } from '#lib/engine/sql/stored-name.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

/** Names that PostgreSQL or SQLite keep for themselves. */
const reserved = new Set(['main', 'temp', 'information_schema', 'pg_catalog', 'extensions', 'graphql_public']);

export const createSchema: StatementHandler = ({ connection }, cursor) => {
  const ifNotExists = cursor.accept('if', 'not', 'exists');
  const name = cursor.at('authorization') ? null : cursor.name();
  if (cursor.accept('authorization')) cursor.name();
  cursor.end();
  if (name === null) return 'CREATE SCHEMA';
  if (name.startsWith('pg_') || name.includes('.') || (reserved.has(name) && !ifNotExists))
    throw denied(`unacceptable schema name "${name}"`);
  const { changes } = connection.run('INSERT OR IGNORE INTO main._koyalite_schemas (name) VALUES (?)', name);
  if (changes === 0 && !ifNotExists) throw new SqlError({ sqlstate: '42P06', message: `schema "${name}" already exists` });
  return 'CREATE SCHEMA';
};

/** OWNER TO means nothing here; a new name would have to be followed in every stored policy and function. */
export const alterSchema: StatementHandler = ({ connection }, cursor) => {
  const name = cursor.name();
  if (connection.get('SELECT 1 FROM main._koyalite_schemas WHERE name = ?', name) === undefined) throw undefinedSchema(name);
  if (cursor.at('rename'))
    throw unsupported('ALTER SCHEMA … RENAME TO', 'Make a schema of the new name and move each table: ALTER TABLE … SET SCHEMA.');
  cursor.expect('owner', 'to');
  cursor.name();
  cursor.end();
  return 'ALTER SCHEMA';
};

export const dropSchema: StatementHandler = ({ connection }, cursor) => {
  const ifExists = cursor.accept('if', 'exists');
  const names = [cursor.name()];
  while (cursor.accept(',')) names.push(cursor.name());
  const cascade = cursor.accept('cascade');
  if (!cascade) cursor.accept('restrict');
  cursor.end();
  for (const name of names) {
    if (name === 'public' || systemSchemas.has(name)) throw denied(`must be owner of schema ${name}`);
    if (connection.get('SELECT 1 FROM main._koyalite_schemas WHERE name = ?', name) === undefined) {
      if (ifExists) continue;
      throw undefinedSchema(name);
    }
    const relations = listRelations(connection).filter((relation) => relation.schema === name);
    const functions = connection.all('SELECT name FROM main._koyalite_functions WHERE schema_name = ?', name);
    const enums = connection.all('SELECT name FROM main._koyalite_enums WHERE schema_name = ?', name);
    const content = [
      ...relations.map((relation) => `${relation.kind === 'view' ? 'view' : 'table'} ${name}.${relation.name}`),
      ...functions.map((row) => `function ${name}.${row.name}`),
      ...enums.map((row) => `type ${name}.${row.name}`),
    ];
    if (content.length > 0 && !cascade) throw dependentObjects(`schema ${name}`, content);
    dropRelations(connection, relations, true);
    connection.run('DELETE FROM main._koyalite_functions WHERE schema_name = ?', name);
    connection.run('DELETE FROM main._koyalite_enums WHERE schema_name = ?', name);
    connection.run('DELETE FROM main._koyalite_domains WHERE schema_name = ?', name);
    connection.run('DELETE FROM main._koyalite_grants WHERE schema_name = ?', name);
    connection.run('DELETE FROM main._koyalite_schemas WHERE name = ?', name);
  }
  return 'DROP SCHEMA';
};
