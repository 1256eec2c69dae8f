/** Making a user: the one place that decides what a new row holds, asks the hook first, and confirms contacts. */

import type { Connection } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { type AuthSettings, authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { isHookEnabled, runHook } from '#lib/services/auth/hooks.ts';
import { putContactIdentity } from '#lib/services/auth/identities.ts';
import { mailTransportOf } from '#lib/services/auth/mail-jobs.ts';
import { type JsonObject, toWireTime } from '#lib/services/auth/rows.ts';
import { insertUser, mergeMetadata, type User, type UserContact, updateUser, withProvider } from '#lib/services/auth/users.ts';

export interface NewUser {
  readonly contact: UserContact;
  readonly passwordHash: string | null;
  readonly data: JsonObject;
}

/** Whether a new email needs no confirming: as set, else for as long as no mail could arrive anyway. */
export function isAutoconfirm(context: AuthContext): boolean {
  return authSettingsOf(context.environment).mailer_autoconfirm ?? !canReceiveMail(context);
}

/** True when a person can receive what is mailed: by a sender of the environment or the host, or by a hook. */
function canReceiveMail(context: AuthContext): boolean {
  return (
    context.ports.mailDelivers || mailTransportOf(context.environment).kind !== 'outbox' || isHookEnabled(context, 'send_email')
  );
}

/** Throws 422 unless strangers may make accounts. */
export function requireSignupsOpen(settings: AuthSettings): void {
  if (settings.disable_signup) throw authError(422, 'signup_disabled', 'Signups not allowed for this instance');
}

/** Throws 400 unless this kind of contact may sign in. */
export function requireContactEnabled(
  settings: AuthSettings,
  contact: UserContact,
  disabledPhone = 'Phone signups are disabled',
): void {
  if ('email' in contact && !settings.external_email_enabled)
    throw authError(400, 'email_provider_disabled', 'Email signups are disabled');
  if ('phone' in contact && !settings.external_phone_enabled) throw authError(400, 'phone_provider_disabled', disabledPhone);
}

/** Asks the before-user-created hook; it throws to refuse. Call before the write. */
export async function askBeforeUserCreated(
  context: AuthContext,
  user: { email?: string; phone?: string; data: JsonObject; provider: string },
): Promise<void> {
  if (!isHookEnabled(context, 'before_user_created')) return;
  const at = toWireTime(toStoredTime(context.now()));
  await runHook(context, 'before_user_created', {
    metadata: { name: 'before-user-created', time: at, ip_address: context.clientAddress ?? '' },
    user: {
      email: user.email ?? '',
      phone: user.phone ?? '',
      app_metadata: { provider: user.provider, providers: [user.provider] },
      user_metadata: user.data,
      is_anonymous: user.provider === 'anonymous',
    },
  });
}

/** How much of its contacts a user's own metadata tells: who signs up is told all, who is made by an administrator nothing new. */
export type ContactMetadata = 'all' | 'present';

/** Inserts the user with the identity of its email or phone; nothing is confirmed yet. */
export function createContactUser(
  connection: Connection,
  context: AuthContext,
  user: NewUser,
  tell: ContactMetadata = 'all',
): User {
  const provider = 'email' in user.contact ? 'email' : 'phone';
  const created = insertUser(
    connection,
    {
      ...user.contact,
      encrypted_password: user.passwordHash,
      raw_app_meta_data: withProvider({}, provider),
      raw_user_meta_data: mergeMetadata({}, user.data),
      ...usernameOf(context, user.data),
    },
    context.now(),
  );
  return refreshContactMetadata(connection, context, created, tell);
}

/** A user name is taken from `data.username`; it must be free and no address. */
function usernameOf(context: AuthContext, data: JsonObject): { username?: string } {
  if (!authSettingsOf(context.environment).external_username_enabled || typeof data.username !== 'string') return {};
  return { username: parseUsername(data.username) };
}

export function parseUsername(username: string): string {
  const lower = username.trim().toLowerCase();
  if (!/^[a-z][a-z0-9_.-]{1,62}$/.test(lower)) throw authError(400, 'validation_failed', 'Invalid username format');
  return lower;
}

/** GoTrue keeps the contacts in `user_metadata` and in the identity; both follow the user's row, a proof is always told. */
export function refreshContactMetadata(
  connection: Connection,
  context: AuthContext,
  user: User,
  tell: ContactMetadata = 'all',
): User {
  const contacts: JsonObject = {
    sub: user.id,
    ...(user.email === null ? {} : { email: user.email }),
    ...(user.phone === null ? {} : { phone: user.phone }),
    email_verified: user.emailConfirmedAt !== null,
    phone_verified: user.phoneConfirmedAt !== null,
  };
  const told = Object.entries(contacts).filter(
    ([name, value]) => tell === 'all' || Object.hasOwn(user.userMetadata, name) || value === true,
  );
  const metadata = { ...user.userMetadata, ...Object.fromEntries(told) };
  const updated = updateUser(connection, user.id, { raw_user_meta_data: metadata }, context.now());
  // Who signs in through a provider has its address as a contact, not as a way to sign in.
  const { providers } = updated.appMetadata;
  for (const provider of ['email', 'phone'] as const) {
    if (updated[provider] !== null && Array.isArray(providers) && providers.includes(provider)) {
      putContactIdentity(connection, updated, provider, context.now());
    }
  }
  return updated;
}

/** Marks the user's email or phone as proven. */
export function confirmContact(connection: Connection, context: AuthContext, user: User, contact: 'email' | 'phone'): User {
  const at = toStoredTime(context.now());
  const confirmed = contact === 'email' ? user.emailConfirmedAt : user.phoneConfirmedAt;
  if (confirmed !== null) return user;
  const changes = contact === 'email' ? { email_confirmed_at: at } : { phone_confirmed_at: at };
  const updated = updateUser(connection, user.id, { ...changes, is_anonymous: 0 }, context.now());
  return refreshContactMetadata(connection, context, updated, 'present');
}
