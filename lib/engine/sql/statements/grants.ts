/** GRANT and REVOKE. A table or function nobody granted anything on has the default grants, written down at the first change. */

import type { CachingConnection } from '#lib/engine/connection.ts';
import type { Cursor, QualifiedName } from '#lib/engine/sql/cursor.ts';
import { getRelation, listRelations, requireRole } from '#lib/engine/sql/schema-facts.ts';
import type { StatementHandler } from '#lib/engine/sql/script.ts';
import { syntaxError, undefinedColumn, undefinedFunction } from '#lib/engine/sql/sql-problems.ts';
import { skipSignature } from '#lib/engine/sql/statements/function-signature.ts';
import { type Privilege, parsePrivileges, requirePrivileges } from '#lib/engine/sql/statements/privileges.ts';

type Kind = 'table' | 'function';

const tablePrivileges = ['select', 'insert', 'update', 'delete'];
const defaultRoles: Readonly<Record<Kind, readonly string[]>> = {
  table: ['anon', 'authenticated', 'service_role', 'postgres'],
  function: ['public', 'service_role', 'postgres'],
};

export const grant: StatementHandler = ({ connection }, cursor) => {
  change(connection, cursor, true);
  return 'GRANT';
};

export const revoke: StatementHandler = ({ connection }, cursor) => {
  cursor.accept('grant', 'option', 'for');
  change(connection, cursor, false);
  return 'REVOKE';
};

function change(connection: CachingConnection, cursor: Cursor, gives: boolean): void {
  const privileges = parsePrivileges(cursor);
  if (!cursor.accept('on')) {
    changeMembership(
      connection,
      cursor,
      privileges.map((privilege) => privilege.name),
      gives,
    );
    return;
  }
  const target = readTarget(connection, cursor);
  requirePrivileges(privileges, target.kind === 'table' ? 'relation' : target.kind);
  cursor.expect(gives ? 'to' : 'from');
  const roles = readRoles(connection, cursor);
  const { kind } = target;
  if (kind !== 'table' && kind !== 'function') return;
  for (const object of target.objects) {
    writeDefaults(connection, kind, object);
    for (const role of roles)
      for (const privilege of expand(privileges, kind)) {
        if (gives) give(connection, kind, object, role, privilege);
        else take(connection, kind, object, role, privilege);
      }
  }
}

function expand(privileges: readonly Privilege[], kind: Kind): Privilege[] {
  return privileges.flatMap((privilege) => {
    if (kind === 'function') return [{ name: 'execute', columns: [] }];
    if (privilege.name === 'all') return tablePrivileges.map((name) => ({ name, columns: privilege.columns }));
    // TRUNCATE, REFERENCES and TRIGGER belong to the operator.
    return tablePrivileges.includes(privilege.name) ? [privilege] : [];
  });
}

/** No objects for those whose privileges mean nothing here: schemas, sequences, types, databases. */
function readTarget(connection: CachingConnection, cursor: Cursor): { kind: string; objects: QualifiedName[] } {
  if (cursor.accept('all')) {
    const what = cursor.name();
    cursor.expect('in', 'schema');
    const schemas = readNames(cursor);
    if (what === 'tables')
      return { kind: 'table', objects: listRelations(connection).filter((relation) => schemas.includes(relation.schema)) };
    if (what !== 'functions' && what !== 'routines') return { kind: what.replace(/s$/, ''), objects: [] };
    const rows = connection.all('SELECT DISTINCT schema_name, name FROM main._koyalite_functions');
    const objects = rows.map((row) => ({ schema: String(row.schema_name), name: String(row.name) }));
    return { kind: 'function', objects: objects.filter((object) => schemas.includes(object.schema)) };
  }
  if (cursor.accept('function') || cursor.accept('routine')) {
    const objects: QualifiedName[] = [];
    do {
      const name = cursor.qualifiedName();
      const signature = skipSignature(cursor);
      const known = connection.get(
        'SELECT 1 FROM main._koyalite_functions WHERE schema_name = ? AND name = ?',
        name.schema,
        name.name,
      );
      if (known === undefined) throw undefinedFunction(`${name.name}(${signature ?? ''})`);
      objects.push(name);
    } while (cursor.accept(','));
    return { kind: 'function', objects };
  }
  for (const kind of ['schema', 'sequence', 'type', 'database', 'language', 'domain', 'procedure']) {
    if (!cursor.accept(kind)) continue;
    cursor.until((at) => at.at('to') || at.at('from'));
    return { kind, objects: [] };
  }
  cursor.accept('table');
  const objects: QualifiedName[] = [];
  do objects.push(getRelation(connection, cursor.qualifiedName()));
  while (cursor.accept(','));
  return { kind: 'table', objects };
}

function readNames(cursor: Cursor): string[] {
  const names: string[] = [];
  do names.push(cursor.name());
  while (cursor.accept(','));
  return names;
}

