/** End users as rows of `_koyalite_users`: reading, adding, changing. */

import { randomUUID } from 'node:crypto';
import type { Connection, Row } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import { metadataLimit } from '#lib/services/auth/body.ts';
import { findText, isTrue, type JsonObject, numberOf, objectOf, textOf, timeMs } from '#lib/services/auth/rows.ts';

export interface User {
  readonly id: string;
  readonly aud: string;
  readonly role: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly username: string | null;
  readonly passwordHash: string | null;
  readonly emailConfirmedAt: string | null;
  readonly phoneConfirmedAt: string | null;
  readonly confirmedAt: string | null;
  readonly invitedAt: string | null;
  readonly confirmationSentAt: string | null;
  readonly recoverySentAt: string | null;
  readonly reauthenticationSentAt: string | null;
  readonly newEmail: string | null;
  readonly emailChangeSentAt: string | null;
  /** 1 once one of the two mailboxes of a secure change has answered. */
  readonly emailChangeConfirmed: number;
  readonly newPhone: string | null;
  readonly phoneChangeSentAt: string | null;
  readonly lastSignInAt: string | null;
  readonly bannedUntil: string | null;
  readonly deletedAt: string | null;
  readonly isAnonymous: boolean;
  readonly isSso: boolean;
  readonly appMetadata: JsonObject;
  readonly userMetadata: JsonObject;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The columns a flow may write; names are code, never input. */
export interface UserChanges {
  aud?: string;
  role?: string;
  email?: string | null;
  phone?: string | null;
  username?: string | null;
  encrypted_password?: string | null;
  email_confirmed_at?: string | null;
  phone_confirmed_at?: string | null;
  invited_at?: string | null;
  confirmation_sent_at?: string | null;
  recovery_sent_at?: string | null;
  reauthentication_sent_at?: string | null;
  email_change?: string | null;
  email_change_sent_at?: string | null;
  email_change_confirm_status?: number;
  phone_change?: string | null;
  phone_change_sent_at?: string | null;
  last_sign_in_at?: string | null;
  banned_until?: string | null;
  deleted_at?: string | null;
  is_anonymous?: number;
  raw_app_meta_data?: JsonObject;
  raw_user_meta_data?: JsonObject;
}

export function toUser(row: Row): User {
  return {
    id: textOf(row, 'id'),
    aud: textOf(row, 'aud'),
    role: textOf(row, 'role'),
    email: findText(row, 'email'),
    phone: findText(row, 'phone'),
    username: findText(row, 'username'),
    passwordHash: findText(row, 'encrypted_password'),
    emailConfirmedAt: findText(row, 'email_confirmed_at'),
    phoneConfirmedAt: findText(row, 'phone_confirmed_at'),
    confirmedAt: findText(row, 'confirmed_at'),
    invitedAt: findText(row, 'invited_at'),
    confirmationSentAt: findText(row, 'confirmation_sent_at'),
    recoverySentAt: findText(row, 'recovery_sent_at'),
    reauthenticationSentAt: findText(row, 'reauthentication_sent_at'),
    newEmail: findText(row, 'email_change'),
    emailChangeSentAt: findText(row, 'email_change_sent_at'),
    emailChangeConfirmed: numberOf(row, 'email_change_confirm_status'),
    newPhone: findText(row, 'phone_change'),
    phoneChangeSentAt: findText(row, 'phone_change_sent_at'),
    lastSignInAt: findText(row, 'last_sign_in_at'),
    bannedUntil: findText(row, 'banned_until'),
    deletedAt: findText(row, 'deleted_at'),
    isAnonymous: isTrue(row, 'is_anonymous'),
    isSso: isTrue(row, 'is_sso_user'),
    appMetadata: objectOf(row, 'raw_app_meta_data'),
    userMetadata: objectOf(row, 'raw_user_meta_data'),
    createdAt: textOf(row, 'created_at'),
    updatedAt: textOf(row, 'updated_at'),
  };
}

export function findUser(connection: Connection, id: string): User | null {
  return one(connection.get('SELECT * FROM _koyalite_users WHERE id = ?', id));
}

/** Throws 404 `user_not_found`. */
export function getUser(connection: Connection, id: string): User {
  const user = findUser(connection, id);
  if (user === null) throw authError(404, 'user_not_found', 'User not found');
  return user;
}

export function findUserByEmail(connection: Connection, email: string): User | null {
  return one(connection.get('SELECT * FROM _koyalite_users WHERE email = ? AND is_sso_user = 0', email));
}

export function findUserByPhone(connection: Connection, phone: string): User | null {
  return one(connection.get('SELECT * FROM _koyalite_users WHERE phone = ?', phone));
}

export function findUserByUsername(connection: Connection, username: string): User | null {
  return one(connection.get('SELECT * FROM _koyalite_users WHERE username = ?', username));
}

export type UserContact = { readonly email: string } | { readonly phone: string };

export function findUserByContact(connection: Connection, contact: UserContact): User | null {
  return 'email' in contact ? findUserByEmail(connection, contact.email) : findUserByPhone(connection, contact.phone);
}

/** Adds a user and returns the row as stored. */
export function insertUser(connection: Connection, changes: UserChanges, nowMs: number, id: string = randomUUID()): User {
  const at = toStoredTime(nowMs);
  const columns = toColumns(changes);
  const names = ['id', ...columns.map(([name]) => name), 'created_at', 'updated_at'];
  const values = [id, ...columns.map(([, value]) => value), at, at];
  connection.run(`INSERT INTO _koyalite_users(${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`, ...values);
  return getUser(connection, id);
}

/** Changes the given columns and returns the row as stored. */
export function updateUser(connection: Connection, id: string, changes: UserChanges, nowMs: number): User {
  const columns = toColumns(changes);
  const sets = [...columns.map(([name]) => `${name} = ?`), 'updated_at = ?'];
  const values = columns.map(([, value]) => value);
  connection.run(`UPDATE _koyalite_users SET ${sets.join(', ')} WHERE id = ?`, ...values, toStoredTime(nowMs), id);
  return getUser(connection, id);
}

function toColumns(changes: UserChanges): [string, SqlValue][] {
  return Object.entries(changes).map(([name, value]) => [
    name,
    typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
  ]);
}

export function isBanned(user: User, nowMs: number): boolean {
  return user.bannedUntil !== null && timeMs(user.bannedUntil) > nowMs;
}

/** `data` merged over what is there; a null deletes its key. */
export function mergeMetadata(present: JsonObject, data: JsonObject): JsonObject {
  const merged = Object.fromEntries(Object.entries({ ...present, ...data }).filter(([, value]) => value !== null));
  const size = JSON.stringify(merged).length;
  // What is too large already may become smaller.
  if (size > metadataLimit && size > JSON.stringify(present).length)
    throw validationFailed(`A user's metadata may be ${metadataLimit} characters of JSON`);
  return merged;
}

/** `app_metadata` with a provider among its providers; the first one names the account. */
export function withProvider(appMetadata: JsonObject, provider: string): JsonObject {
  const known = Array.isArray(appMetadata.providers) ? appMetadata.providers.filter((name) => typeof name === 'string') : [];
  return { ...appMetadata, provider: appMetadata.provider ?? provider, providers: [...new Set([...known, provider])] };
}

function one(row: Row | undefined): User | null {
  return row === undefined ? null : toUser(row);
}
