/** Reads an environment's whole schema from its file into one frozen catalog. */

import type { Catalog, Table } from '#lib/engine/catalog/catalog.ts';
import { findRelationships } from '#lib/engine/catalog/find-relationships.ts';
import { loadFunctions } from '#lib/engine/catalog/load-functions.ts';
import { loadGrants, loadRoles } from '#lib/engine/catalog/load-roles.ts';
import { loadTables } from '#lib/engine/catalog/load-tables.ts';
import { loadViews } from '#lib/engine/catalog/load-views.ts';
import type { CachingConnection } from '#lib/engine/connection.ts';
import { remember } from '#lib/remember.ts';

const counter = remember('catalog-counter', () => ({ next: 1 }));

export function loadCatalog(connection: CachingConnection): Catalog {
  const enums = loadEnums(connection);
  const schemas = connection.all('SELECT name FROM main._koyalite_schemas ORDER BY name').map((row) => String(row.name));
  const tables = new Map<string, Table>();
  for (const table of loadTables(connection, schemas, enums)) tables.set(table.key, table);
  for (const view of loadViews(connection, schemas, enums, tables)) tables.set(view.key, view);
  const functions = loadFunctions(connection, enums, tables);
  return Object.freeze({
    version: counter.next++,
    schemas,
    tables,
    enums,
    relationships: findRelationships(tables),
    functions,
    roles: loadRoles(connection),
    grants: loadGrants(connection),
  });
}

/** Labels by the type's bare name, and by `schema.name` for those outside `public`. */
function loadEnums(connection: CachingConnection): ReadonlyMap<string, readonly string[]> {
  const enums = new Map<string, readonly string[]>();
  for (const row of connection.all('SELECT schema_name, name, labels FROM main._koyalite_enums')) {
    const labels: unknown = JSON.parse(String(row.labels));
    if (!Array.isArray(labels)) continue;
    const name = row.schema_name === 'public' ? String(row.name) : `${row.schema_name}.${row.name}`;
    enums.set(name, Object.freeze(labels.map(String)));
  }
  return enums;
}
