/** `POST /factors/{id}/verify`: the answer to a challenge lifts the session to aal2. */

import { z } from 'zod';
import type { Connection, Row } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import type { HttpResponse } from '#lib/http/exchange.ts';
import type { Problem } from '#lib/http/problem.ts';
import {
  type StoredCredential,
  storedCredentialSchema,
  verifyAuthentication,
  verifyRegistration,
} from '#lib/identity/passkeys.ts';
import { equalText, hashCode, unseal } from '#lib/identity/sealing.ts';
import { findTotpStep } from '#lib/identity/totp.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { requireUser, type SignedIn } from '#lib/services/auth/bearer.ts';
import { readBody, text } from '#lib/services/auth/body.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { askDecision } from '#lib/services/auth/hooks.ts';
import { checkFailedPasswords, countFailedPassword } from '#lib/services/auth/limits.ts';
import { challengeSeconds, requireVerifying } from '#lib/services/auth/mfa-challenge.ts';
import { type Factor, getOwnFactor } from '#lib/services/auth/mfa-factors.ts';
import { liftSession } from '#lib/services/auth/mfa-lift.ts';
import { writeThenThrow } from '#lib/services/auth/outcome.ts';
import { requireRecentProof } from '#lib/services/auth/recent-proof.ts';
import { watchAttempt } from '#lib/services/auth/refusals.ts';
import { findText, numberOf, objectOf, textOf, timeMs } from '#lib/services/auth/rows.ts';
import type { OpenedSession } from '#lib/services/auth/sessions.ts';
import { tokenResponse } from '#lib/services/auth/token-response.ts';

const bodySchema = z.object({
  challenge_id: text,
  code: text,
  webauthn: z.object({ credential_response: z.unknown() }).nullish(),
});

const maxFailedAttempts = 5;

/** What an answer proved: the TOTP step it used up, or the credential as it is now. */
type Proof = { readonly step?: number; readonly credential?: StoredCredential; readonly aaguid?: string };

export async function verifyFactor(context: AuthContext): Promise<HttpResponse> {
  const signedIn = requireUser(context);
  const body = await readBody(context, bodySchema);
  const { factor, challenge } = context.database.read((connection) => {
    const found = getOwnFactor(connection, signedIn.user.id, context.params.id ?? '');
    return { factor: found, challenge: findChallenge(connection, found, body.challenge_id) };
  });
  requireVerifying(context, factor);
  requireRecentEnrolment(context, signedIn, factor);
  if (challenge === undefined) throw validationFailed('MFA factor with the provided challenge ID not found');
  const { id } = signedIn.user;
  const attempt = { method: factor.type, userId: id, actorId: id, traits: { factor_id: factor.id } };
  const opened = await watchAttempt(context, attempt, () => check(context, signedIn, factor, challenge, body));
  return tokenResponse(context, opened);
}

async function check(
  context: AuthContext,
  signedIn: SignedIn,
  factor: Factor,
  challenge: Row,
  body: z.output<typeof bodySchema>,
): Promise<OpenedSession> {
  requireLive(context, challenge);
  const account = `factor ${factor.id}`;
  await checkFailedPasswords(context, account);
  const credential =
    factor.type === 'webauthn' ? await checkCredential(factor, challenge, body.webauthn?.credential_response) : null;
  const valid =
    context.database.read((connection) => prove(connection, context, factor, body.challenge_id, body.code, credential)) !== null;
  await askDecision(context, 'mfa_verification_attempt', {
    user_id: signedIn.user.id,
    factor_id: factor.id,
    factor_type: factor.type,
    valid,
  });
  // Again, now that the answer is known: guesses sent in parallel all passed the first check.
  if (valid) await checkFailedPasswords(context, account);
  else await countFailedPassword(context, account);
  return writeThenThrow(context.database, (connection) => {
    const proof = prove(connection, context, factor, body.challenge_id, body.code, credential);
    if (proof === null) return countFailure(connection, factor, body.challenge_id);
    // Taken within the write, so that of parallel answers one counts.
    connection.run('DELETE FROM _koyalite_mfa_challenges WHERE id = ?', body.challenge_id);
    return lift(connection, context, signedIn, factor, proof);
  });
}

/** Enrolling asked for proof; what it began long ago must not be finished without. */
function requireRecentEnrolment(context: AuthContext, signedIn: SignedIn, factor: Factor): void {
  const { security_reauthentication_age_seconds: seconds } = authSettingsOf(context.environment);
  if (!factor.verified && context.now() - timeMs(factor.createdAt) > seconds * 1000) requireRecentProof(context, signedIn);
}

