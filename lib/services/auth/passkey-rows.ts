/** Passkeys as rows of `_koyalite_webauthn_credentials`. */

import type { Connection, Row } from '#lib/engine/database.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { findText, isUuid, type JsonObject, textOf, toWireTime } from '#lib/services/auth/rows.ts';

/** Oldest first. */
export function listPasskeys(connection: Connection, userId: string): Row[] {
  return connection.all('SELECT * FROM _koyalite_webauthn_credentials WHERE user_id = ? ORDER BY created_at, rowid', userId);
}

/** Throws 404 for a passkey that is not this user's. */
export function getPasskey(connection: Connection, userId: string, id: string): Row {
  const sql = 'SELECT * FROM _koyalite_webauthn_credentials WHERE id = ? AND user_id = ?';
  const row = isUuid(id) ? connection.get(sql, id, userId) : undefined;
  if (row === undefined) throw authError(404, 'webauthn_credential_not_found', 'Passkey not found');
  return row;
}

export function deletePasskey(connection: Connection, row: Row): void {
  connection.run('DELETE FROM _koyalite_webauthn_credentials WHERE id = ?', textOf(row, 'id'));
}

export function toPasskeyJson(row: Row): JsonObject {
  const name = findText(row, 'friendly_name');
  const used = findText(row, 'last_used_at');
  return {
    id: textOf(row, 'id'),
    ...(name === null ? {} : { friendly_name: name }),
    created_at: toWireTime(textOf(row, 'created_at')),
    ...(used === null ? {} : { last_used_at: toWireTime(used) }),
  };
}
