/** `POST /otp` and `POST /magiclink`: sign in by what arrives in a mailbox or on a phone. */

import { z } from 'zod';
import type { Connection } from '#lib/engine/database.ts';
import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { captcha, metadata, optionalText, readBody, text } from '#lib/services/auth/body.ts';
import { checkCaptcha } from '#lib/services/auth/captcha.ts';
import { type Sent, sendMailToken, sendTextToken } from '#lib/services/auth/confirmations.ts';
import { contactText, parseContact } from '#lib/services/auth/contacts.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { type CodeChallenge, parseChallenge } from '#lib/services/auth/flow-states.ts';
import { limitAddress, limitMessage } from '#lib/services/auth/limits.ts';
import { askBeforeUserCreated, createContactUser, requireContactEnabled } from '#lib/services/auth/new-users.ts';
import { findUserByContact, isBanned, type User, type UserContact } from '#lib/services/auth/users.ts';

const bodySchema = z.object({
  email: text,
  phone: text,
  data: metadata,
  create_user: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
  gotrue_meta_security: captcha,
  code_challenge: optionalText,
  code_challenge_method: optionalText,
  channel: optionalText,
});

export async function sendOtp(context: AuthContext): Promise<HttpResponse> {
  const settings = authSettingsOf(context.environment);
  const body = await readBody(context, bodySchema);
  const contact = parseContact(body, 'Only an email address or phone number should be provided');
  requireContactEnabled(settings, contact, 'Unsupported phone provider');
  const challenge = parseChallenge(body.code_challenge, body.code_challenge_method);
  if (body.channel !== null && body.channel !== 'sms' && body.channel !== 'whatsapp') {
    throw validationFailed('Invalid channel, supported values are sms or whatsapp');
  }
  await limitAddress(context, 'otp');
  await checkCaptcha(context, body.gotrue_meta_security);
  await limitMessage(context, 'email' in contact ? 'email' : 'sms', contactText(contact));
  const known = context.database.read((connection) => findUserByContact(connection, contact));
  const mayCreate = body.create_user && !settings.disable_signup;
  if (known === null && !body.create_user) throw authError(422, 'otp_disabled', 'Signups not allowed for otp');
  if (known === null && !mayCreate) throw authError(422, 'signup_disabled', 'Signups not allowed for this instance');
  if (known === null) {
    await askBeforeUserCreated(context, { ...contact, data: body.data, provider: 'email' in contact ? 'email' : 'phone' });
  }
  const sent = await context.database.write((connection) => {
    const wanted = { contact, passwordHash: null, data: body.data };
    const user = findUserByContact(connection, contact) ?? createContactUser(connection, context, wanted);
    return sendToContact(connection, context, user, contact, challenge);
  });
  await sent?.pending?.();
  return jsonResponse(200, {});
}

/** Nothing is sent to a banned user, and nothing is said about it. */
function sendToContact(
  connection: Connection,
  context: AuthContext,
  user: User,
  contact: UserContact,
  challenge: CodeChallenge | null,
): Sent | null {
  recordAudit(connection, context, { action: 'user_recovery_requested', actorId: user.id, traits: { kind: 'otp' } });
  if (isBanned(user, context.now())) return null;
  if ('phone' in contact) return sendTextToken(connection, context, user, 'sms', contact.phone);
  const type = user.emailConfirmedAt === null ? 'signup' : 'magiclink';
  return sendMailToken(connection, context, user, type, contact.email, challenge);
}