function readRoles(connection: CachingConnection, cursor: Cursor): string[] {
  const roles: string[] = [];
  do {
    cursor.accept('group');
    roles.push(cursor.name());
  } while (cursor.accept(','));
  if (!cursor.accept('with', 'grant', 'option') && !cursor.accept('with', 'admin', 'option') && !cursor.accept('cascade'))
    cursor.accept('restrict');
  if (cursor.accept('granted', 'by')) cursor.name();
  cursor.end();
  const known = roles.map((role) => (role === 'current_user' || role === 'session_user' ? 'postgres' : role));
  for (const role of known) requireRole(connection, role);
  return known;
}

function changeMembership(connection: CachingConnection, cursor: Cursor, roles: readonly string[], gives: boolean): void {
  if (!cursor.accept(gives ? 'to' : 'from')) throw syntaxError(cursor.peek());
  const members = readRoles(connection, cursor);
  for (const role of roles) {
    requireRole(connection, role);
    for (const member of members) {
      if (gives) connection.run('INSERT OR IGNORE INTO main._koyalite_role_members (role, member) VALUES (?, ?)', role, member);
      else connection.run('DELETE FROM main._koyalite_role_members WHERE role = ? AND member = ?', role, member);
    }
  }
}

/** A `none` row marks the object as edited, so that no grants left does not mean the default ones. */
function writeDefaults(connection: CachingConnection, kind: Kind, object: QualifiedName): void {
  const insert = (grantee: string, privilege: string) => insertGrant(connection, kind, object, grantee, privilege, '');
  if (
    connection.get(
      'SELECT 1 FROM main._koyalite_grants WHERE object_kind = ? AND schema_name = ? AND object_name = ?',
      kind,
      object.schema,
      object.name,
    ) !== undefined
  )
    return;
  insert('postgres', 'none');
  // A view with its owner's rights passes by the policies of its table: writing through it is granted by name, never by default.
  const privileges = kind === 'function' ? ['execute'] : isOwnersView(connection, object) ? ['select'] : tablePrivileges;
  for (const role of defaultRoles[kind]) for (const privilege of privileges) insert(role, privilege);
}

function isOwnersView(connection: CachingConnection, { schema, name }: QualifiedName): boolean {
  const invoker = connection.value(
    `SELECT security_invoker FROM main._koyalite_tables WHERE kind = 'view' AND schema_name = ? AND name = ?`,
    schema,
    name,
  );
  return invoker === 0 || invoker === 0n;
}

function give(connection: CachingConnection, kind: Kind, object: QualifiedName, role: string, privilege: Privilege): void {
  if (privilege.columns.length === 0) insertGrant(connection, kind, object, role, privilege.name, '');
  for (const column of privilege.columns)
    insertGrant(connection, kind, object, role, privilege.name, toColumn(connection, object, column));
}

/** Taking from one role what PUBLIC holds leaves it to every other role: the cautious reading of the wish. */
function take(connection: CachingConnection, kind: Kind, object: QualifiedName, role: string, privilege: Privilege): void {
  const where = 'object_kind = ? AND schema_name = ? AND object_name = ? AND privilege = ?';
  const key = [kind, object.schema, object.name, privilege.name] as const;
  if (
    role !== 'public' &&
    connection.get(`SELECT 1 FROM main._koyalite_grants WHERE ${where} AND grantee = 'public' AND column_name = ''`, ...key) !==
      undefined
  ) {
    connection.run(`DELETE FROM main._koyalite_grants WHERE ${where} AND grantee = 'public' AND column_name = ''`, ...key);
    for (const row of connection.all('SELECT name FROM main._koyalite_roles_db'))
      insertGrant(connection, kind, object, String(row.name), privilege.name, '');
  }
  if (privilege.columns.length === 0) {
    connection.run(`DELETE FROM main._koyalite_grants WHERE ${where} AND grantee = ?`, ...key, role);
    return;
  }
  for (const column of privilege.columns) {
    connection.run(
      `DELETE FROM main._koyalite_grants WHERE ${where} AND grantee = ? AND column_name = ?`,
      ...key,
      role,
      toColumn(connection, object, column),
    );
  }
}

function insertGrant(
  connection: CachingConnection,
  kind: Kind,
  object: QualifiedName,
  grantee: string,
  privilege: string,
  column: string,
): void {
  connection.run(
    'INSERT OR IGNORE INTO main._koyalite_grants VALUES (?, ?, ?, ?, ?, ?)',
    kind,
    object.schema,
    object.name,
    grantee,
    privilege,
    column,
  );
}

function toColumn(connection: CachingConnection, object: QualifiedName, column: string): string {
  const relation = getRelation(connection, object);
  const found = connection.value('SELECT name FROM pragma_table_xinfo(?) WHERE name = ? COLLATE NOCASE', relation.stored, column);
  if (found === undefined) throw undefinedColumn(column, object.name);
  return String(found);
}
