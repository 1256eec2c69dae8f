/** `POST /factors/{id}/challenge`: asks a second factor, and for a phone or a key sends or makes the question. */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { newCode } from '#lib/identity/one-time-tokens.ts';
import { authenticationOptions, registrationOptions, storedCredentialSchema } from '#lib/identity/passkeys.ts';
import { hashCode } from '#lib/identity/sealing.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import { findTestCode, sendAuthText } from '#lib/services/auth/auth-mails.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { requireUser } from '#lib/services/auth/bearer.ts';
import { readBody } from '#lib/services/auth/body.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { limitMessage } from '#lib/services/auth/limits.ts';
import { type Factor, getOwnFactor } from '#lib/services/auth/mfa-factors.ts';
import { relyingPartyOf, requireRelyingParty } from '#lib/services/auth/relying-party.ts';
import type { JsonObject } from '#lib/services/auth/rows.ts';
import type { User } from '#lib/services/auth/users.ts';

export const challengeSeconds = 300;

const webauthnSchema = z.object({
  rpId: z.string(),
  rpOrigins: z.union([z.array(z.string()), z.string().transform((origin) => [origin])]).default([]),
});
const bodySchema = z.object({ channel: z.string().nullish(), webauthn: webauthnSchema.nullish() });

interface Question {
  readonly codeHash: string | null;
  /** What the answer is checked against: the WebAuthn challenge and its party. */
  readonly session: JsonObject | null;
  /** Added to the response. */
  readonly answer: JsonObject;
  /** A code to be texted. */
  readonly code: string | null;
}

export async function challengeFactor(context: AuthContext): Promise<HttpResponse> {
  const { user } = requireUser(context);
  const body = await readBody(context, bodySchema);
  const factor = context.database.read((connection) => getOwnFactor(connection, user.id, context.params.id ?? ''));
  requireVerifying(context, factor);
  const id = randomUUID();
  const question = await ask(context, user, factor, id, body);
  const now = context.now();
  const pending = await context.database.write((connection) => {
    const at = toStoredTime(now);
    // A new question to a phone makes the old code useless.
    if (factor.type === 'phone') connection.run('DELETE FROM _koyalite_mfa_challenges WHERE factor_id = ?', factor.id);
    connection.run(
      `INSERT INTO _koyalite_mfa_challenges(id, factor_id, ip_address, otp_hash, web_authn_session_data, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
      id,
      factor.id,
      context.clientAddress,
      question.codeHash,
      question.session === null ? null : JSON.stringify(question.session),
      at,
    );
    connection.run('DELETE FROM _koyalite_mfa_challenges WHERE created_at < ?', toStoredTime(now - 2 * challengeSeconds * 1000));
    connection.run('UPDATE _koyalite_mfa_factors SET last_challenged_at = ? WHERE id = ?', at, factor.id);
    recordAudit(connection, context, { action: 'challenge_created', actorId: user.id, traits: { factor_id: factor.id } });
    if (question.code === null) return null;
    return sendAuthText(
      connection,
      context,
      user,
      factor.phone,
      question.code,
      authSettingsOf(context.environment).mfa_phone_template,
    );
  });
  await pending?.();
  return jsonResponse(200, { id, type: factor.type, expires_at: Math.floor(now / 1000) + challengeSeconds, ...question.answer });
}

async function ask(
  context: AuthContext,
  user: User,
  factor: Factor,
  id: string,
  body: z.output<typeof bodySchema>,
): Promise<Question> {
  const nothing: Question = { codeHash: null, session: null, answer: {}, code: null };
  if (factor.type === 'totp') return nothing;
  if (factor.type === 'phone') {
    await limitMessage(context, 'sms', factor.phone);
    const settings = authSettingsOf(context.environment);
    const fixed = findTestCode(settings, factor.phone);
    const code = fixed ?? newCode(settings.sms_otp_length);
    return { ...nothing, codeHash: hashCode(context.sealingKey, `mfa ${id}`, code), code: fixed === undefined ? code : null };
  }
  if (!body.webauthn) throw validationFailed('webauthn with rpId and rpOrigins is needed');
  const party = requireRelyingParty(context, body.webauthn);
  const options = factor.verified
    ? await authenticationOptions(party, [storedCredentialSchema.parse(factor.credential)])
    : await registrationOptions({
        party: { ...party, name: relyingPartyOf(context).name },
        userId: user.id,
        userName: user.email ?? user.phone ?? user.id,
        known: [],
        discoverable: false,
      });
  const type = factor.verified ? 'request' : 'create';
  return {
    ...nothing,
    session: { challenge: options.challenge, party, type },
    answer: { webauthn: { type, credential_options: { publicKey: options } } },
  };
}

export function requireVerifying(context: AuthContext, factor: Factor): void {
  const settings = authSettingsOf(context.environment);
  if (factor.type === 'totp' && !settings.mfa_totp_verify_enabled)
    throw authError(422, 'mfa_totp_verify_not_enabled', 'MFA verification is disabled for TOTP');
  if (factor.type === 'phone' && !settings.mfa_phone_verify_enabled) {
    throw authError(422, 'mfa_phone_verify_not_enabled', 'MFA verification is disabled for Phone');
  }
  if (factor.type === 'webauthn' && !settings.mfa_web_authn_verify_enabled) {
    throw authError(422, 'mfa_webauthn_verify_not_enabled', 'MFA verification is disabled for WebAuthn');
  }
}
