/** Redeeming a one-time token: what each kind proves, and what it changes on the user. */

import type { Connection } from '#lib/engine/database.ts';
import type { Problem } from '#lib/http/problem.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { setEmail, setPhone } from '#lib/services/auth/contact-change.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { confirmContact } from '#lib/services/auth/new-users.ts';
import type { OneTimeToken, TokenType } from '#lib/services/auth/one-time-tokens.ts';
import { endOtherSessions } from '#lib/services/auth/recent-proof.ts';
import { findUser, findUserByEmail, findUserByPhone, isBanned, type User, updateUser } from '#lib/services/auth/users.ts';

/** The kinds of token each `type` of a request accepts. A sign-up's proof never passes as a recovery. */
const acceptedTypes: Readonly<Record<string, readonly TokenType[]>> = {
  email: ['signup', 'magiclink', 'invite', 'recovery'],
  signup: ['signup'],
  invite: ['invite'],
  magiclink: ['magiclink', 'signup'],
  recovery: ['recovery'],
  email_change: ['email_change_new', 'email_change_current'],
  email_change_new: ['email_change_new'],
  email_change_current: ['email_change_current'],
  sms: ['sms'],
  phone_change: ['phone_change'],
};

/** Null for a type GoTrue does not know. */
export function findAcceptedTypes(type: string): readonly TokenType[] | null {
  return Object.hasOwn(acceptedTypes, type) ? (acceptedTypes[type] ?? null) : null;
}

/** The proven user, or `halfway` when the other mailbox of an email change has still to answer. */
export type Redeemed = { readonly kind: 'user'; readonly user: User } | { readonly kind: 'halfway' };

/** Applies a taken token within the write. Returns a problem when the user may not sign in: the token stays used. */
export function redeem(connection: Connection, context: AuthContext, token: OneTimeToken): Redeemed | Problem {
  const user = findUser(connection, token.userId);
  if (user === null || user.deletedAt !== null) return authError(403, 'otp_expired', 'Token has expired or is invalid');
  if (isBanned(user, context.now())) return authError(403, 'user_banned', 'User is banned');
  recordAudit(connection, context, { action: 'token_redeemed', actorId: user.id, traits: { type: token.type } });
  if (token.type === 'email_change_new' || token.type === 'email_change_current')
    return changeEmail(connection, context, user, token);
  if (token.type === 'phone_change') return changePhone(connection, context, user, token);
  // Whoever reads a mailbox it was once sent to does not prove the one the user has now.
  const isCurrent = token.relatesTo === (token.type === 'sms' ? user.phone : user.email);
  if (!isCurrent) return authError(403, 'otp_expired', 'Token has expired or is invalid');
  return { kind: 'user', user: confirmContact(connection, context, user, token.type === 'sms' ? 'phone' : 'email') };
}

function changeEmail(connection: Connection, context: AuthContext, user: User, token: OneTimeToken): Redeemed | Problem {
  const wanted = user.newEmail;
  const leg = token.type === 'email_change_new' ? wanted : user.email;
  if (wanted === null || token.relatesTo !== leg) return authError(403, 'otp_expired', 'Token has expired or is invalid');
  const both = authSettingsOf(context.environment).mailer_secure_email_change_enabled && user.email !== null;
  if (both && user.emailChangeConfirmed === 0) {
    updateUser(connection, user.id, { email_change_confirm_status: 1 }, context.now());
    return { kind: 'halfway' };
  }
  const other = findUserByEmail(connection, wanted);
  if (other !== null && other.id !== user.id)
    return authError(422, 'email_exists', 'A user with this email address has already been registered');
  // Whoever confirms gets a session of their own.
  endOtherSessions(connection, context, user.id, null);
  return { kind: 'user', user: setEmail(connection, context, user, wanted) };
}

function changePhone(connection: Connection, context: AuthContext, user: User, token: OneTimeToken): Redeemed | Problem {
  if (user.newPhone === null || token.relatesTo !== user.newPhone)
    return authError(403, 'otp_expired', 'Token has expired or is invalid');
  const other = findUserByPhone(connection, user.newPhone);
  if (other !== null && other.id !== user.id)
    return authError(422, 'phone_exists', 'A user with this phone number has already been registered');
  endOtherSessions(connection, context, user.id, null);
  return { kind: 'user', user: setPhone(connection, context, user, user.newPhone) };
}
