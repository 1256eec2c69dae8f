/** `POST /factors` and `DELETE /factors/{id}`: a user adds and removes second factors. */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { seal } from '#lib/identity/sealing.ts';
import { enrollTotp } from '#lib/identity/totp.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import { type AuthSettings, authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { requireUser, type SignedIn } from '#lib/services/auth/bearer.ts';
import { readBody, text } from '#lib/services/auth/body.ts';
import { parsePhone } from '#lib/services/auth/contacts.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { deleteFactor, type FactorType, getOwnFactor, insertFactor, listFactors } from '#lib/services/auth/mfa-factors.ts';
import { endOtherSessions, requireRecentProof } from '#lib/services/auth/recent-proof.ts';
import type { JsonObject } from '#lib/services/auth/rows.ts';

const bodySchema = z.object({ factor_type: text, friendly_name: text, issuer: text, phone: text });

export async function enrollFactor(context: AuthContext): Promise<HttpResponse> {
  const signedIn = requireUser(context);
  requireRecentProof(context, signedIn);
  const body = await readBody(context, bodySchema);
  const settings = authSettingsOf(context.environment);
  const type = parseFactorType(body.factor_type);
  requireEnrolling(settings, type);
  if (signedIn.user.isAnonymous) throw authError(403, 'validation_failed', 'Anonymous users cannot enroll factors');
  const phone = type === 'phone' ? { phone: parsePhone(body.phone) } : {};
  const id = randomUUID();
  const totp =
    type === 'totp'
      ? enrollTotp(issuerOf(settings, body.issuer), signedIn.user.email ?? signedIn.user.phone ?? signedIn.user.id)
      : null;
  const sealed = totp === null ? {} : { sealedSecret: seal(context.sealingKey, `totp ${id}`, totp.secret) };
  await context.database.write((connection) => {
    requireRoom(context, signedIn, body.friendly_name, listFactors(connection, signedIn.user.id));
    // An unverified factor of that name is an enrolment given up half-way.
    connection.run(
      `DELETE FROM _koyalite_mfa_factors WHERE user_id = ? AND status = 'unverified' AND friendly_name = ?`,
      signedIn.user.id,
      body.friendly_name,
    );
    insertFactor(
      connection,
      { id, userId: signedIn.user.id, type, friendlyName: body.friendly_name, ...phone, ...sealed },
      context.now(),
    );
    recordAudit(connection, context, {
      action: 'factor_in_progress',
      actorId: signedIn.user.id,
      traits: { factor_id: id, type },
    });
  });
  const secret: JsonObject = totp === null ? {} : { totp: { qr_code: totp.qrCode, secret: totp.secret, uri: totp.uri } };
  return jsonResponse(200, { id, type, friendly_name: body.friendly_name, ...phone, ...secret });
}

export async function unenrollFactor(context: AuthContext): Promise<HttpResponse> {
  const { user, session } = requireUser(context);
  const id = context.params.id ?? '';
  await context.database.write((connection) => {
    const factor = getOwnFactor(connection, user.id, id);
    if (factor.verified && session?.aal !== 'aal2')
      throw authError(422, 'insufficient_aal', 'AAL2 required to unenroll verified factor');
    if (factor.verified) requireRecentProof(context, { user, session });
    deleteFactor(connection, factor.id);
    // Recovery codes stand in for another factor; alone they would be one.
    if (!listFactors(connection, user.id).some((other) => other.verified && other.type !== 'recovery_code')) {
      connection.run(`DELETE FROM _koyalite_mfa_factors WHERE user_id = ? AND factor_type = 'recovery_code'`, user.id);
    }
    // A session that owes its level to the factor loses it with the factor.
    connection.run(
      `UPDATE _koyalite_sessions SET aal = 'aal1', factor_id = NULL WHERE user_id = ? AND factor_id = ?`,
      user.id,
      factor.id,
    );
    if (factor.verified) endOtherSessions(connection, context, user.id, session?.id ?? null);
    recordAudit(connection, context, { action: 'factor_unenrolled', actorId: user.id, traits: { factor_id: factor.id } });
  });
  return jsonResponse(200, { id });
}

function parseFactorType(type: string): FactorType {
  if (type === 'totp' || type === 'phone' || type === 'webauthn') return type;
  throw validationFailed('factor_type needs to be totp, phone, or webauthn');
}

function requireEnrolling(settings: AuthSettings, type: FactorType): void {
  if (type === 'totp' && !settings.mfa_totp_enroll_enabled)
    throw authError(422, 'mfa_totp_enroll_not_enabled', 'MFA enroll is disabled for TOTP');
  if (type === 'phone' && !settings.mfa_phone_enroll_enabled)
    throw authError(422, 'mfa_phone_enroll_not_enabled', 'MFA enroll is disabled for Phone');
  if (type === 'webauthn' && !settings.mfa_web_authn_enroll_enabled) {
    throw authError(422, 'mfa_webauthn_enroll_not_enabled', 'MFA enroll is disabled for WebAuthn');
  }
}

function requireRoom(context: AuthContext, { session }: SignedIn, name: string, factors: ReturnType<typeof listFactors>): void {
  const verified = factors.filter((factor) => factor.verified);
  if (verified.length >= authSettingsOf(context.environment).mfa_max_enrolled_factors) {
    throw authError(422, 'too_many_enrolled_mfa_factors', 'Maximum number of verified factors reached, unenroll to continue');
  }
  if (verified.length > 0 && session?.aal !== 'aal2')
    throw authError(403, 'insufficient_aal', 'AAL2 required to enroll a new factor');
  if (name !== '' && verified.some((factor) => factor.friendlyName === name)) {
    throw authError(422, 'mfa_factor_name_conflict', `A factor with the friendly name "${name}" for this user already exists`);
  }
}

function issuerOf(settings: AuthSettings, wanted: string): string {
  if (wanted !== '') return wanted;
  return URL.canParse(settings.site_url) ? new URL(settings.site_url).host : 'KoyaLite';
}
