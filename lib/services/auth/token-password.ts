/** `grant_type=password`: the same answer and the same time for a wrong password and for nobody. */

import { z } from 'zod';
import type { HttpResponse } from '#lib/http/exchange.ts';
import { hashUserPassword, verifyUserPassword } from '#lib/identity/password-hashes.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import { type AuthSettings, authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { captcha, readBody, text } from '#lib/services/auth/body.ts';
import { checkCaptcha } from '#lib/services/auth/captcha.ts';
import { parseContact } from '#lib/services/auth/contacts.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { askDecision } from '#lib/services/auth/hooks.ts';
import { checkFailedPasswords, countFailedPassword } from '#lib/services/auth/limits.ts';
import { parseUsername, requireContactEnabled } from '#lib/services/auth/new-users.ts';
import { findWeakness } from '#lib/services/auth/password-policy.ts';
import { watchAttempt } from '#lib/services/auth/refusals.ts';
import { type OpenedSession, openSession } from '#lib/services/auth/sessions.ts';
import { tokenResponse } from '#lib/services/auth/token-response.ts';
import {
  findUser,
  findUserByContact,
  findUserByUsername,
  isBanned,
  type User,
  type UserContact,
  updateUser,
} from '#lib/services/auth/users.ts';

const bodySchema = z.object({ email: text, phone: text, username: text, password: text, gotrue_meta_security: captcha });

type Body = z.output<typeof bodySchema>;
type Account = UserContact | { readonly username: string };

export async function grantByPassword(context: AuthContext): Promise<HttpResponse> {
  const settings = authSettingsOf(context.environment);
  const body = await readBody(context, bodySchema);
  const account = parseAccount(settings, body);
  const user = context.database.read((connection) =>
    'username' in account ? findUserByUsername(connection, account.username) : findUserByContact(connection, account),
  );
  const attempt = { method: 'password', userId: user?.id ?? null };
  const opened = await watchAttempt(context, attempt, () => signIn(context, body, account, user));
  const weakness = await findWeakness(context, body.password);
  const extra = weakness === null ? {} : { weak_password: { ...Object(weakness.details), message: weakness.message } };
  return tokenResponse(context, opened, extra);
}

async function signIn(context: AuthContext, body: Body, account: Account, user: User | null): Promise<OpenedSession> {
  const accountKey = Object.values(account).join();
  await checkFailedPasswords(context, accountKey);
  await checkCaptcha(context, body.gotrue_meta_security);
  const check = await verifyUserPassword(body.password, user?.passwordHash ?? null);
  if (user !== null) await askDecision(context, 'password_verification_attempt', { user_id: user.id, valid: check.holds });
  if (user === null || !check.holds || user.deletedAt !== null) {
    await countFailedPassword(context, accountKey);
    throw authError(400, 'invalid_credentials', 'Invalid login credentials');
  }
  await checkFailedPasswords(context, accountKey);
  if (isBanned(user, context.now())) throw authError(400, 'user_banned', 'User is banned');
  const byPhone = 'phone' in account;
  if (!byPhone && user.emailConfirmedAt === null) throw authError(400, 'email_not_confirmed', 'Email not confirmed');
  if (byPhone && user.phoneConfirmedAt === null) throw authError(400, 'phone_not_confirmed', 'Phone not confirmed');

  const rehashed = check.rehash ? await hashUserPassword(body.password) : null;
  return context.database.write((connection) => {
    const present = findUser(connection, user.id);
    // The hash took time: a password change in between wins.
    if (present === null || present.passwordHash !== user.passwordHash)
      throw authError(400, 'invalid_credentials', 'Invalid login credentials');
    const kept = rehashed === null ? present : updateUser(connection, user.id, { encrypted_password: rehashed }, context.now());
    return openSession(connection, context, kept, { method: 'password' });
  });
}

function parseAccount(settings: AuthSettings, body: Body): Account {
  const name = body.username !== '' ? body.username : !body.email.includes('@') ? body.email : '';
  if (settings.external_username_enabled && name !== '') return { username: parseUsername(name) };
  if (body.email === '' && body.phone === '') throw validationFailed('missing email or phone');
  const contact = parseContact(body, 'Only an email address or phone number should be provided on login.');
  const disabled = 'email' in contact ? 'Email logins are disabled' : 'Phone logins are disabled';
  requireContactEnabled(settings, contact, disabled);
  return contact;
}
