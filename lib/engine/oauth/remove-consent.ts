/** The end of what a user agreed to with an OAuth client, whoever ends it: the user, or an operator. */

import type { Connection } from '#lib/engine/database.ts';

/** Takes it back, with the client's sessions of this user and requests under way. False when there was none. */
export function removeConsent(connection: Connection, userId: string, clientId: string): boolean {
  for (const sql of [
    'DELETE FROM _koyalite_sessions WHERE user_id = ? AND oauth_client_id = ?',
    'DELETE FROM _koyalite_oauth_authorizations WHERE user_id = ? AND client_id = ?',
  ])
    connection.run(sql, userId, clientId);
  return connection.run('DELETE FROM _koyalite_oauth_consents WHERE user_id = ? AND client_id = ?', userId, clientId).changes > 0;
}
