/** What the operator's own statements need that SQLite has not: functions made with CREATE FUNCTION, and views it cannot hold. */

import { inlineFunctions } from '#lib/engine/catalog/inline-functions.ts';
import { loadCatalog, toInlineContext } from '#lib/engine/catalog/load-catalog.ts';
import type { CachingConnection } from '#lib/engine/connection.ts';
import { guardSql } from '#lib/engine/policies/guard-sql.ts';
import { readRelations } from '#lib/engine/sql/read-relations.ts';
import { referencedNames } from '#lib/engine/sql/referenced-names.ts';

/** The statement with their bodies in place; most statements name none and come back as they are. */
export function expandForOperator(connection: CachingConnection, sql: string, reads: boolean): string {
  const functions = connection.all('SELECT DISTINCT name FROM main._koyalite_functions');
  const views = connection.all('SELECT stored_name FROM main._koyalite_tables WHERE definition IS NOT NULL');
  if (functions.length === 0 && views.length === 0) return sql;
  const names = referencedNames(sql);
  const callsFunction = functions.some((row) => names.has(String(row.name).toLowerCase()));
  const relations = readRelations(sql);
  const readsView = views.some((row) => relations.has(String(row.stored_name).toLowerCase()));
  if (!callsFunction && !readsView) return sql;
  const catalog = loadCatalog(connection);
  // The service role passes every policy, as the operator does; the walls only bring the views' definitions.
  if (reads && readsView) return guardSql(catalog, 'service_role', sql);
  return inlineFunctions(sql, toInlineContext(catalog.tables, catalog.functions));
}
