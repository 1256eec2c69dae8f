/** Roles and permissions an app defines, and who has which. They take effect with a user's next token. */

import type { Actor } from '#lib/control/actor.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import { auditAuth, readEndUser } from '#lib/control/end-users.ts';
import { openEnvironment } from '#lib/control/environment-access.ts';
import { changeRecorded } from '#lib/control/recorded-change.ts';
import type { UserState } from '#lib/engine/audit/user-state.ts';
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

export interface NewAppRole {
  name: string;
  description?: string | null | undefined;
  permissions: readonly string[];
}

/** 409 for a name that is taken. Needs the role admin, as every change below. */
export async function createAppRole(context: ControlContext, actor: Actor, ref: string, role: NewAppRole): Promise<AppRole> {
  const opened = await openEnvironment(context, actor, ref, 'admin');
  const { name, ...rest } = role;
  opened.database.read((connection) => refuseTaken(connection, name));
  const recorded = { action: 'app_role.create', subject: name, detail: rest, state: stateOfRole(name) };
  return changeRecorded(context, actor, opened, recorded, (connection) => {
    refuseTaken(connection, name);
    const at = new Date().toISOString();
    const sql = 'INSERT INTO _koyalite_roles(name, description, created_at) VALUES (?, ?, ?)';
    connection.run(sql, name, role.description ?? null, at);
    setPermissions(connection, name, role.permissions);
    return readRole(connection, name);
  });
}

export interface AppRoleChange {
  name?: string | undefined;
  description?: string | null | undefined;
  /** All of them, in place of what was. */
  permissions?: readonly string[] | undefined;
}

/** Whoever has a role that is renamed keeps it; policies that name it do not follow. */
export async function changeAppRole(
  context: ControlContext,
  actor: Actor,
  ref: string,
  name: string,
  change: AppRoleChange,
): Promise<AppRole> {
  const opened = await openEnvironment(context, actor, ref, 'admin');
  const to = change.name ?? name;
  const check = (connection: Connection) => {
    readRole(connection, name);
    if (to !== name) refuseTaken(connection, to);
  };
  opened.database.read(check);
  const recorded = { action: 'app_role.change', subject: name, detail: { ...change }, state: stateOfRole(name, to) };
  return changeRecorded(context, actor, opened, recorded, (connection) => {
    check(connection);
    if (change.description !== undefined)
      connection.run('UPDATE _koyalite_roles SET description = ? WHERE name = ?', change.description, name);
    if (change.permissions !== undefined) setPermissions(connection, name, change.permissions);
    // What refers to it follows: its foreign keys cascade.
    if (to !== name) connection.run('UPDATE _koyalite_roles SET name = ? WHERE name = ?', to, name);
    return readRole(connection, to);
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
    state: stateOfUser(user.id),
  };
  return changeRecorded(context, actor, opened, recorded, (connection) => {
    connection.run('DELETE FROM _koyalite_user_roles WHERE user_id = ?', user.id);
    const sql = 'INSERT INTO _koyalite_user_roles(user_id, role, created_at) SELECT DISTINCT ?, value, ? FROM json_each(?)';
    connection.run(sql, user.id, new Date().toISOString(), JSON.stringify(wanted));
    return readUserRoles(connection, user.id);
  });
}

export interface RoleHolder {
  id: string;
  email: string | null;
  phone: string | null;
  /** Since when. */
  since: string;
}

/** Who has a role, newest first. */
export async function listRoleHolders(
  context: ControlContext,
  actor: Actor,
  ref: string,
  name: string,
  { page, perPage }: { page: number; perPage: number },
): Promise<{ users: RoleHolder[]; total: number }> {
  const { access, database } = await openEnvironment(context, actor, ref, 'developer');
  if (access.project.hipaa) await auditAuth(context, actor, ref, access.project.ref, 'app_role.list_users', name, { page });
  return database.read((connection) => {
    const { users: total } = readRole(connection, name);
    const sql = `SELECT u.id, u.email, u.phone, r.created_at FROM _koyalite_user_roles r JOIN _koyalite_users u ON u.id = r.user_id
      WHERE r.role = ? ORDER BY r.created_at DESC, u.id LIMIT ? OFFSET ?`;
    const users = connection.all(sql, name, perPage, (page - 1) * perPage).map((row) => ({
      id: String(row.id),
      email: typeof row.email === 'string' ? row.email : null,
      phone: typeof row.phone === 'string' ? row.phone : null,
      since: String(row.created_at),
    }));
    return { users, total };
  });
}

/** Gives one user one role, or takes it: beside whatever somebody else changes of the user at the same time. */
export async function setRoleHolder(
  context: ControlContext,
  actor: Actor,
  ref: string,
  name: string,
  userId: string,
  holds: boolean,
): Promise<void> {
  const opened = await openEnvironment(context, actor, ref, 'admin');
  const user = opened.database.read((connection) => {
    readRole(connection, name);
    return readEndUser(connection, userId);
  });
  const recorded = {
    action: holds ? 'app_role.grant' : 'app_role.revoke',
    subject: user.id,
    detail: { role: name },
    state: stateOfUser(user.id),
  };
  await changeRecorded(context, actor, opened, recorded, (connection) => {
    readRole(connection, name);
    if (holds) {
      const sql = 'INSERT INTO _koyalite_user_roles(user_id, role, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
      connection.run(sql, user.id, name, new Date().toISOString());
    } else connection.run('DELETE FROM _koyalite_user_roles WHERE user_id = ? AND role = ?', user.id, name);
  });
}

function setPermissions(connection: Connection, name: string, permissions: readonly string[]): void {
  connection.run('DELETE FROM _koyalite_role_permissions WHERE role = ?', name);
  const sql = 'INSERT INTO _koyalite_role_permissions(role, permission) SELECT DISTINCT ?, value FROM json_each(?)';
  connection.run(sql, name, JSON.stringify(permissions));
}

function refuseTaken(connection: Connection, name: string): void {
  if (connection.value('SELECT 1 FROM _koyalite_roles WHERE name = ?', name) === undefined) return;
  throw new Problem({ status: 409, code: 'role_exists', message: `There is a role "${name}" already.` });
}

type State = (connection: Connection) => UserState | null;

/** A role as the record compares it, by its old or its new name; null while there is none. */
function stateOfRole(...names: string[]): State {
  return (connection) => {
    const name = names.find((one) => connection.value('SELECT 1 FROM _koyalite_roles WHERE name = ?', one) !== undefined);
    if (name === undefined) return null;
    const { description, permissions } = readRole(connection, name);
    return { name, description, permissions };
  };
}

function stateOfUser(id: string): State {
  return (connection) => ({ roles: readUserRoles(connection, id) });
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
