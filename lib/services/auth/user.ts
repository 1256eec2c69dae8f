/** `GET /user` and `PUT /user`: the signed-in user reads and changes themselves. */

import { z } from 'zod';
import { readUserState, toChange } from '#lib/engine/audit/user-state.ts';
import type { Connection } from '#lib/engine/database.ts';
import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { hashUserPassword, verifyUserPassword } from '#lib/identity/password-hashes.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { requireUser, requireUserOrClient, type SignedIn } from '#lib/services/auth/bearer.ts';
import { metadataRecord, optionalText, readBody, text } from '#lib/services/auth/body.ts';
import { applyContactChange, type ContactChange, parseContactChange } from '#lib/services/auth/contact-change.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { parseChallenge } from '#lib/services/auth/flow-states.ts';
import { listFactors } from '#lib/services/auth/mfa-factors.ts';
import { deleteOneTimeTokens } from '#lib/services/auth/one-time-tokens.ts';
import { checkNewPassword } from '#lib/services/auth/password-policy.ts';
import {
  checkCurrentPassword,
  checkNonce,
  endOtherSessions,
  isRecentlyProven,
  requireProof,
} from '#lib/services/auth/recent-proof.ts';
import { deleteUserSessions } from '#lib/services/auth/sessions.ts';
import { toSharedUserJson, toUserJson } from '#lib/services/auth/user-json.ts';
import { getUser, mergeMetadata, type User, updateUser } from '#lib/services/auth/users.ts';

export function readUser(context: AuthContext): HttpResponse {
  const { user, session } = requireUserOrClient(context);
  const client = session !== null && session.oauthClientId !== null ? session : null;
  return jsonResponse(
    200,
    context.database.read((connection) =>
      client === null ? toUserJson(connection, user) : toSharedUserJson(user, client.scopes),
    ),
  );
}

const bodySchema = z.object({
  email: text,
  phone: text,
  password: text,
  nonce: text,
  current_password: text,
  data: metadataRecord.nullish(),
  app_metadata: z.unknown().optional(),
  channel: optionalText,
  code_challenge: optionalText,
  code_challenge_method: optionalText,
});
type Body = z.output<typeof bodySchema>;

export async function changeUser(context: AuthContext): Promise<HttpResponse> {
  const present = requireUser(context);
  const { user } = present;
  const body = await readBody(context, bodySchema);
  const challenge = parseChallenge(body.code_challenge, body.code_challenge_method);
  if (body.app_metadata !== undefined && body.app_metadata !== null) {
    throw authError(403, 'not_admin', 'Updating app_metadata requires admin privileges');
  }
  if (user.isSso && (body.email !== '' || body.phone !== '' || body.password !== '')) {
    throw authError(422, 'user_sso_managed', 'Updating email, phone, password of a SSO account only possible via SSO');
  }
  const change = await parseContactChange(context, user, body, challenge);
  if (change !== null || body.password !== '') requireStrongestLevel(context, present);
  const signedIn = change === null ? present : await requireProof(context, present, body);
  const passwordHash = body.password === '' ? null : await preparePassword(context, signedIn, body);
  const { json, pending } = await context.database.write((connection) =>
    apply(connection, context, signedIn, body, change, passwordHash),
  );
  for (const send of pending) await send();
  return jsonResponse(200, json);
}

function apply(
  connection: Connection,
  context: AuthContext,
  signedIn: SignedIn,
  body: Body,
  change: ContactChange | null,
  passwordHash: string | null,
) {
  let user: User = getUser(connection, signedIn.user.id);
  const before = readUserState(connection, user.id);
  const now = context.now();
  if (body.data) {
    const { sub, email, phone, email_verified, phone_verified } = user.userMetadata;
    // Proven contacts are ours to say; undefined ones vanish when stored.
    const merged = { ...mergeMetadata(user.userMetadata, body.data), ...{ sub, email, phone, email_verified, phone_verified } };
    user = updateUser(connection, user.id, { raw_user_meta_data: merged }, now);
  }
  if (passwordHash !== null) {
    user = updateUser(connection, user.id, { encrypted_password: passwordHash }, now);
    deleteOneTimeTokens(connection, user.id);
    deleteUserSessions(connection, user.id, signedIn.session?.id ?? null);
    recordAudit(connection, context, { action: 'user_updated_password', actorId: user.id });
  }
  const pending: (() => Promise<void>)[] = [];
  if (change !== null) {
    user = applyContactChange(connection, context, user, change, pending);
    endOtherSessions(connection, context, user.id, signedIn.session?.id ?? null);
  }
  const changed = toChange(before, readUserState(connection, user.id));
  recordAudit(connection, context, { action: 'user_modified', actorId: user.id, ...changed });
  return { json: toUserJson(connection, user), pending };
}

/** Whoever has a second factor must have used it before touching what signs them in. */
function requireStrongestLevel(context: AuthContext, { user, session }: SignedIn): void {
  const enrolled = context.database.read((connection) => listFactors(connection, user.id).some((factor) => factor.verified));
  if (enrolled && session?.aal !== 'aal2') {
    throw authError(401, 'insufficient_aal', 'AAL2 session is required to update email or password when MFA is enabled.');
  }
}

/** Returns the hash to store once the change is allowed and the password good enough. */
async function preparePassword(context: AuthContext, { user, session }: SignedIn, body: Body): Promise<string> {
  const settings = authSettingsOf(context.environment);
  if (user.isAnonymous && user.email === null && user.phone === null && body.email === '' && body.phone === '') {
    throw authError(422, 'validation_failed', 'Updating password of an anonymous user without an email or phone is not allowed');
  }
  if (settings.security_update_password_require_current_password && user.passwordHash !== null)
    await checkCurrentPassword(context, user, body.current_password);
  if (settings.security_update_password_require_reauthentication) {
    const proven = isRecentlyProven(context, session);
    if (!proven && body.nonce === '')
      throw authError(400, 'reauthentication_needed', 'Password update requires reauthentication');
    if (!proven) await checkNonce(context, user, body.nonce);
  }
  if (user.passwordHash !== null && (await verifyUserPassword(body.password, user.passwordHash)).holds) {
    throw authError(422, 'same_password', 'New password should be different from the old password.');
  }
  await checkNewPassword(context, body.password);
  return hashUserPassword(body.password);
}
