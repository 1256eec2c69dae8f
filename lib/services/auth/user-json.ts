/** A user as clients see it: GoTrue's field names, times and omissions. */

import type { Connection } from '#lib/engine/database.ts';
import { listIdentities, toIdentityJson } from '#lib/services/auth/identities.ts';
import { listFactors, toFactorJson } from '#lib/services/auth/mfa-factors.ts';
import { toSharedUser } from '#lib/services/auth/oauth/scopes.ts';
import { type JsonObject, toWireTime } from '#lib/services/auth/rows.ts';
import type { User } from '#lib/services/auth/users.ts';

/** The whole user, with identities and factors. */
export function toUserJson(connection: Connection, user: User): JsonObject {
  const factors = listFactors(connection, user.id).map(toFactorJson);
  return {
    ...toBareUserJson(user),
    ...(factors.length === 0 ? {} : { factors }),
    identities: listIdentities(connection, user.id).map(toIdentityJson),
  };
}

/** The user's own row; `identities` is empty. */
export function toBareUserJson(user: User): JsonObject {
  return {
    id: user.id,
    aud: user.aud,
    role: user.role,
    email: user.email ?? '',
    ...time('email_confirmed_at', user.emailConfirmedAt),
    ...time('invited_at', user.invitedAt),
    phone: user.phone ?? '',
    ...time('phone_confirmed_at', user.phoneConfirmedAt),
    ...time('confirmation_sent_at', user.confirmationSentAt),
    ...time('confirmed_at', user.confirmedAt),
    ...time('recovery_sent_at', user.recoverySentAt),
    ...text('new_email', user.newEmail),
    ...time('email_change_sent_at', user.emailChangeSentAt),
    ...text('new_phone', user.newPhone),
    ...time('phone_change_sent_at', user.phoneChangeSentAt),
    ...time('reauthentication_sent_at', user.reauthenticationSentAt),
    ...time('last_sign_in_at', user.lastSignInAt),
    app_metadata: user.appMetadata,
    user_metadata: user.userMetadata,
    identities: [],
    created_at: toWireTime(user.createdAt),
    updated_at: toWireTime(user.updatedAt),
    ...time('banned_until', user.bannedUntil),
    ...time('deleted_at', user.deletedAt),
    is_anonymous: user.isAnonymous,
  };
}

/** The user as an OAuth client sees them: what its scopes show, and nothing of how they sign in. */
export function toSharedUserJson(user: User, scopes: readonly string[]): JsonObject {
  return {
    id: user.id,
    aud: user.aud,
    role: user.role,
    ...toSharedUser(user, scopes),
    app_metadata: user.appMetadata,
    identities: [],
    created_at: toWireTime(user.createdAt),
    updated_at: toWireTime(user.updatedAt),
    is_anonymous: user.isAnonymous,
  };
}

function time(name: string, stored: string | null): JsonObject {
  return stored === null ? {} : { [name]: toWireTime(stored) };
}

function text(name: string, value: string | null): JsonObject {
  return value === null || value === '' ? {} : { [name]: value };
}
