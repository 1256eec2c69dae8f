/** Identities: the ways one user can be known, one row for each provider account. */

import { randomUUID } from 'node:crypto';
import type { Connection, Row } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { findText, type JsonObject, objectOf, textOf, toWireTime } from '#lib/services/auth/rows.ts';
import type { User } from '#lib/services/auth/users.ts';

export interface Identity {
  readonly id: string;
  readonly providerId: string;
  readonly userId: string;
  readonly provider: string;
  readonly data: JsonObject;
  readonly email: string | null;
  readonly lastSignInAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

function toIdentity(row: Row): Identity {
  return {
    id: textOf(row, 'id'),
    providerId: textOf(row, 'provider_id'),
    userId: textOf(row, 'user_id'),
    provider: textOf(row, 'provider'),
    data: objectOf(row, 'identity_data'),
    email: findText(row, 'email'),
    lastSignInAt: findText(row, 'last_sign_in_at'),
    createdAt: textOf(row, 'created_at'),
    updatedAt: textOf(row, 'updated_at'),
  };
}

/** Oldest first. */
export function listIdentities(connection: Connection, userId: string): Identity[] {
  const sql = 'SELECT * FROM _koyalite_identities WHERE user_id = ? ORDER BY created_at, rowid';
  return connection.all(sql, userId).map(toIdentity);
}

export function findIdentity(connection: Connection, provider: string, providerId: string): Identity | null {
  const row = connection.get('SELECT * FROM _koyalite_identities WHERE provider = ? AND provider_id = ?', provider, providerId);
  return row === undefined ? null : toIdentity(row);
}

/** Adds the identity, or brings its data and last sign-in up to date. */
export function putIdentity(
  connection: Connection,
  userId: string,
  provider: string,
  providerId: string,
  data: JsonObject,
  nowMs: number,
): void {
  const at = toStoredTime(nowMs);
  connection.run(
    `INSERT INTO _koyalite_identities(id, provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (provider, provider_id) DO UPDATE SET identity_data = excluded.identity_data,
       last_sign_in_at = excluded.last_sign_in_at, updated_at = excluded.updated_at WHERE user_id = excluded.user_id`,
    randomUUID(),
    providerId,
    userId,
    JSON.stringify(data),
    provider,
    at,
    at,
    at,
  );
}

/** The identity of the user's own email or phone, whose provider id is the user's id. */
export function putContactIdentity(connection: Connection, user: User, provider: 'email' | 'phone', nowMs: number): void {
  const own = provider === 'email' ? { email: user.email } : { phone: user.phone };
  const verified = { email_verified: user.emailConfirmedAt !== null, phone_verified: user.phoneConfirmedAt !== null };
  const { email: _email, phone: _phone, sub: _sub, ...rest } = user.userMetadata;
  putIdentity(connection, user.id, provider, user.id, { ...rest, ...own, ...verified, sub: user.id }, nowMs);
}

export function deleteIdentity(connection: Connection, id: string): void {
  connection.run('DELETE FROM _koyalite_identities WHERE id = ?', id);
}

/** On the wire `id` is the provider's id of the user, `identity_id` the row's. */
export function toIdentityJson(identity: Identity): JsonObject {
  return {
    identity_id: identity.id,
    id: identity.providerId,
    user_id: identity.userId,
    identity_data: identity.data,
    provider: identity.provider,
    ...(identity.lastSignInAt === null ? {} : { last_sign_in_at: toWireTime(identity.lastSignInAt) }),
    created_at: toWireTime(identity.createdAt),
    updated_at: toWireTime(identity.updatedAt),
    ...(identity.email === null ? {} : { email: identity.email }),
  };
}
