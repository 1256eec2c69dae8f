/** What an environment file says its schema is: two connections that read the same words have the same catalog. */

import type { Connection } from '#lib/engine/database.ts';

/** Moves with every change of schema, policy, grant or function. */
export function readCatalogVersion(connection: Connection): string {
  return `${connection.value('PRAGMA schema_version')}.${connection.value('SELECT version FROM main._koyalite_catalog_version')}`;
}
