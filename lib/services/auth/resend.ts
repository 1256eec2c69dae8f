/** `POST /resend` and `GET /reauthenticate`: the same proof once more, and a nonce for a password change. */

import { z } from 'zod';
import type { Connection } from '#lib/engine/database.ts';
import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { validationFailed } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { requireUser } from '#lib/services/auth/bearer.ts';
import { captcha, optionalText, readBody, text } from '#lib/services/auth/body.ts';
import { checkCaptcha } from '#lib/services/auth/captcha.ts';
import { type Sent, sendMailToken, sendTextToken } from '#lib/services/auth/confirmations.ts';
import { contactText, parseContact } from '#lib/services/auth/contacts.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { type CodeChallenge, parseChallenge } from '#lib/services/auth/flow-states.ts';
import { limitAddress, limitMessage } from '#lib/services/auth/limits.ts';
import { requireContactEnabled } from '#lib/services/auth/new-users.ts';
import { findUserByContact, type User, type UserContact } from '#lib/services/auth/users.ts';

const bodySchema = z.object({
  type: text,
  email: text,
  phone: text,
  gotrue_meta_security: captcha,
  code_challenge: optionalText,
  code_challenge_method: optionalText,
});

const kinds = { signup: 'email', email_change: 'email', sms: 'phone', phone_change: 'phone' } as const;
type Kind = keyof typeof kinds;

const isKind = (type: string): type is Kind => Object.hasOwn(kinds, type);

export async function resendMessage(context: AuthContext): Promise<HttpResponse> {
  const body = await readBody(context, bodySchema);
  const { type } = body;
  if (!isKind(type)) throw validationFailed('Missing one of these types: signup, email_change, sms, phone_change');
  if (body[kinds[type]] === '')
    throw validationFailed(`Type provided requires ${kinds[type] === 'email' ? 'an email address' : 'a phone number'}`);
  const contact = parseContact(body, 'Only an email address or phone number should be provided');
  requireContactEnabled(authSettingsOf(context.environment), contact, 'Unsupported phone provider');
  const challenge = parseChallenge(body.code_challenge, body.code_challenge_method);
  await limitAddress(context, 'otp');
  await checkCaptcha(context, body.gotrue_meta_security);
  await limitMessage(context, 'email' in contact ? 'email' : 'sms', contactText(contact));
  const pending = await context.database.write((connection) => {
    const user = findUserByContact(connection, contact);
    if (user === null) return [];
    recordAudit(connection, context, { action: 'user_repeated_request', actorId: user.id, traits: { type } });
    return resend(connection, context, user, type, contact, challenge).flatMap((message) =>
      message.pending === null ? [] : [message.pending],
    );
  });
  for (const send of pending) await send();
  return jsonResponse(200, {});
}

/** Sends what is still open; a proven contact has nothing open. */
function resend(
  connection: Connection,
  context: AuthContext,
  user: User,
  type: Kind,
  contact: UserContact,
  challenge: CodeChallenge | null,
): Sent[] {
  if (type === 'signup' && 'email' in contact) {
    return user.emailConfirmedAt === null ? [sendMailToken(connection, context, user, 'signup', contact.email, challenge)] : [];
  }
  if (type === 'sms' && 'phone' in contact) {
    return user.phoneConfirmedAt === null ? [sendTextToken(connection, context, user, 'sms', contact.phone)] : [];
  }
  if (type === 'phone_change' && user.newPhone !== null)
    return [sendTextToken(connection, context, user, 'phone_change', user.newPhone)];
  if (type !== 'email_change' || user.newEmail === null) return [];
  const fresh = sendMailToken(connection, context, user, 'email_change_new', user.newEmail, challenge);
  const both = authSettingsOf(context.environment).mailer_secure_email_change_enabled && user.email !== null;
  return both && user.email !== null
    ? [sendMailToken(connection, context, user, 'email_change_current', user.email, challenge), fresh]
    : [fresh];
}

export async function reauthenticate(context: AuthContext): Promise<HttpResponse> {
  const { user } = requireUser(context);
  const { email, phone } = user;
  if (email === null && phone === null)
    throw validationFailed('Reauthentication requires the user to have an email or a phone number');
  if (email !== null && user.emailConfirmedAt === null) throw validationFailed('Please verify your email first.');
  await limitMessage(context, email === null ? 'sms' : 'email', email ?? phone ?? '');
  const pending = await context.database.write((connection) => {
    recordAudit(connection, context, { action: 'user_reauthenticate_requested', actorId: user.id });
    const sent =
      email === null
        ? sendTextToken(connection, context, user, 'reauthentication', phone ?? '')
        : sendMailToken(connection, context, user, 'reauthentication', email);
    return sent.pending;
  });
  await pending?.();
  return jsonResponse(200, {});
}