function countFailure(connection: Connection, factor: Factor, challengeId: string): Problem {
  connection.run('UPDATE _koyalite_mfa_challenges SET failed_attempts = failed_attempts + 1 WHERE id = ?', challengeId);
  if (factor.type === 'webauthn') return authError(422, 'mfa_verification_failed', 'Invalid WebAuthn credential');
  return authError(
    422,
    'mfa_verification_failed',
    factor.type === 'totp' ? 'Invalid TOTP code entered' : 'Invalid MFA Phone code entered',
  );
}

function findChallenge(connection: Connection, factor: Factor, id: string): Row | undefined {
  return connection.get(
    'SELECT * FROM _koyalite_mfa_challenges WHERE id = ? AND factor_id = ? AND verified_at IS NULL',
    id,
    factor.id,
  );
}

function requireLive(context: AuthContext, challenge: Row): void {
  const tooOld = context.now() - timeMs(textOf(challenge, 'created_at')) > challengeSeconds * 1000;
  if (tooOld || numberOf(challenge, 'failed_attempts') >= maxFailedAttempts) {
    throw authError(
      422,
      'mfa_challenge_expired',
      'MFA challenge has expired, verify against another challenge or create a new challenge.',
    );
  }
  if (findText(challenge, 'ip_address') !== context.clientAddress) {
    throw authError(422, 'mfa_ip_address_mismatch', 'Challenge and verify IP addresses mismatch.');
  }
}

const sessionSchema = z.object({
  challenge: z.string(),
  type: z.enum(['create', 'request']),
  party: z.object({ id: z.string(), name: z.string(), origins: z.array(z.string()) }),
});

async function checkCredential(factor: Factor, challenge: Row, answer: unknown): Promise<Proof | null> {
  const session = sessionSchema.safeParse(objectOf(challenge, 'web_authn_session_data'));
  if (!session.success) return null;
  const { party } = session.data;
  if (session.data.type === 'create') return verifyRegistration(answer, session.data.challenge, party);
  const credential = await verifyAuthentication(
    answer,
    session.data.challenge,
    party,
    storedCredentialSchema.parse(factor.credential),
  );
  return credential === null ? null : { credential };
}

/** What the answer proves against the challenge as it is now. */
function prove(
  connection: Connection,
  context: AuthContext,
  seen: Factor,
  challengeId: string,
  code: string,
  credential: Proof | null,
): Proof | null {
  const factor = getOwnFactor(connection, seen.userId, seen.id);
  const challenge = findChallenge(connection, factor, challengeId);
  if (challenge === undefined || numberOf(challenge, 'failed_attempts') >= maxFailedAttempts) return null;
  return factor.type === 'webauthn' ? credential : proveCode(context, factor, challenge, code);
}

function proveCode(context: AuthContext, factor: Factor, challenge: Row, code: string): Proof | null {
  if (factor.type === 'phone') {
    const expected = findText(challenge, 'otp_hash') ?? '';
    return equalText(hashCode(context.sealingKey, `mfa ${textOf(challenge, 'id')}`, code), expected) ? {} : null;
  }
  if (factor.sealedSecret === null) return null;
  const secret = unseal(context.sealingKey, `totp ${factor.id}`, factor.sealedSecret);
  const step = findTotpStep(secret, code, factor.lastUsedStep, context.now());
  return step === null ? null : { step };
}

const methods: Readonly<Record<string, string>> = { totp: 'totp', phone: 'mfa/phone', webauthn: 'mfa/webauthn' };

function lift(
  connection: Connection,
  context: AuthContext,
  signedIn: SignedIn,
  factor: Factor,
  proof: Proof,
): OpenedSession | Problem {
  connection.run(
    `UPDATE _koyalite_mfa_factors SET status = 'verified', updated_at = ?, last_used_step = coalesce(?, last_used_step),
       web_authn_credential = coalesce(?, web_authn_credential), web_authn_aaguid = coalesce(?, web_authn_aaguid) WHERE id = ?`,
    toStoredTime(context.now()),
    proof.step ?? null,
    proof.credential === undefined ? null : JSON.stringify(proof.credential),
    proof.aaguid ?? null,
    factor.id,
  );
  return liftSession(connection, context, signedIn, factor, methods[factor.type] ?? factor.type);
}
