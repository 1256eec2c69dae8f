/** Foreign keys checked against the table they point at, as PostgreSQL does when one is made. */

import type { CachingConnection } from '#lib/engine/connection.ts';
import { parseCreateTable } from '#lib/engine/sql/parse-create-table.ts';
import { undefinedColumn, undefinedTable } from '#lib/engine/sql/sql-problems.ts';
import type { TableDefinition } from '#lib/engine/sql/table-definition.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

/** Names the referenced columns where only the table was named. Throws 42P01, 42703, 42830. `definition.name` is the stored name. */
export function resolveReferences(connection: CachingConnection, definition: TableDefinition): TableDefinition {
  const constraints = definition.constraints.map((constraint) => {
    const reference = constraint.references;
    if (reference === null) return constraint;
    const target =
      reference.table.toLowerCase() === definition.name.toLowerCase() ? definition : findDefinition(connection, reference.table);
    if (target === null) throw undefinedTable(reference.table.replace(/^_koyalite_/, ''));
    const key = target.constraints.find((other) => other.kind === 'primary key');
    const columns = reference.columns.length > 0 ? reference.columns : (key?.columns ?? []);
    if (columns.length === 0)
      throw new SqlError({ sqlstate: '42704', message: `there is no primary key for referenced table "${target.name}"` });
    if (columns.length !== constraint.columns.length) {
      throw new SqlError({ sqlstate: '42830', message: 'number of referencing and referenced columns for foreign key disagree' });
    }
    for (const column of columns) {
      if (!target.columns.some((other) => same(other.name, column))) throw undefinedColumn(column, target.name);
    }
    if (!hasKey(connection, target, columns)) {
      throw new SqlError({
        sqlstate: '42830',
        message: `there is no unique constraint matching given keys for referenced table "${target.name}"`,
      });
    }
    return { ...constraint, references: { ...reference, table: target.name, columns } };
  });
  return { ...definition, constraints };
}

function findDefinition(connection: CachingConnection, stored: string): TableDefinition | null {
  const row = connection.get(`SELECT name, sql FROM main.sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE`, stored);
  return row === undefined ? null : { ...parseCreateTable(String(row.sql)), name: String(row.name) };
}

function hasKey(connection: CachingConnection, target: TableDefinition, columns: readonly string[]): boolean {
  const wanted = columns
    .map((column) => column.toLowerCase())
    .sort()
    .join('\n');
  const matches = (names: readonly string[]) =>
    names
      .map((name) => name.toLowerCase())
      .sort()
      .join('\n') === wanted;
  if (target.constraints.some((key) => (key.kind === 'primary key' || key.kind === 'unique') && matches(key.columns)))
    return true;
  const indexes = connection.all(`SELECT name FROM pragma_index_list(?) WHERE "unique" = 1 AND partial = 0`, target.name);
  return indexes.some((index) =>
    matches(connection.all('SELECT name FROM pragma_index_info(?)', String(index.name)).map((row) => String(row.name))),
  );
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
