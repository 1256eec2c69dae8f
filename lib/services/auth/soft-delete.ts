/** Soft deletion: the row stays for whoever references it, and nothing in it names the person any more. */

import { createHash } from 'node:crypto';
import type { Connection } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { type User, updateUser } from '#lib/services/auth/users.ts';

export function softDelete(connection: Connection, context: AuthContext, user: User): void {
  const obscured = (value: string | null) =>
    value === null
      ? null
      : createHash('sha256')
          .update(user.id + value)
          .digest('base64url');
  updateUser(
    connection,
    user.id,
    {
      email: obscured(user.email),
      phone: obscured(user.phone)?.slice(0, 15) ?? null,
      username: null,
      encrypted_password: null,
      email_change: null,
      phone_change: null,
      raw_user_meta_data: {},
      raw_app_meta_data: {},
      deleted_at: toStoredTime(context.now()),
    },
    context.now(),
  );
  for (const table of [
    '_koyalite_identities',
    '_koyalite_sessions',
    '_koyalite_oauth_consents',
    '_koyalite_oauth_authorizations',
    '_koyalite_one_time_tokens',
    '_koyalite_mfa_factors',
    '_koyalite_webauthn_credentials',
  ]) {
    connection.run(`DELETE FROM ${table} WHERE user_id = ?`, user.id);
  }
}
