/** What is in the file now, read for one statement: relations, enums, schemas, roles. */

import { z } from 'zod';
import { fromStoredName } from '#lib/engine/catalog/stored-names.ts';
import type { CachingConnection } from '#lib/engine/connection.ts';
import type { QualifiedName } from '#lib/engine/sql/cursor.ts';
import { parseCreateTable } from '#lib/engine/sql/parse-create-table.ts';
import { denied, undefinedObject, undefinedSchema, undefinedTable } from '#lib/engine/sql/sql-problems.ts';
import { systemSchemas, toStoredName } from '#lib/engine/sql/stored-name.ts';
import type { TableDefinition } from '#lib/engine/sql/table-definition.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

export interface Relation extends QualifiedName {
  readonly stored: string;
  readonly kind: 'table' | 'view' | 'virtual';
  readonly sql: string;
}

/** Case matters less than in PostgreSQL: SQLite knows one table per spelling, so an exact match only wins over another case. */
export function findRelation(connection: CachingConnection, name: QualifiedName): Relation | null {
  const row = connection.get(
    `SELECT name, type, sql FROM main.sqlite_schema WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE ORDER BY name = ? DESC LIMIT 1`,
    toStoredName(name.schema, name.name),
    toStoredName(name.schema, name.name),
  );
  return row === undefined ? null : toRelation(row.name, row.type, row.sql, name.schema);
}

function toRelation(stored: unknown, type: unknown, sql: unknown, schema: string): Relation {
  const text = String(sql);
  const place = fromStoredName(String(stored), [schema]) ?? { schema, name: String(stored) };
  const kind = type === 'view' ? 'view' : /^create\s+virtual/i.test(text) ? 'virtual' : 'table';
  return { ...place, stored: String(stored), kind, sql: text };
}

/** Throws 42P01. */
export function getRelation(connection: CachingConnection, name: QualifiedName): Relation {
  const relation = findRelation(connection, name);
  if (relation === null) throw undefinedTable(name.schema === 'public' ? name.name : `${name.schema}.${name.name}`);
  return relation;
}

/** A table whose shape a person may change: not a view, not one of the system's. */
export function getOwnTable(connection: CachingConnection, name: QualifiedName): Relation {
  const relation = getRelation(connection, name);
  requireOwned(relation);
  return relation;
}

export function requireOwned(name: QualifiedName): void {
  if (systemSchemas.has(name.schema)) throw denied(`must be owner of table ${name.name}`);
}

/** Every relation of the person's own, in order of creation. */
export function listRelations(connection: CachingConnection): Relation[] {
  const schemas = listSchemas(connection);
  return connection
    .all(`SELECT name, type, sql FROM main.sqlite_schema WHERE type IN ('table', 'view') ORDER BY rowid`)
    .flatMap((row) => {
      const place = fromStoredName(String(row.name), schemas);
      return place === null || systemSchemas.has(place.schema) ? [] : [toRelation(row.name, row.type, row.sql, place.schema)];
    });
}

export function listSchemas(connection: CachingConnection): string[] {
  return connection.all('SELECT name FROM main._koyalite_schemas').map((row) => String(row.name));
}

/** Throws 3F000 for an unknown schema and 42501 for a system one. */
export function requireSchema(connection: CachingConnection, schema: string): void {
  if (systemSchemas.has(schema)) throw denied(`permission denied for schema ${schema}`);
  if (connection.get('SELECT 1 FROM main._koyalite_schemas WHERE name = ?', schema) === undefined) throw undefinedSchema(schema);
}

/** Throws what `requireSchema` does, and 42602 for a name whose dot would be read as a schema's. */
export function requireNewName(connection: CachingConnection, name: QualifiedName): void {
  requireSchema(connection, name.schema);
  if (name.name === '' || /[.~]/.test(name.name)) {
    throw new SqlError({
      sqlstate: '42602',
      message: `invalid name "${name.name}"`,
      hint: 'Names of relations contain no dot and no tilde.',
    });
  }
}

const labelsSchema = z.array(z.string());

/** Labels by `name` in public and by `schema.name` elsewhere. */
export function readEnums(connection: CachingConnection): Map<string, readonly string[]> {
  return new Map(
    connection
      .all('SELECT schema_name, name, labels FROM main._koyalite_enums')
      .map((row) => [
        row.schema_name === 'public' ? String(row.name) : `${row.schema_name}.${row.name}`,
        labelsSchema.parse(JSON.parse(String(row.labels))),
      ]),
  );
}

/** Throws 42704 for a role nobody made. */
export function requireRole(connection: CachingConnection, role: string): void {
  if (role === 'public' || role === 'postgres') return;
  if (connection.get('SELECT 1 FROM main._koyalite_roles_db WHERE name = ?', role) === undefined)
    throw undefinedObject('role', role);
}

export function toDefinition(relation: Relation): TableDefinition {
  return parseCreateTable(relation.sql);
}

/** Every change of the schema, of policies, grants and functions ends here. */
export function bumpCatalog(connection: CachingConnection): void {
  connection.run('UPDATE main._koyalite_catalog_version SET version = version + 1 WHERE id = 1');
}
