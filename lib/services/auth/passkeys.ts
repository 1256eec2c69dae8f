/** `/passkeys`: signing in with a key the device holds, and the user's list of them. */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Connection, Row } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { emptyResponse, type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import {
  authenticationOptions,
  findCredentialId,
  registrationOptions,
  type StoredCredential,
  storedCredentialSchema,
  verifyAuthentication,
  verifyRegistration,
} from '#lib/identity/passkeys.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { requireUser } from '#lib/services/auth/bearer.ts';
import { captcha, readBody, text } from '#lib/services/auth/body.ts';
import { checkCaptcha } from '#lib/services/auth/captcha.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { limitAddress } from '#lib/services/auth/limits.ts';
import { deletePasskey, getPasskey, listPasskeys, toPasskeyJson } from '#lib/services/auth/passkey-rows.ts';
import { endOtherSessions, requireRecentProof } from '#lib/services/auth/recent-proof.ts';
import { watchAttempt } from '#lib/services/auth/refusals.ts';
import { relyingPartyOf } from '#lib/services/auth/relying-party.ts';
import { isUuid, objectOf, textOf, timeMs } from '#lib/services/auth/rows.ts';
import { type OpenedSession, openSession } from '#lib/services/auth/sessions.ts';
import { tokenResponse } from '#lib/services/auth/token-response.ts';
import { findUser, isBanned } from '#lib/services/auth/users.ts';

const challengeMs = 300_000;

function requirePasskeys(context: AuthContext): void {
  if (!authSettingsOf(context.environment).passkeys_enabled) throw authError(404, 'passkey_disabled', 'Passkeys are disabled');
}

export async function startRegistration(context: AuthContext): Promise<HttpResponse> {
  requirePasskeys(context);
  const signedIn = requireUser(context);
  requireRecentProof(context, signedIn);
  const { user } = signedIn;
  const known = context.database.read((connection) => listPasskeys(connection, user.id));
  requireRoom(context, known.length);
  const options = await registrationOptions({
    party: relyingPartyOf(context),
    userId: user.id,
    userName: user.email ?? user.phone ?? user.id,
    known: known.map(toCredential),
    discoverable: true,
  });
  return challengeResponse(context, 'registration', user.id, options);
}

export async function finishRegistration(context: AuthContext): Promise<HttpResponse> {
  requirePasskeys(context);
  const { user, session } = requireUser(context);
  const body = await readBody(context, z.object({ challenge_id: text, credential: z.unknown(), friendly_name: text }));
  const challenge = await takeChallenge(context, 'registration', body.challenge_id, user.id);
  const verified = await verifyRegistration(body.credential, challenge, relyingPartyOf(context));
  if (verified === null) throw authError(400, 'webauthn_verification_failed', 'Credential verification failed');
  const { credential, aaguid } = verified;
  const row = await context.database.write((connection) => {
    requireRoom(context, listPasskeys(connection, user.id).length);
    if (findByCredential(connection, credential.id) !== undefined) {
      throw authError(422, 'webauthn_credential_exists', 'This passkey is already registered');
    }
    const id = randomUUID();
    const at = toStoredTime(context.now());
    connection.run(
      `INSERT INTO _koyalite_webauthn_credentials(id, user_id, credential_id, credential, aaguid, friendly_name, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      user.id,
      credential.id,
      JSON.stringify(credential),
      aaguid,
      body.friendly_name === '' ? null : body.friendly_name,
      at,
      at,
    );
    endOtherSessions(connection, context, user.id, session?.id ?? null);
    recordAudit(connection, context, { action: 'passkey_created', actorId: user.id, traits: { passkey_id: id } });
    return getPasskey(connection, user.id, id);
  });
  return jsonResponse(200, toPasskeyJson(row));
}

export async function startAuthentication(context: AuthContext): Promise<HttpResponse> {
  requirePasskeys(context);
  const body = await readBody(context, z.object({ gotrue_meta_security: captcha }));
  await limitAddress(context, 'otp');
  await checkCaptcha(context, body.gotrue_meta_security);
  return challengeResponse(context, 'authentication', null, await authenticationOptions(relyingPartyOf(context), []));
}

export async function finishAuthentication(context: AuthContext): Promise<HttpResponse> {
  requirePasskeys(context);
  const body = await readBody(context, z.object({ challenge_id: text, credential: z.unknown() }));
  await limitAddress(context, 'verify');
  const challenge = await takeChallenge(context, 'authentication', body.challenge_id, null);
  const credentialId = findCredentialId(body.credential);
  const row =
    credentialId === null ? undefined : context.database.read((connection) => findByCredential(connection, credentialId));
  if (row === undefined) throw authError(400, 'webauthn_verification_failed', 'Credential verification failed');
  const attempt = { method: 'passkey', userId: textOf(row, 'user_id') };
  return tokenResponse(context, await watchAttempt(context, attempt, () => signIn(context, row, body.credential, challenge)));
}

async function signIn(context: AuthContext, row: Row, answer: unknown, challenge: string): Promise<OpenedSession> {
  const failed = authError(400, 'webauthn_verification_failed', 'Credential verification failed');
  const credential = await verifyAuthentication(answer, challenge, relyingPartyOf(context), toCredential(row));
  if (credential === null) throw failed;
  return context.database.write((connection) => {
    const user = findUser(connection, textOf(row, 'user_id'));
    if (user === null || user.deletedAt !== null) throw failed;
    if (isBanned(user, context.now())) throw authError(403, 'user_banned', 'User is banned');
    const sql = 'UPDATE _koyalite_webauthn_credentials SET credential = ?, last_used_at = ? WHERE id = ?';
    const { changes } = connection.run(sql, JSON.stringify(credential), toStoredTime(context.now()), textOf(row, 'id'));
    if (changes === 0) throw failed;
    return openSession(connection, context, user, { method: 'passkey' });
  });
}

export function listOwnPasskeys(context: AuthContext): HttpResponse {
  requirePasskeys(context);
  const { user } = requireUser(context);
  return jsonResponse(
    200,
    context.database.read((connection) => listPasskeys(connection, user.id).map(toPasskeyJson)),
  );
}

export async function renamePasskey(context: AuthContext): Promise<HttpResponse> {
  requirePasskeys(context);
  const { user } = requireUser(context);
  const { friendly_name: name } = await readBody(context, z.object({ friendly_name: text }));
  const row = await context.database.write((connection) => {
    const found = getPasskey(connection, user.id, context.params.id ?? '');
    const at = toStoredTime(context.now());
    connection.run(
      'UPDATE _koyalite_webauthn_credentials SET friendly_name = ?, updated_at = ? WHERE id = ?',
      name.slice(0, 120),
      at,
      textOf(found, 'id'),
    );
    return getPasskey(connection, user.id, textOf(found, 'id'));
  });
  return jsonResponse(200, toPasskeyJson(row));
}

export async function removePasskey(context: AuthContext): Promise<HttpResponse> {
  requirePasskeys(context);
  const { user, session } = requireUser(context);
  requireRecentProof(context, { user, session });
  await context.database.write((connection) => {
    deletePasskey(connection, getPasskey(connection, user.id, context.params.id ?? ''));
    endOtherSessions(connection, context, user.id, session?.id ?? null);
    recordAudit(connection, context, { action: 'passkey_deleted', actorId: user.id });
  });
  return emptyResponse(204);
}

function requireRoom(context: AuthContext, count: number): void {
  if (count >= authSettingsOf(context.environment).passkeys_max_per_user) {
    throw authError(422, 'too_many_passkeys', 'Maximum number of passkeys reached');
  }
}

async function challengeResponse(
  context: AuthContext,
  type: string,
  userId: string | null,
  options: { challenge: string },
): Promise<HttpResponse> {
  const id = randomUUID();
  const expiresMs = context.now() + challengeMs;
  await context.database.write((connection) => {
    connection.run('DELETE FROM _koyalite_webauthn_challenges WHERE expires_at < ?', toStoredTime(context.now() - 86_400_000));
    connection.run(
      'INSERT INTO _koyalite_webauthn_challenges(id, user_id, challenge_type, challenge, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
      id,
      userId,
      type,
      options.challenge,
      toStoredTime(context.now()),
      toStoredTime(expiresMs),
    );
  });
  return jsonResponse(200, { challenge_id: id, options, expires_at: Math.floor(expiresMs / 1000) });
}

/** Gone at first use, whatever the answer to it turns out to be. */
async function takeChallenge(context: AuthContext, type: string, id: string, userId: string | null): Promise<string> {
  const row = await context.database.write((connection) => {
    const sql = 'DELETE FROM _koyalite_webauthn_challenges WHERE id = ? AND challenge_type = ? AND user_id IS ? RETURNING *';
    return isUuid(id) ? connection.get(sql, id, type, userId) : undefined;
  });
  if (row === undefined) throw authError(400, 'webauthn_challenge_not_found', 'Challenge not found');
  if (timeMs(textOf(row, 'expires_at')) <= context.now())
    throw authError(400, 'webauthn_challenge_expired', 'Challenge has expired');
  return textOf(row, 'challenge');
}

function findByCredential(connection: Connection, credentialId: string): Row | undefined {
  return connection.get('SELECT * FROM _koyalite_webauthn_credentials WHERE credential_id = ?', credentialId);
}

function toCredential(row: Row): StoredCredential {
  return storedCredentialSchema.parse(objectOf(row, 'credential'));
}
