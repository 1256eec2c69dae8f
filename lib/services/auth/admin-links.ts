/** `POST /invite` and `POST /admin/generate_link`: links made by an administrator, mailed or handed over. */

import { z } from 'zod';
import type { Connection } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { hashUserPassword } from '#lib/identity/password-hashes.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import { type MailType, toActionLink, toLinkType } from '#lib/services/auth/auth-mails.ts';
import { requireAdmin } from '#lib/services/auth/bearer.ts';
import { metadata, readBody, text } from '#lib/services/auth/body.ts';
import { prepareMailToken, sendMailToken } from '#lib/services/auth/confirmations.ts';
import { emailExists } from '#lib/services/auth/contact-change.ts';
import { parseEmail } from '#lib/services/auth/contacts.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { createContactUser } from '#lib/services/auth/new-users.ts';
import { checkNewPassword } from '#lib/services/auth/password-policy.ts';
import { redirectOf } from '#lib/services/auth/redirects.ts';
import { toUserJson } from '#lib/services/auth/user-json.ts';
import { findUserByEmail, mergeMetadata, type User, updateUser } from '#lib/services/auth/users.ts';

export async function inviteUser(context: AuthContext): Promise<HttpResponse> {
  requireAdmin(context);
  const body = await readBody(context, z.object({ email: text, data: metadata }));
  const email = parseEmail(body.email);
  const sent = await context.database.write((connection) => {
    const user = invited(connection, context, email, body.data);
    const mailed = sendMailToken(connection, context, user, 'invite', email);
    recordAudit(connection, context, { action: 'user_invited', actorId: null, subjectId: user.id });
    return { json: toUserJson(connection, mailed.user), pending: mailed.pending };
  });
  await sent.pending?.();
  return jsonResponse(200, sent.json);
}

function invited(connection: Connection, context: AuthContext, email: string, data: Record<string, unknown>): User {
  const existing = findUserByEmail(connection, email);
  if (existing !== null && existing.emailConfirmedAt !== null) throw emailExists();
  const user = existing ?? createContactUser(connection, context, { contact: { email }, passwordHash: null, data }, 'present');
  return updateUser(connection, user.id, { invited_at: toStoredTime(context.now()) }, context.now());
}

const linkSchema = z.object({
  type: z.string(),
  email: text,
  new_email: text,
  password: text,
  data: metadata,
  redirect_to: text,
});
type LinkBody = z.output<typeof linkSchema>;

const linkTypes = new Set(['signup', 'invite', 'magiclink', 'recovery', 'email_change_current', 'email_change_new']);

export async function generateLink(context: AuthContext): Promise<HttpResponse> {
  requireAdmin(context);
  const body = await readBody(context, linkSchema);
  if (!linkTypes.has(body.type)) throw validationFailed(`Invalid email action link type requested: ${body.type.slice(0, 40)}`);
  const email = parseEmail(body.email);
  const newEmail = body.type.startsWith('email_change') ? parseEmail(body.new_email) : null;
  if (body.type === 'signup' && body.password === '') throw validationFailed('Signup requires a valid password');
  const passwordHash = body.type === 'signup' ? await newPasswordHash(context, body.password) : null;
  const redirectTo = redirectOf(context, context.query.get('redirect_to') ?? body.redirect_to);
  const json = await context.database.write((connection) => {
    const { user, type } = linkedUser(connection, context, body, email, newEmail, passwordHash);
    const mailbox = type === 'email_change_new' && newEmail !== null ? newEmail : email;
    const { user: stamped, token } = prepareMailToken(connection, context, user, type, mailbox);
    recordAudit(connection, context, { action: 'link_generated', actorId: null, subjectId: user.id, traits: { type } });
    return {
      ...toUserJson(connection, stamped),
      action_link: toActionLink(context, toLinkType(type), token.link, redirectTo),
      email_otp: token.code,
      hashed_token: token.link,
      verification_type: type,
      redirect_to: redirectTo,
    };
  });
  return jsonResponse(200, json);
}

async function newPasswordHash(context: AuthContext, password: string): Promise<string> {
  await checkNewPassword(context, password);
  return hashUserPassword(password);
}

function linkedUser(
  connection: Connection,
  context: AuthContext,
  body: LinkBody,
  email: string,
  newEmail: string | null,
  passwordHash: string | null,
): { user: User; type: MailType } {
  const existing = findUserByEmail(connection, email);
  if (body.type === 'invite') return { user: invited(connection, context, email, body.data), type: 'invite' };
  if (body.type === 'signup' || (body.type === 'magiclink' && existing === null)) {
    if (existing !== null && existing.emailConfirmedAt !== null) throw emailExists();
    const wanted = { contact: { email }, passwordHash, data: body.data };
    const user =
      existing === null
        ? createContactUser(connection, context, wanted, 'present')
        : renewed(connection, context, existing, body, passwordHash);
    return { user, type: 'signup' };
  }
  if (existing === null) throw authError(404, 'user_not_found', 'User with this email not found');
  if (body.type === 'magiclink' || body.type === 'recovery') return { user: existing, type: body.type };
  if (newEmail === null) throw validationFailed('new_email is needed');
  const other = findUserByEmail(connection, newEmail);
  if (other !== null && other.id !== existing.id) throw emailExists();
  const changed = updateUser(connection, existing.id, { email_change: newEmail, email_change_confirm_status: 0 }, context.now());
  return { user: changed, type: body.type === 'email_change_current' ? 'email_change_current' : 'email_change_new' };
}

function renewed(connection: Connection, context: AuthContext, user: User, body: LinkBody, passwordHash: string | null): User {
  const changes = {
    encrypted_password: passwordHash ?? user.passwordHash,
    raw_user_meta_data: mergeMetadata(user.userMetadata, body.data),
  };
  return updateUser(connection, user.id, changes, context.now());
}
