/** Roles and permissions an app defines, and who has which. They take effect with a user's next token. */

import type { Actor } from '#lib/control/actor.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import { readEndUser } from '#lib/control/end-users.ts';
import { openEnvironment } from '#lib/control/environment-access.ts';
import { changeRecorded } from '#lib/control/recorded-change.ts';
import type { Connection } from '#lib/engine/database.ts';
import { Problem } from '#lib/http/problem.ts';

export interface AppRole {
  name: string;
  description: string | null;
  permissions: string[];
  users: number;
}

export async function listAppRoles(context: ControlContext, actor: Actor, ref: string): Promise<AppRole[]> {
  const { database } = await openEnvironment(context, actor, ref, 'viewer');
  return database.read((connection) =>
    connection.all('SELECT name FROM _koyalite_roles ORDER BY name').map((row) => readRole(connection, String(row.name))),
  );
}

export interface AppRoleChange {
  description?: string | null | undefined;
  /** All of them, in place of what was. */
  permissions?: readonly string[] | undefined;
}

/** Makes the role or changes it. Needs the role admin, as everything below. */
export async function putAppRole(
  context: ControlContext,
  actor: Actor,
  ref: string,
  name: string,
  change: AppRoleChange,
): Promise<AppRole> {
  const opened = await openEnvironment(context, actor, ref, 'admin');
  const recorded = { action: 'app_role.put', subject: name, detail: { ...change }, state: stateOfRole(name) };
  return changeRecorded(context, actor, opened, recorded, (connection) => {
    const at = new Date().toISOString();
    connection.run('INSERT INTO _koyalite_roles(name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING', name, at);
    if (change.description !== undefined)
      connection.run('UPDATE _koyalite_roles SET description = ? WHERE name = ?', change.description, name);
    if (change.permissions !== undefined) {
      connection.run('DELETE FROM _koyalite_role_permissions WHERE role = ?', name);
      const sql = 'INSERT INTO _koyalite_role_permissions(role, permission) SELECT DISTINCT ?, value FROM json_each(?)';
      connection.run(sql, name, JSON.stringify(change.permissions));
    }
    return readRole(connection, name);
  });
}

/** Takes it from everybody who has it. */
export async function deleteAppRole(context: ControlContext, actor: Actor, ref: string, name: string): Promise<void> {
  const opened = await openEnvironment(context, actor, ref, 'admin');
  opened.database.read((connection) => readRole(connection, name));
  const recorded = { action: 'app_role.delete', subject: name, state: stateOfRole(name) };
  await changeRecorded(context, actor, opened, recorded, (connection) =>
    connection.run('DELETE FROM _koyalite_roles WHERE name = ?', name),
  );
}

export async function listUserRoles(context: ControlContext, actor: Actor, ref: string, userId: string): Promise<string[]> {
  const { database } = await openEnvironment(context, actor, ref, 'developer');
  return database.read((connection) => readUserRoles(connection, readEndUser(connection, userId).id));
}

/** Gives a user these roles and no others. 404 for a role there is not. */
export async function setUserRoles(
  context: ControlContext,
  actor: Actor,
  ref: string,
  userId: string,
  wanted: readonly string[],
): Promise<string[]> {
  const opened = await openEnvironment(context, actor, ref, 'admin');
  const user = opened.database.read((connection) => {
    for (const name of wanted) readRole(connection, name);
    return readEndUser(connection, userId);
  });
  const recorded = {
    action: 'app_role.assign',
    subject: user.id,
    detail: { roles: wanted },
    state: (connection: Connection) => ({ roles: readUserRoles(connection, user.id) }),
  };
  return changeRecorded(context, actor, opened, recorded, (connection) => {
    connection.run('DELETE FROM _koyalite_user_roles WHERE user_id = ?', user.id);
    const sql = 'INSERT INTO _koyalite_user_roles(user_id, role, created_at) SELECT DISTINCT ?, value, ? FROM json_each(?)';
    connection.run(sql, user.id, new Date().toISOString(), JSON.stringify(wanted));
    return readUserRoles(connection, user.id);
  });
}

/** A role as the record compares it; null while there is none. */
function stateOfRole(name: string): (connection: Connection) => { description: string | null; permissions: string[] } | null {
  return (connection) => {
    if (connection.value('SELECT 1 FROM _koyalite_roles WHERE name = ?', name) === undefined) return null;
    const { description, permissions } = readRole(connection, name);
    return { description, permissions };
  };
}

function readRole(connection: Connection, name: string): AppRole {
  const row = connection.get('SELECT * FROM _koyalite_roles WHERE name = ?', name);
  if (row === undefined) throw new Problem({ status: 404, code: 'role_not_found', message: `There is no role "${name}".` });
  const sql = 'SELECT permission FROM _koyalite_role_permissions WHERE role = ? ORDER BY permission';
  return {
    name,
    description: typeof row.description === 'string' ? row.description : null,
    permissions: connection.all(sql, name).map(({ permission }) => String(permission)),
    users: Number(connection.value('SELECT count(*) FROM _koyalite_user_roles WHERE role = ?', name)),
  };
}

function readUserRoles(connection: Connection, userId: string): string[] {
  const sql = 'SELECT role FROM _koyalite_user_roles WHERE user_id = ? ORDER BY role';
  return connection.all(sql, userId).map(({ role }) => String(role));
}
