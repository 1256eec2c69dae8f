/** Proof that it is still the user: a sign-in or second factor of just now, the present password, or a mailed code. */

import { z } from 'zod';
import type { Connection } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { emptyResponse, type HttpResponse } from '#lib/http/exchange.ts';
import { verifyUserPassword } from '#lib/identity/password-hashes.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { requireUser, type SignedIn } from '#lib/services/auth/bearer.ts';
import { readBody, text } from '#lib/services/auth/body.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { checkFailedPasswords, countFailedPassword } from '#lib/services/auth/limits.ts';
import { takeByCode } from '#lib/services/auth/one-time-tokens.ts';
import { writeThenThrow } from '#lib/services/auth/outcome.ts';
import { watchAttempt } from '#lib/services/auth/refusals.ts';
import { timeMs } from '#lib/services/auth/rows.ts';
import { deleteUserSessions, findSession, type Session } from '#lib/services/auth/sessions.ts';
import type { User } from '#lib/services/auth/users.ts';

export interface Proof {
  /** Of `GET /reauthenticate`. */
  readonly nonce: string;
  readonly current_password: string;
}

/** Whether the session's last proof is younger than the settings ask. A token without a session proves nothing. */
export function isRecentlyProven(context: AuthContext, session: Session | null): boolean {
  if (session === null) return false;
  const provenMs = Math.max(timeMs(session.createdAt), timeMs(session.provenAt ?? session.createdAt));
  return context.now() - provenMs <= authSettingsOf(context.environment).security_reauthentication_age_seconds * 1000;
}

/**
 * Ask before any change of how a user signs in, beside the password, which has settings of its own. Throws 403
 * `reauthentication_needed`. An anonymous user has nothing to prove it by, and no account to lose but the session's.
 */
export function requireRecentProof(context: AuthContext, { user, session }: Pick<SignedIn, 'user' | 'session'>): void {
  if (!authSettingsOf(context.environment).security_change_require_reauthentication || user.isAnonymous) return;
  if (isRecentlyProven(context, session)) return;
  throw authError(403, 'reauthentication_needed', 'Changing how you sign in requires reauthentication');
}

/** The same where the request may bring its proof along. Returns the session as it is then. */
export async function requireProof(context: AuthContext, signedIn: SignedIn, proof: Proof): Promise<SignedIn> {
  const wanted = authSettingsOf(context.environment).security_change_require_reauthentication;
  const brings = proof.nonce !== '' || proof.current_password !== '';
  const proven =
    wanted && brings && !isRecentlyProven(context, signedIn.session) ? await prove(context, signedIn, proof) : signedIn;
  requireRecentProof(context, proven);
  return proven;
}

/** Within the write of such a change: whoever else holds a session of the user is out, where the setting asks for proof. */
export function endOtherSessions(connection: Connection, context: AuthContext, userId: string, keepId: string | null): void {
  if (authSettingsOf(context.environment).security_change_require_reauthentication)
    deleteUserSessions(connection, userId, keepId);
}

/** `POST /reauthenticate`: proves it for the session, so that the changes that follow need no proof of their own. Ours. */
export async function confirmReauthentication(context: AuthContext): Promise<HttpResponse> {
  const signedIn = requireUser(context);
  const proof = await readBody(context, z.object({ nonce: text, current_password: text }));
  if (proof.nonce === '' && proof.current_password === '')
    throw validationFailed('Reauthentication requires a nonce or the current password');
  await prove(context, signedIn, proof);
  return emptyResponse(204);
}

async function prove(context: AuthContext, { user, session, claims }: SignedIn, proof: Proof): Promise<SignedIn> {
  if (session === null) throw authError(403, 'session_not_found', 'A session is needed to reauthenticate');
  if (proof.nonce === '') await checkCurrentPassword(context, user, proof.current_password);
  else await checkNonce(context, user, proof.nonce);
  const proven = await context.database.write((connection) => {
    connection.run('UPDATE _koyalite_sessions SET proven_at = ? WHERE id = ?', toStoredTime(context.now()), session.id);
    const traits = { method: proof.nonce === '' ? 'password' : 'nonce' };
    recordAudit(connection, context, { action: 'user_reauthenticated', actorId: user.id, traits });
    return findSession(connection, session.id);
  });
  return { user, session: proven, claims };
}

/** Throws 400 for a wrong password or none; wrong ones count against the account. */
export async function checkCurrentPassword(context: AuthContext, user: User, password: string): Promise<void> {
  if (password === '') throw authError(400, 'current_password_required', 'Current password required when setting new password.');
  await watchAttempt(context, toAttempt(user), async () => {
    await checkFailedPasswords(context, user.id);
    if ((await verifyUserPassword(password, user.passwordHash)).holds) return checkFailedPasswords(context, user.id);
    await countFailedPassword(context, user.id);
    throw authError(400, 'current_password_invalid', 'Current password is incorrect');
  });
}

/** Throws 422 for a code that is wrong, used or too old. */
export async function checkNonce(context: AuthContext, user: User, nonce: string): Promise<void> {
  const mailbox = user.email ?? user.phone ?? '';
  await watchAttempt(context, toAttempt(user), () =>
    writeThenThrow(context.database, (connection) => {
      const taken = takeByCode(connection, context, mailbox, nonce, ['reauthentication']);
      return taken === null ? authError(422, 'reauthentication_not_valid', 'Nonce has expired or is invalid') : taken;
    }),
  );
}

function toAttempt({ id }: User) {
  return { method: 'reauthentication', userId: id, actorId: id };
}
