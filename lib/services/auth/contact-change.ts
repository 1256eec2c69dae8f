/** Changing one's email or phone: at once when nothing needs proving, else by both mailboxes or the new number. */

import type { Connection } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { sendMailToken, sendTextToken } from '#lib/services/auth/confirmations.ts';
import { parseEmail, parsePhone } from '#lib/services/auth/contacts.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import type { CodeChallenge } from '#lib/services/auth/flow-states.ts';
import { limitMessage } from '#lib/services/auth/limits.ts';
import { isAutoconfirm, refreshContactMetadata } from '#lib/services/auth/new-users.ts';
import { findUserByContact, type User, type UserContact, updateUser, withProvider } from '#lib/services/auth/users.ts';

export interface ContactChange {
  readonly email: string | null;
  readonly phone: string | null;
  readonly challenge: CodeChallenge | null;
}

/** What of email and phone really changes; null when nothing does. Throws 422 when another user has it. */
export async function parseContactChange(
  context: AuthContext,
  user: User,
  body: { email: string; phone: string },
  challenge: CodeChallenge | null,
): Promise<ContactChange | null> {
  const email = body.email === '' ? null : parseEmail(body.email);
  const phone = body.phone === '' ? null : parsePhone(body.phone);
  const change = { email: email === user.email ? null : email, phone: phone === user.phone ? null : phone, challenge };
  if (change.email === null && change.phone === null) return null;
  context.database.read((connection) => requireFree(connection, user, change));
  if (change.email !== null && !isAutoconfirm(context)) await limitMessage(context, 'email', change.email);
  if (change.phone !== null && !authSettingsOf(context.environment).sms_autoconfirm)
    await limitMessage(context, 'sms', change.phone);
  return change;
}

function requireFree(connection: Connection, user: User, change: ContactChange): void {
  const isTaken = (contact: UserContact) => {
    const other = findUserByContact(connection, contact);
    return other !== null && other.id !== user.id;
  };
  if (change.email !== null && isTaken({ email: change.email })) throw emailExists();
  if (change.phone !== null && isTaken({ phone: change.phone })) throw phoneExists();
}

export function emailExists() {
  return authError(422, 'email_exists', 'A user with this email address has already been registered');
}

export function phoneExists() {
  return authError(422, 'phone_exists', 'A user with this phone number has already been registered');
}

/** Within the write. Pushes what hooks have yet to send. */
export function applyContactChange(
  connection: Connection,
  context: AuthContext,
  user: User,
  change: ContactChange,
  pending: (() => Promise<void>)[],
): User {
  requireFree(connection, user, change);
  let changed = user;
  if (change.email !== null) changed = applyEmail(connection, context, changed, change.email, change.challenge, pending);
  if (change.phone !== null) changed = applyPhone(connection, context, changed, change.phone, pending);
  return changed;
}

function applyEmail(
  connection: Connection,
  context: AuthContext,
  user: User,
  email: string,
  challenge: CodeChallenge | null,
  pending: (() => Promise<void>)[],
): User {
  if (isAutoconfirm(context)) return setEmail(connection, context, user, email);
  const changes = { email_change: email, email_change_confirm_status: 0 };
  let changed = updateUser(connection, user.id, changes, context.now());
  const both = authSettingsOf(context.environment).mailer_secure_email_change_enabled && user.email !== null;
  if (both && user.email !== null) {
    const sent = sendMailToken(connection, context, changed, 'email_change_current', user.email, challenge);
    if (sent.pending !== null) pending.push(sent.pending);
  }
  const sent = sendMailToken(connection, context, changed, 'email_change_new', email, challenge);
  if (sent.pending !== null) pending.push(sent.pending);
  changed = sent.user;
  return changed;
}

function applyPhone(
  connection: Connection,
  context: AuthContext,
  user: User,
  phone: string,
  pending: (() => Promise<void>)[],
): User {
  if (authSettingsOf(context.environment).sms_autoconfirm) return setPhone(connection, context, user, phone);
  const changed = updateUser(connection, user.id, { phone_change: phone }, context.now());
  const sent = sendTextToken(connection, context, changed, 'phone_change', phone);
  if (sent.pending !== null) pending.push(sent.pending);
  return sent.user;
}

/** The new email is proven and becomes the user's. An anonymous user becomes a named one. */
export function setEmail(connection: Connection, context: AuthContext, user: User, email: string): User {
  const changes = {
    email,
    email_change: null,
    email_change_confirm_status: 0,
    email_confirmed_at: toStoredTime(context.now()),
    is_anonymous: 0,
    raw_app_meta_data: withProvider(user.appMetadata, 'email'),
  };
  return refreshContactMetadata(connection, context, updateUser(connection, user.id, changes, context.now()));
}

export function setPhone(connection: Connection, context: AuthContext, user: User, phone: string): User {
  const changes = {
    phone,
    phone_change: null,
    phone_confirmed_at: toStoredTime(context.now()),
    is_anonymous: 0,
    raw_app_meta_data: withProvider(user.appMetadata, 'phone'),
  };
  return refreshContactMetadata(connection, context, updateUser(connection, user.id, changes, context.now()));
}
