/** `POST /signup`: a new user with a password, or an anonymous one. An address that is taken is not given away. */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Connection } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { hashUserPassword } from '#lib/identity/password-hashes.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { captcha, metadata, optionalText, readBody, text } from '#lib/services/auth/body.ts';
import { checkCaptcha } from '#lib/services/auth/captcha.ts';
import { confirmationFor } from '#lib/services/auth/confirmations.ts';
import { contactText, parseContact } from '#lib/services/auth/contacts.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { parseChallenge } from '#lib/services/auth/flow-states.ts';
import { limitAddress, limitMessage } from '#lib/services/auth/limits.ts';
import {
  askBeforeUserCreated,
  confirmContact,
  createContactUser,
  isAutoconfirm,
  type NewUser,
  refreshContactMetadata,
  requireContactEnabled,
  requireSignupsOpen,
} from '#lib/services/auth/new-users.ts';
import { checkNewPassword } from '#lib/services/auth/password-policy.ts';
import type { JsonObject } from '#lib/services/auth/rows.ts';
import { type OpenedSession, openSession } from '#lib/services/auth/sessions.ts';
import { tokenResponse } from '#lib/services/auth/token-response.ts';
import { toBareUserJson, toUserJson } from '#lib/services/auth/user-json.ts';
import { findUserByContact, insertUser, mergeMetadata, type User, updateUser } from '#lib/services/auth/users.ts';

const bodySchema = z.object({
  email: text,
  phone: text,
  password: text,
  data: metadata,
  gotrue_meta_security: captcha,
  code_challenge: optionalText,
  code_challenge_method: optionalText,
  channel: optionalText,
});

type Outcome =
  | { readonly kind: 'session'; readonly opened: OpenedSession }
  | { readonly kind: 'user'; readonly json: JsonObject; readonly send: (() => Promise<void>) | null };

export async function signUp(context: AuthContext): Promise<HttpResponse> {
  const settings = authSettingsOf(context.environment);
  const body = await readBody(context, bodySchema);
  requireSignupsOpen(settings);
  if (body.email === '' && body.phone === '' && body.password === '')
    return signUpAnonymously(context, body.data, body.gotrue_meta_security);
  if (body.password === '') throw validationFailed('Signup requires a valid password');
  const contact = parseContact(body, 'Only an email address or phone number should be provided on signup.');
  requireContactEnabled(settings, contact);
  const challenge = parseChallenge(body.code_challenge, body.code_challenge_method);
  if (challenge !== null && 'phone' in contact) throw validationFailed('PKCE not supported for phone signups');
  await limitAddress(context, 'sign_up');
  await checkCaptcha(context, body.gotrue_meta_security);
  await checkNewPassword(context, body.password);
  const confirmed = 'email' in contact ? isAutoconfirm(context) : settings.sms_autoconfirm;
  if (!confirmed) await limitMessage(context, 'email' in contact ? 'email' : 'sms', contactText(contact));
  await askBeforeUserCreated(context, { ...contact, data: body.data, provider: 'email' in contact ? 'email' : 'phone' });
  const wanted: NewUser = { contact, passwordHash: await hashUserPassword(body.password), data: body.data };

  const outcome = await context.database.write((connection): Outcome => {
    const existing = findUserByContact(connection, contact);
    const proven = existing !== null && ('email' in contact ? existing.emailConfirmedAt : existing.phoneConfirmedAt) !== null;
    if (existing !== null && (confirmed || proven)) return taken(connection, context, existing, wanted, confirmed);
    const user =
      existing === null ? createContactUser(connection, context, wanted) : signUpAgain(connection, context, existing, wanted);
    recordAudit(connection, context, { action: confirmed ? 'user_signedup' : 'user_confirmation_requested', actorId: user.id });
    if (confirmed) {
      const ready = confirmContact(connection, context, user, 'email' in contact ? 'email' : 'phone');
      return { kind: 'session', opened: openSession(connection, context, ready, { method: 'password' }) };
    }
    const sent = confirmationFor(connection, context, user, challenge);
    return { kind: 'user', json: toUserJson(connection, sent.user), send: sent.pending };
  });
  if (outcome.kind === 'session') return tokenResponse(context, outcome.opened);
  await outcome.send?.();
  return jsonResponse(200, outcome.json);
}

/** The latest sign-up of an unproven address counts: nobody may lie in wait with a password of their own. */
function signUpAgain(connection: Connection, context: AuthContext, user: User, wanted: NewUser): User {
  const changes = { encrypted_password: wanted.passwordHash, raw_user_meta_data: mergeMetadata(user.userMetadata, wanted.data) };
  return refreshContactMetadata(connection, context, updateUser(connection, user.id, changes, context.now()));
}

/** With confirmations on, a taken address answers like a new one; the user it makes up is stored nowhere. */
function taken(connection: Connection, context: AuthContext, existing: User, wanted: NewUser, confirmed: boolean): Outcome {
  if (confirmed) throw authError(422, 'user_already_exists', 'User already registered');
  recordAudit(connection, context, { action: 'user_repeated_signup', actorId: existing.id });
  const at = toStoredTime(context.now());
  const provider = 'email' in wanted.contact ? 'email' : 'phone';
  const id = randomUUID();
  const made: User = {
    ...existing,
    id,
    email: null,
    phone: null,
    ...wanted.contact,
    role: 'authenticated',
    aud: 'authenticated',
    emailConfirmedAt: null,
    phoneConfirmedAt: null,
    confirmedAt: null,
    invitedAt: null,
    confirmationSentAt: at,
    recoverySentAt: null,
    reauthenticationSentAt: null,
    newEmail: null,
    emailChangeSentAt: null,
    newPhone: null,
    phoneChangeSentAt: null,
    lastSignInAt: null,
    bannedUntil: null,
    deletedAt: null,
    isAnonymous: false,
    appMetadata: { provider, providers: [provider] },
    userMetadata: { ...mergeMetadata({}, wanted.data), sub: id, ...wanted.contact, email_verified: false, phone_verified: false },
    createdAt: at,
    updatedAt: at,
  };
  return { kind: 'user', json: toBareUserJson(made), send: null };
}

async function signUpAnonymously(context: AuthContext, data: JsonObject, captchaToken: string): Promise<HttpResponse> {
  if (!authSettingsOf(context.environment).external_anonymous_users_enabled) {
    throw authError(422, 'anonymous_provider_disabled', 'Anonymous sign-ins are disabled');
  }
  await limitAddress(context, 'anonymous_users');
  await checkCaptcha(context, captchaToken);
  await askBeforeUserCreated(context, { data, provider: 'anonymous' });
  const opened = await context.database.write((connection) => {
    const user = insertUser(connection, { is_anonymous: 1, raw_user_meta_data: mergeMetadata({}, data) }, context.now());
    recordAudit(connection, context, { action: 'user_signedup', actorId: user.id, traits: { provider: 'anonymous' } });
    return openSession(connection, context, user, { method: 'anonymous' });
  });
  return tokenResponse(context, opened);
}
