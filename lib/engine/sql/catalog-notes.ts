/** The rows beside the schema: what SQLite has no place for, kept in step with its tables. */

import type { CachingConnection } from '#lib/engine/connection.ts';
import type { QualifiedName } from '#lib/engine/sql/cursor.ts';
import { replaceTableName } from '#lib/engine/sql/rename-in-sql.ts';

export interface ColumnNote {
  readonly type: string;
  readonly default: string | null;
  /** `always` or `by default` of an identity column. */
  readonly identity?: string | null;
  /** The domain it was declared with, `schema.name` outside public. */
  readonly domain?: string | null;
}

/** Tables with a schema and a table name; `name` is their column for it. */
const byTable = [
  ['_koyalite_tables', 'name'],
  ['_koyalite_columns', 'table_name'],
  ['_koyalite_rls_policies', 'table_name'],
] as const;

export function noteRelation(
  connection: CachingConnection,
  name: QualifiedName,
  stored: string,
  kind: string,
  more: { securityInvoker?: boolean; checkOption?: boolean; definition?: string | null } = {},
): void {
  connection.run(
    `INSERT INTO main._koyalite_tables (schema_name, name, stored_name, kind, security_invoker, check_option, definition) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET stored_name = excluded.stored_name, kind = excluded.kind, security_invoker = excluded.security_invoker,
       check_option = excluded.check_option, definition = excluded.definition`,
    name.schema,
    name.name,
    stored,
    kind,
    more.securityInvoker === false ? 0 : 1,
    more.checkOption === true ? 1 : 0,
    more.definition ?? null,
  );
}

export function noteColumn(
  connection: CachingConnection,
  table: QualifiedName,
  column: string,
  position: number,
  note: ColumnNote,
): void {
  connection.run(
    `INSERT INTO main._koyalite_columns (schema_name, table_name, name, position, type, default_sql, identity, domain) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET position = excluded.position, type = excluded.type, default_sql = excluded.default_sql,
       identity = excluded.identity, domain = excluded.domain`,
    table.schema,
    table.name,
    column,
    position,
    note.type,
    note.default,
    note.identity ?? null,
    note.domain ?? null,
  );
}

/** Sets one field of a column's row, making the row when a table came from elsewhere. */
export function setColumnNote(
  connection: CachingConnection,
  table: QualifiedName,
  column: string,
  field: 'type' | 'default_sql' | 'comment' | 'identity' | 'domain',
  value: string | null,
): void {
  connection.run(
    `INSERT INTO main._koyalite_columns (schema_name, table_name, name, ${field}) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET ${field} = excluded.${field}`,
    table.schema,
    table.name,
    column,
    value,
  );
}

export function forgetRelation(connection: CachingConnection, name: QualifiedName): void {
  for (const [table, column] of byTable)
    connection.run(`DELETE FROM main.${table} WHERE schema_name = ? AND ${column} = ?`, name.schema, name.name);
  connection.run(
    `DELETE FROM main._koyalite_grants WHERE object_kind = 'table' AND schema_name = ? AND object_name = ?`,
    name.schema,
    name.name,
  );
}

export function forgetColumn(connection: CachingConnection, table: QualifiedName, column: string): void {
  connection.run(
    'DELETE FROM main._koyalite_columns WHERE schema_name = ? AND table_name = ? AND name = ?',
    table.schema,
    table.name,
    column,
  );
  connection.run(
    `DELETE FROM main._koyalite_grants WHERE object_kind = 'table' AND schema_name = ? AND object_name = ? AND column_name = ?`,
    table.schema,
    table.name,
    column,
  );
}

/** Follows a relation to its new schema or name: its own notes, and the policies and views that name it. */
export function renameRelationNotes(connection: CachingConnection, from: QualifiedName, to: QualifiedName, stored: string): void {
  for (const [table, column] of byTable) {
    connection.run(
      `UPDATE main.${table} SET schema_name = ?, ${column} = ? WHERE schema_name = ? AND ${column} = ?`,
      to.schema,
      to.name,
      from.schema,
      from.name,
    );
  }
  connection.run(
    'UPDATE main._koyalite_tables SET stored_name = ? WHERE schema_name = ? AND name = ?',
    stored,
    to.schema,
    to.name,
  );
  connection.run(
    `UPDATE main._koyalite_grants SET schema_name = ?, object_name = ? WHERE object_kind = 'table' AND schema_name = ? AND object_name = ?`,
    to.schema,
    to.name,
    from.schema,
    from.name,
  );
  rewriteStoredSql(connection, (sql) => replaceTableName(sql, from, to));
}

/** Applies `change` to every policy expression and view definition. */
export function rewriteStoredSql(
  connection: CachingConnection,
  change: (sql: string, policyOf: QualifiedName | null) => string,
): void {
  for (const row of connection.all(
    'SELECT schema_name, table_name, name, using_sql, check_sql FROM main._koyalite_rls_policies',
  )) {
    const table = { schema: String(row.schema_name), name: String(row.table_name) };
    const next = [row.using_sql, row.check_sql].map((sql) => (typeof sql === 'string' ? change(sql, table) : null));
    connection.run(
      'UPDATE main._koyalite_rls_policies SET using_sql = ?, check_sql = ? WHERE schema_name = ? AND table_name = ? AND name = ?',
      next[0] ?? null,
      next[1] ?? null,
      table.schema,
      table.name,
      String(row.name),
    );
  }
  for (const row of connection.all(
    'SELECT schema_name, name, definition FROM main._koyalite_tables WHERE definition IS NOT NULL',
  )) {
    connection.run(
      'UPDATE main._koyalite_tables SET definition = ? WHERE schema_name = ? AND name = ?',
      change(String(row.definition), null),
      String(row.schema_name),
      String(row.name),
    );
  }
}
