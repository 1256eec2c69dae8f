/** Roles, and what they were granted. */

import { z } from 'zod';
import type { Grant, Role } from '#lib/engine/catalog/catalog.ts';
import type { CachingConnection } from '#lib/engine/connection.ts';

export function loadRoles(connection: CachingConnection): Map<string, Role> {
  const members = connection.all('SELECT role, member FROM main._koyalite_role_members');
  const direct = (name: string) => members.filter((row) => row.member === name).map((row) => String(row.role));
  const roles = new Map<string, Role>();
  for (const row of connection.all('SELECT name, bypass_rls FROM main._koyalite_roles_db')) {
    const name = String(row.name);
    roles.set(name, { name, bypassRls: row.bypass_rls === 1, memberOf: closure(name, direct) });
  }
  return roles;
}

function closure(name: string, direct: (name: string) => string[]): string[] {
  const reached = new Set<string>();
  const pending = direct(name);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    pending.push(...direct(next));
  }
  return [...reached];
}

const grantSchema = z.object({
  schema_name: z.string(),
  object_name: z.string(),
  grantee: z.string(),
  privilege: z.enum(['select', 'insert', 'update', 'delete', 'none']),
  column_name: z.string(),
});

/** By table key. A `none` row only marks a table whose grants were edited down to nothing. */
export function loadGrants(connection: CachingConnection): Map<string, Grant[]> {
  const grants = new Map<string, Grant[]>();
  const columns = new Map<string, string[]>();
  for (const raw of connection.all(`SELECT * FROM main._koyalite_grants WHERE object_kind = 'table'`)) {
    const parsed = grantSchema.safeParse(raw);
    if (!parsed.success) continue;
    const row = parsed.data;
    const table = `${row.schema_name}.${row.object_name}`;
    const list = grants.get(table) ?? [];
    grants.set(table, list);
    if (row.privilege === 'none') continue;
    if (row.column_name === '') {
      list.push({ role: row.grantee, table, privilege: row.privilege, columns: null });
      continue;
    }
    const id = `${table}\n${row.grantee}\n${row.privilege}`;
    const known = columns.get(id);
    if (known !== undefined) {
      known.push(row.column_name);
      continue;
    }
    const made = [row.column_name];
    columns.set(id, made);
    list.push({ role: row.grantee, table, privilege: row.privilege, columns: made });
  }
  return grants;
}
