/** GRANTs: whether a role may use a relation at all, and which of its columns. Row-level security comes after. */

import type { Catalog, Privilege, Table } from '#lib/engine/catalog/catalog.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

/** Roles that have every privilege on a table nobody ran GRANT or REVOKE on. */
const defaultGrantees = new Set(['anon', 'authenticated', 'service_role']);

/** Throws 42501 unless the role may do this to all of these columns. */
export function requirePrivilege(
  catalog: Catalog,
  table: Table,
  role: string,
  privilege: Privilege,
  columns: Iterable<string>,
): void {
  const allowed = columnsFor(catalog, table, role, privilege);
  if (allowed === 'all') return;
  const missing = allowed === 'none' ? true : [...columns].some((column) => !allowed.has(column));
  if (!missing) return;
  const kind = table.kind === 'view' ? 'view' : 'table';
  throw new SqlError({
    sqlstate: '42501',
    message: `permission denied for ${kind} ${table.name}`,
    hint: `Grant the privilege: GRANT ${privilege.toUpperCase()} ON ${table.key} TO ${role};`,
  });
}

/** The columns a role may use: all, none, or a set. */
export function columnsFor(catalog: Catalog, table: Table, role: string, privilege: Privilege): 'all' | 'none' | Set<string> {
  const roles = new Set(['public', role, ...(catalog.roles.get(role)?.memberOf ?? [])]);
  const grants = catalog.grants.get(table.key);
  if (catalog.roles.get(role)?.bypassRls) return 'all';
  // Writing through a view with its owner's rights passes by the policies of its table: it takes a grant of its own.
  if (grants === undefined && privilege !== 'select' && table.view?.securityInvoker === false) return 'none';
  if (grants === undefined)
    return table.schema !== 'auth' && [...roles].some((name) => defaultGrantees.has(name)) ? 'all' : 'none';
  const columns = new Set<string>();
  for (const grant of grants) {
    if (grant.privilege !== privilege || !roles.has(grant.role)) continue;
    if (grant.columns === null) return 'all';
    for (const column of grant.columns) columns.add(column);
  }
  return columns.size === 0 ? 'none' : columns;
}
