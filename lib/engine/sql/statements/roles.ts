/** CREATE, ALTER and DROP ROLE. */

import { requireRole } from '#lib/engine/sql/schema-facts.ts';
import type { StatementHandler } from '#lib/engine/sql/script.ts';
import { denied, duplicateObject, undefinedObject } from '#lib/engine/sql/sql-problems.ts';

const builtIn = new Set(['anon', 'authenticated', 'service_role', 'postgres', 'public', 'authenticator', 'supabase_admin']);

export const createRole: StatementHandler = ({ connection }, cursor) => {
  const ifNotExists = cursor.accept('if', 'not', 'exists');
  const name = cursor.name();
  let bypass = 0;
  const memberOf: string[] = [];
  while (!cursor.done) {
    if (cursor.accept('bypassrls')) bypass = 1;
    else if (cursor.accept('in', 'role') || cursor.accept('in', 'group')) {
      do memberOf.push(cursor.name());
      while (cursor.accept(','));
    } else cursor.next();
  }
  if (builtIn.has(name) || connection.get('SELECT 1 FROM main._koyalite_roles_db WHERE name = ?', name) !== undefined) {
    if (ifNotExists) return 'CREATE ROLE';
    throw duplicateObject('role', name);
  }
  if (/^(?:pg_|_koyalite)/.test(name)) throw denied(`role name "${name}" is reserved`);
  connection.run('INSERT INTO main._koyalite_roles_db (name, bypass_rls) VALUES (?, ?)', name, bypass);
  for (const role of memberOf) {
    requireRole(connection, role);
    connection.run('INSERT OR IGNORE INTO main._koyalite_role_members (role, member) VALUES (?, ?)', role, name);
  }
  return 'CREATE ROLE';
};

/** BYPASSRLS counts; passwords, limits and settings have no meaning here. */
export const alterRole: StatementHandler = ({ connection }, cursor) => {
  const name = cursor.name();
  const words = cursor.rest().toLowerCase().split(/\s+/);
  if (builtIn.has(name)) return 'ALTER ROLE';
  requireRole(connection, name);
  if (words.includes('bypassrls')) connection.run('UPDATE main._koyalite_roles_db SET bypass_rls = 1 WHERE name = ?', name);
  if (words.includes('nobypassrls')) connection.run('UPDATE main._koyalite_roles_db SET bypass_rls = 0 WHERE name = ?', name);
  return 'ALTER ROLE';
};

export const dropRole: StatementHandler = ({ connection }, cursor) => {
  const ifExists = cursor.accept('if', 'exists');
  const names = [cursor.name()];
  while (cursor.accept(',')) names.push(cursor.name());
  cursor.end();
  for (const name of names) {
    if (builtIn.has(name)) throw denied(`cannot drop role ${name} because it is required by the database system`);
    if (connection.run('DELETE FROM main._koyalite_roles_db WHERE name = ?', name).changes === 0) {
      if (ifExists) continue;
      throw undefinedObject('role', name);
    }
    connection.run('DELETE FROM main._koyalite_role_members WHERE role = ? OR member = ?', name, name);
    connection.run('DELETE FROM main._koyalite_grants WHERE grantee = ?', name);
  }
  return 'DROP ROLE';
};
