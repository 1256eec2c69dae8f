/** What users have agreed to, one row for a user and a client. */

import type { Connection } from '#lib/engine/database.ts';
import { toScopes } from '#lib/engine/oauth/scope-names.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { findText, textOf } from '#lib/services/auth/rows.ts';

export interface Consent {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly grantedAt: string;
}

/** The scopes agreed to; null when there is no agreement. */
export function findConsent(connection: Connection, userId: string, clientId: string): readonly string[] | null {
  const row = connection.get('SELECT scopes FROM _koyalite_oauth_consents WHERE user_id = ? AND client_id = ?', userId, clientId);
  return row === undefined ? null : toScopes(findText(row, 'scopes') ?? '');
}

/** Newest first. */
export function listConsents(connection: Connection, userId: string): Consent[] {
  const sql = 'SELECT * FROM _koyalite_oauth_consents WHERE user_id = ? ORDER BY granted_at DESC, client_id';
  return connection.all(sql, userId).map((row) => ({
    clientId: textOf(row, 'client_id'),
    scopes: toScopes(textOf(row, 'scopes')),
    grantedAt: textOf(row, 'granted_at'),
  }));
}

/** Adds to what was agreed before: sessions with the earlier scopes live on, and the list must not say less than they may. */
export function addConsent(
  connection: Connection,
  userId: string,
  clientId: string,
  scopes: readonly string[],
  nowMs: number,
): void {
  const all = [...new Set([...(findConsent(connection, userId, clientId) ?? []), ...scopes])];
  connection.run(
    `INSERT INTO _koyalite_oauth_consents(user_id, client_id, scopes, granted_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (user_id, client_id) DO UPDATE SET scopes = excluded.scopes, granted_at = excluded.granted_at`,
    userId,
    clientId,
    all.join(' '),
    toStoredTime(nowMs),
  );
}
