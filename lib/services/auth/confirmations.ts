/** Sending a user what proves a mailbox or a number: a fresh token, its message, and the time it was sent. */

import type { Connection } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { findTestCode, type MailType, type PendingMessage, sendAuthMail, sendAuthText } from '#lib/services/auth/auth-mails.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { type CodeChallenge, createFlow } from '#lib/services/auth/flow-states.ts';
import { createOneTimeToken, type NewOneTimeToken } from '#lib/services/auth/one-time-tokens.ts';
import { redirectOf } from '#lib/services/auth/redirects.ts';
import { type User, type UserChanges, updateUser } from '#lib/services/auth/users.ts';

export interface Sent {
  readonly user: User;
  readonly token: NewOneTimeToken;
  /** What a hook has yet to send. */
  readonly pending: PendingMessage;
}

const sentColumn: Record<MailType, keyof UserChanges> = {
  signup: 'confirmation_sent_at',
  invite: 'confirmation_sent_at',
  magiclink: 'recovery_sent_at',
  recovery: 'recovery_sent_at',
  email_change_current: 'email_change_sent_at',
  email_change_new: 'email_change_sent_at',
  reauthentication: 'reauthentication_sent_at',
};

/** Mails a token of this type. With a challenge the link leads to a code exchange. */
export function sendMailToken(
  connection: Connection,
  context: AuthContext,
  user: User,
  type: MailType,
  to: string,
  challenge: CodeChallenge | null = null,
): Sent {
  const redirectTo = redirectOf(context);
  const { token, user: stamped } = prepareMailToken(connection, context, user, type, to, challenge);
  return { user: stamped, token, pending: sendAuthMail(connection, context, { type, user: stamped, to, token, redirectTo }) };
}

/** The token and the stamp without the mail: what `generate_link` hands to an administrator. */
export function prepareMailToken(
  connection: Connection,
  context: AuthContext,
  user: User,
  type: MailType,
  to: string,
  challenge: CodeChallenge | null = null,
): Omit<Sent, 'pending'> {
  const flowStateId =
    challenge === null
      ? null
      : createFlow(connection, context, {
          userId: user.id,
          challenge,
          provider: 'email',
          authenticationMethod: flowMethod(type),
        });
  const token = createOneTimeToken(connection, context, { userId: user.id, type, relatesTo: to, flowStateId });
  const stamped = updateUser(connection, user.id, { [sentColumn[type]]: toStoredTime(context.now()) }, context.now());
  return { user: stamped, token };
}

function flowMethod(type: MailType): string {
  if (type === 'signup') return 'email/signup';
  return type === 'email_change_current' || type === 'email_change_new' ? 'email_change' : type;
}

/** Texts a code to a number. */
export function sendTextToken(
  connection: Connection,
  context: AuthContext,
  user: User,
  type: 'sms' | 'phone_change' | 'reauthentication',
  to: string,
): Sent {
  const settings = authSettingsOf(context.environment);
  const fixed = findTestCode(settings, to);
  const token = createOneTimeToken(connection, context, { userId: user.id, type, relatesTo: to, code: fixed });
  const column =
    type === 'sms' ? 'confirmation_sent_at' : type === 'phone_change' ? 'phone_change_sent_at' : 'reauthentication_sent_at';
  const stamped = updateUser(connection, user.id, { [column]: toStoredTime(context.now()) }, context.now());
  const pending = fixed === undefined ? sendAuthText(connection, context, stamped, to, token.code, settings.sms_template) : null;
  return { user: stamped, token, pending };
}

/** The first proof of a new user's contact. */
export function confirmationFor(connection: Connection, context: AuthContext, user: User, challenge: CodeChallenge | null): Sent {
  if (user.email !== null) return sendMailToken(connection, context, user, 'signup', user.email, challenge);
  return sendTextToken(connection, context, user, 'sms', user.phone ?? '');
}
