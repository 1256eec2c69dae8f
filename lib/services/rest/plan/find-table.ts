/** The relation a URL names, in the negotiated schema. */

import type { Catalog, Table } from '#lib/engine/catalog/catalog.ts';
import { suggest } from '#lib/services/rest/plan/suggest.ts';
import { unknownTable } from '#lib/services/rest/respond/rest-error.ts';

/** Throws 404 PGRST205. */
export function getTable(catalog: Catalog, schema: string, name: string): Table {
  const table = catalog.tables.get(`${schema}.${name}`);
  if (table !== undefined) return table;
  const names = [...catalog.tables.values()].filter((item) => item.schema === schema).map((item) => item.name);
  throw unknownTable(schema, name, suggest(name, names));
}
