/** What introspection found, written where SQL can read it: `_koyalite_tables` and `_koyalite_columns`. */

import type { Table } from '#lib/engine/catalog/catalog.ts';
import { loadCatalog } from '#lib/engine/catalog/load-catalog.ts';
import type { CachingConnection } from '#lib/engine/connection.ts';

/** Runs in the transaction that changed the schema. What people said about a relation (comments, defaults, RLS) stays. */
export function mirrorCatalog(connection: CachingConnection): void {
  const tables = [...loadCatalog(connection).tables.values()].filter((table) => !table.stored.startsWith('_koyalite_'));
  for (const table of tables) mirrorTable(connection, table);
  removeStale(connection, tables);
}

function mirrorTable(connection: CachingConnection, table: Table): void {
  connection.run(
    `INSERT INTO main._koyalite_tables (schema_name, name, stored_name, kind) VALUES (?, ?, ?, ?)
     ON CONFLICT (schema_name, name) DO UPDATE SET stored_name = excluded.stored_name, kind = excluded.kind`,
    table.schema,
    table.name,
    table.stored,
    table.kind,
  );
  for (const [index, column] of table.columns.entries()) {
    connection.run(
      `INSERT INTO main._koyalite_columns (schema_name, table_name, name, position, type, nullable) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (schema_name, table_name, name) DO UPDATE SET
         position = excluded.position, type = coalesce(type, excluded.type), nullable = excluded.nullable`,
      table.schema,
      table.name,
      column.name,
      BigInt(index + 1),
      column.type.name,
      column.nullable ? 1n : 0n,
    );
  }
}

/** Rows of relations and columns that are gone. */
function removeStale(connection: CachingConnection, tables: readonly Table[]): void {
  const columns = JSON.stringify(tables.flatMap((table) => table.columns.map((column) => `${table.key}.${column.name}`)));
  const names = JSON.stringify(tables.map((table) => table.key));
  connection.run(
    `DELETE FROM main._koyalite_columns WHERE schema_name || '.' || table_name || '.' || name NOT IN (SELECT value FROM json_each(?))
     AND schema_name NOT IN ('auth', 'storage', 'realtime')`,
    columns,
  );
  connection.run(
    `DELETE FROM main._koyalite_tables WHERE schema_name || '.' || name NOT IN (SELECT value FROM json_each(?))
     AND schema_name NOT IN ('auth', 'storage', 'realtime')`,
    names,
  );
}
