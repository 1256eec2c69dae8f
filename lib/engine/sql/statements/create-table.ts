/** CREATE TABLE and CREATE TABLE … AS. Row-level security is on for every new table. */

import type { CachingConnection } from '#lib/engine/connection.ts';
import { toBooleanColumns } from '#lib/engine/sql/boolean-columns.ts';
import { noteColumn, noteRelation } from '#lib/engine/sql/catalog-notes.ts';
import { nameConstraints } from '#lib/engine/sql/constraint-names.ts';
import { expandDomain, readDomains } from '#lib/engine/sql/domains.ts';
import { copyLikeExtras, expandLikes } from '#lib/engine/sql/like-table.ts';
import { type CreateTable, parseCreateTable } from '#lib/engine/sql/parse-create-table.ts';
import { toPhysicalTable } from '#lib/engine/sql/physical-table.ts';
import { quoteName } from '#lib/engine/sql/quote.ts';
import { renderCreateTable } from '#lib/engine/sql/render-create-table.ts';
import { resolveReferences } from '#lib/engine/sql/resolve-references.ts';
import { rewriteSql } from '#lib/engine/sql/rewrite-sql.ts';
import { findRelation, readEnums, requireNewName } from '#lib/engine/sql/schema-facts.ts';
import type { StatementHandler } from '#lib/engine/sql/script.ts';
import { duplicateTable, undefinedColumn } from '#lib/engine/sql/sql-problems.ts';
import { toStoredName } from '#lib/engine/sql/stored-name.ts';
import type { TableDefinition } from '#lib/engine/sql/table-definition.ts';
import { parseType } from '#lib/engine/types/declared-type.ts';

export const createTable: StatementHandler = ({ connection }, cursor, statement) => {
  const written = parseCreateTable(statement.tokens, { foldsCase: true });
  cursor.rest();
  requireNewName(connection, written);
  if (findRelation(connection, written) !== null) {
    if (written.ifNotExists) return 'CREATE TABLE';
    throw duplicateTable(written.name);
  }
  const enums = readEnums(connection);
  const source =
    written.query === null
      ? expandDomains(connection, expandLikes(connection, written))
      : { ...written, columns: toQueryColumns(connection, written.query, enums) };
  requireKnownColumns(source);
  const { definition, notes } = toPhysicalTable(source, enums);
  const stored = toStoredName(written.schema, written.name);
  connection.exec(renderCreateTable(stored, resolveReferences(connection, { ...definition, name: stored })));
  noteRelation(connection, written, stored, 'table');
  definition.columns.forEach((column, position) => {
    noteColumn(connection, written, column.name, position + 1, notes.get(column.name) ?? { type: '', default: null });
  });
  copyLikeExtras(connection, written, stored);
  if (written.query === null) return 'CREATE TABLE';
  const isBoolean = toBooleanColumns(connection).within(written.query);
  connection.exec(`INSERT INTO ${quoteName(stored)} ${rewriteSql(written.query, { enums, isBoolean })}`);
  return 'CREATE TABLE AS';
};

function expandDomains(connection: CachingConnection, table: CreateTable): CreateTable {
  const domains = readDomains(connection);
  if (domains.size === 0) return table;
  const expanded = table.columns.map((column) => expandDomain(domains, column));
  const checks = nameConstraints(
    table.name,
    expanded.flatMap((made) => made.checks),
    table.constraints.map((constraint) => constraint.name),
  );
  return { ...table, columns: expanded.map((made) => made.column), constraints: [...table.constraints, ...checks] };
}

/** Throws 42703 for a key over a column the table has not. */
export function requireKnownColumns(table: TableDefinition): void {
  const known = new Set(table.columns.map((column) => column.name.toLowerCase()));
  for (const constraint of table.constraints) {
    for (const column of constraint.columns) {
      if (!known.has(column.toLowerCase())) throw undefinedColumn(column, table.name);
    }
  }
}

/** Columns pass on the declared type of the table column they show; anything else is what SQLite finds in it. */
function toQueryColumns(
  connection: CachingConnection,
  query: string,
  enums: ReadonlyMap<string, readonly string[]>,
): TableDefinition['columns'] {
  const columns = connection.handle.prepare(rewriteSql(query, { enums })).columns();
  return columns.map((column) => ({
    name: column.name,
    typeText: column.type === null ? '' : parseType(column.type, enums).name,
    notNull: false,
    default: null,
    primaryKey: false,
    autoincrement: false,
    unique: false,
    check: [],
    references: null,
    generated: null,
    collate: null,
    identity: null,
  }));
}
