/** EXECUTE on functions: everyone may, unless GRANT or REVOKE narrowed it. */

import type { Catalog, SqlFunction } from '#lib/engine/catalog/catalog.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

export function requireExecute(catalog: Catalog, fn: SqlFunction, role: string): void {
  if (fn.grants === null) return;
  const entry = catalog.roles.get(role);
  if (entry?.bypassRls) return;
  const roles = ['public', role, ...(entry?.memberOf ?? [])];
  if (roles.some((name) => fn.grants?.includes(name))) return;
  throw new SqlError({ sqlstate: '42501', message: `permission denied for function ${fn.name}` });
}
