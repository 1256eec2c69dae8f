/** Reads an environment's whole schema from its file into one frozen catalog. */

import type { Catalog, SqlFunction, Table, View } from '#lib/engine/catalog/catalog.ts';
import { readCatalogVersion } from '#lib/engine/catalog/catalog-version.ts';
import { findRelationships } from '#lib/engine/catalog/find-relationships.ts';
import { type InlineContext, inlineFunctions } from '#lib/engine/catalog/inline-functions.ts';
import { loadFunctions } from '#lib/engine/catalog/load-functions.ts';
import { loadGrants, loadRoles } from '#lib/engine/catalog/load-roles.ts';
import { loadTables } from '#lib/engine/catalog/load-tables.ts';
import { loadViews } from '#lib/engine/catalog/load-views.ts';
import type { CachingConnection } from '#lib/engine/connection.ts';
import { atOnce } from '#lib/engine/run/in-steps.ts';
import { readLongNumerics } from '#lib/engine/sql/long-numerics.ts';
import { remember } from '#lib/remember.ts';

const counter = remember('catalog-counter', () => ({ next: 1 }));

/** How often a change in the middle may make it start anew. */
const attempts = 5;

/** In one tick and of one state of the file. */
export function loadCatalog(connection: CachingConnection): Catalog {
  const version = () => readCatalogVersion(connection);
  if (connection.handle.inTransaction) return atOnce(load(connection, version()));
  connection.run('BEGIN');
  try {
    return atOnce(load(connection, version()));
  } finally {
    connection.run('COMMIT');
  }
}

/** With pauses, in which the schema may change: then what was read so far is of no use. */
export function* loadCatalogInSteps(connection: CachingConnection): Generator<void, Catalog> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const version = readCatalogVersion(connection);
    const catalog = yield* load(connection, version);
    if (readCatalogVersion(connection) === version) return catalog;
  }
  return loadCatalog(connection);
}

function* load(connection: CachingConnection, fileVersion: string): Generator<void, Catalog> {
  const enums = loadEnums(connection);
  const schemas = connection.all('SELECT name FROM main._koyalite_schemas ORDER BY name').map((row) => String(row.name));
  const longNumerics = readLongNumerics(connection);
  const tables = new Map<string, Table>();
  for (const table of yield* loadTables(connection, schemas, enums, longNumerics)) tables.set(table.key, table);
  for (const view of yield* loadViews(connection, schemas, enums, tables, longNumerics)) tables.set(view.key, view);
  const functions = loadFunctions(connection, enums, tables, longNumerics);
  yield;
  yield* inlineEverywhere(tables, functions);
  const relationships = findRelationships(tables);
  yield;
  return Object.freeze({
    version: counter.next++,
    fileVersion,
    schemas,
    tables,
    enums,
    relationships,
    functions,
    roles: loadRoles(connection),
    grants: loadGrants(connection),
  });
}

/** Policies, views and defaults may call SQL functions; from here on they hold plain SQL. */
function* inlineEverywhere(tables: Map<string, Table>, functions: ReadonlyMap<string, readonly SqlFunction[]>): Generator<void> {
  if (functions.size === 0) return;
  const context = toInlineContext(tables, functions);
  // One function that cannot be inlined must not take the whole environment down: what calls it fails when it is used.
  const inline = (sql: string, otherwise: string): string => {
    try {
      return inlineFunctions(sql, context);
    } catch {
      return otherwise;
    }
  };
  /** A policy that cannot be read admits nothing. */
  const inlinePolicy = (sql: string | null) => (sql === null ? null : inline(sql, '0'));
  for (const [key, table] of tables) {
    yield;
    const columns = table.columns.map((column) => ({
      ...column,
      defaultSql: column.defaultSql === null ? null : inline(column.defaultSql, column.defaultSql),
    }));
    tables.set(key, {
      ...table,
      columns,
      columnsByName: new Map(columns.map((column) => [column.name, column])),
      policies: table.policies.map((policy) => ({
        ...policy,
        usingSql: inlinePolicy(policy.usingSql),
        checkSql: inlinePolicy(policy.checkSql),
      })),
      view: table.view === null ? null : inlineView(table.view, inline),
    });
  }
}

function inlineView(view: View, inline: (sql: string, otherwise: string) => string): View {
  const { sql, through } = view;
  if (through === null) return { ...view, sql: inline(sql, sql) };
  const { rows, where } = through;
  const inlined = { ...through, rows: inline(rows, rows), where: where === null ? null : inline(where, where) };
  return { ...view, sql: inline(sql, sql), through: inlined };
}

export function toInlineContext(
  tables: ReadonlyMap<string, Table>,
  functions: ReadonlyMap<string, readonly SqlFunction[]>,
): InlineContext {
  return {
    find: (name) => functions.get(name.includes('.') ? name : `public.${name}`),
    stored: new Set([...tables.values()].map((table) => table.stored.toLowerCase())),
  };
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
