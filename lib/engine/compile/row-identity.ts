/** What names one row of a table inside a statement over that table. */

import type { Table } from '#lib/engine/catalog/catalog.ts';
import { quoteName } from '#lib/engine/plan/quote.ts';

/** The rowid, or the key as a JSON array for tables without one. */
export function identityOf(table: Table): string {
  if (!table.withoutRowid) return 'rowid';
  return `json_array(${(table.primaryKey?.columns ?? []).map(quoteName).join(', ')})`;
}
