/** An app's own roles and permissions, as a user's tokens carry them in `app_metadata` and `auth.has_role` reads them. */

import type { Connection } from '#lib/engine/database.ts';

export interface AppRoles {
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
}

/** Null for a user without any, so that their tokens stay as they are. */
export function findAppRoles(connection: Connection, userId: string): AppRoles | null {
  const roles = connection
    .all('SELECT role FROM _koyalite_user_roles WHERE user_id = ? ORDER BY role', userId)
    .map((row) => String(row.role));
  if (roles.length === 0) return null;
  const sql = `SELECT DISTINCT permission FROM _koyalite_role_permissions
    WHERE role IN (SELECT role FROM _koyalite_user_roles WHERE user_id = ?) ORDER BY permission`;
  return { roles, permissions: connection.all(sql, userId).map((row) => String(row.permission)) };
}

/** `app_metadata` with the roles of now; what stood under these names is not believed. */
export function withAppRoles(
  connection: Connection,
  userId: string,
  appMetadata: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const found = findAppRoles(connection, userId);
  return found === null ? { ...appMetadata } : { ...appMetadata, ...found };
}
