/** `/factors/recovery-codes`: single-use codes on paper, for whoever lost the other factor. Stored as keyed hashes. */

import { randomInt } from 'node:crypto';
import { z } from 'zod';
import type { Connection } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { isProblem, Problem } from '#lib/http/problem.ts';
import { hashCode } from '#lib/identity/sealing.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { requireUser, type SignedIn } from '#lib/services/auth/bearer.ts';
import { readBody, text } from '#lib/services/auth/body.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { checkFailedPasswords, countFailedPassword } from '#lib/services/auth/limits.ts';
import { deleteFactor, type Factor, insertFactor, listFactors } from '#lib/services/auth/mfa-factors.ts';
import { liftSession } from '#lib/services/auth/mfa-lift.ts';
import { requireRecentProof } from '#lib/services/auth/recent-proof.ts';
import { watchAttempt } from '#lib/services/auth/refusals.ts';
import type { JsonObject } from '#lib/services/auth/rows.ts';
import type { OpenedSession } from '#lib/services/auth/sessions.ts';
import { tokenResponse } from '#lib/services/auth/token-response.ts';

const total = 10;
/** Without the letters and digits that are read for one another. 16 of 31: 79 bits. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
const codeLength = 16;

export function readRecoveryCodes(context: AuthContext): HttpResponse {
  const { user } = requireUser(context);
  return context.database.read((connection) => {
    const { id } = getSet(connection, user.id);
    const remaining = connection.value(
      'SELECT count(*) FROM _koyalite_mfa_recovery_codes WHERE factor_id = ? AND used_at IS NULL',
      id,
    );
    return jsonResponse(200, { id, type: 'recovery_code', total, remaining: Number(remaining) });
  });
}

export async function makeRecoveryCodes(context: AuthContext): Promise<HttpResponse> {
  const signedIn = requireEnrolling(context);
  const { friendly_name: name } = await readBody(context, z.object({ friendly_name: text }));
  const made = await context.database.write((connection) => {
    const factors = listFactors(connection, signedIn.user.id).filter((factor) => factor.verified);
    if (factors.some((factor) => factor.type === 'recovery_code')) {
      throw authError(422, 'mfa_verified_factor_exists', 'Recovery codes have already been generated');
    }
    if (factors.length === 0) throw authError(422, 'mfa_recovery_codes_sole_factor', 'Recovery codes cannot be the only factor');
    requireAal2(signedIn);
    if (name !== '' && factors.some((factor) => factor.friendlyName === name)) {
      throw authError(422, 'mfa_factor_name_conflict', `A factor with the friendly name "${name}" for this user already exists`);
    }
    const id = insertFactor(connection, { userId: signedIn.user.id, type: 'recovery_code', friendlyName: name }, context.now());
    connection.run(`UPDATE _koyalite_mfa_factors SET status = 'verified' WHERE id = ?`, id);
    return issue(connection, context, signedIn, id, name);
  });
  return jsonResponse(200, made);
}

export async function remakeRecoveryCodes(context: AuthContext): Promise<HttpResponse> {
  const signedIn = requireEnrolling(context);
  requireAal2(signedIn);
  const made = await context.database.write((connection) => {
    const { id, friendlyName } = getSet(connection, signedIn.user.id);
    return issue(connection, context, signedIn, id, friendlyName);
  });
  return jsonResponse(200, made);
}

export async function removeRecoveryCodes(context: AuthContext): Promise<HttpResponse> {
  const signedIn = requireUser(context);
  requireAal2(signedIn);
  requireRecentProof(context, signedIn);
  const id = await context.database.write((connection) => {
    const set = getSet(connection, signedIn.user.id);
    deleteFactor(connection, set.id);
    recordAudit(connection, context, { action: 'factor_unenrolled', actorId: signedIn.user.id, traits: { factor_id: set.id } });
    return set.id;
  });
  return jsonResponse(200, { id });
}

export async function verifyRecoveryCode(context: AuthContext): Promise<HttpResponse> {
  const signedIn = requireUser(context);
  if (!authSettingsOf(context.environment).mfa_recovery_codes_verify_enabled) {
    throw authError(422, 'mfa_recovery_codes_verify_not_enabled', 'MFA verification is disabled for recovery codes');
  }
  const body = await readBody(context, z.object({ code: text }));
  const { id } = signedIn.user;
  const attempt = { method: 'recovery_code', userId: id, actorId: id };
  return tokenResponse(context, await watchAttempt(context, attempt, () => spendCode(context, signedIn, body.code)));
}

async function spendCode(context: AuthContext, signedIn: SignedIn, given: string): Promise<OpenedSession> {
  const account = `recovery codes ${signedIn.user.id}`;
  await requireUnlocked(context, account);
  const code = given.toLowerCase().replace(/[\s-]/g, '');
  try {
    return await context.database.write((connection) => {
      const set = findSet(connection, signedIn.user.id);
      const sql = 'UPDATE _koyalite_mfa_recovery_codes SET used_at = ? WHERE factor_id = ? AND code_hash = ? AND used_at IS NULL';
      const used =
        set !== null && connection.run(sql, toStoredTime(context.now()), set.id, toHash(context, set.id, code)).changes === 1;
      if (!used) throw authError(422, 'mfa_verification_failed', 'Invalid recovery code entered');
      const lifted = liftSession(connection, context, signedIn, set, 'mfa/recovery_code');
      if (isProblem(lifted)) throw lifted;
      return lifted;
    });
  } catch (error) {
    if (isProblem(error) && error.code === 'mfa_verification_failed') await countFailedPassword(context, account);
    throw error;
  }
}

async function requireUnlocked(context: AuthContext, account: string): Promise<void> {
  try {
    await checkFailedPasswords(context, account);
  } catch (error) {
    if (!isProblem(error) || error.status !== 429) throw error;
    const message = 'Too many failed attempts, try again later or use another factor';
    throw new Problem({ status: 429, code: 'mfa_recovery_codes_locked', message, headers: [...error.headers] });
  }
}

function requireEnrolling(context: AuthContext): SignedIn {
  const signedIn = requireUser(context);
  if (!authSettingsOf(context.environment).mfa_recovery_codes_enroll_enabled) {
    throw authError(422, 'mfa_recovery_codes_enroll_not_enabled', 'Recovery codes are disabled');
  }
  requireRecentProof(context, signedIn);
  return signedIn;
}

function requireAal2({ session }: SignedIn): void {
  if (session?.aal !== 'aal2') throw authError(403, 'insufficient_aal', 'AAL2 required to manage recovery codes');
}

function issue(connection: Connection, context: AuthContext, { user }: SignedIn, factorId: string, name: string): JsonObject {
  const codes = Array.from({ length: total }, newCode);
  connection.run('DELETE FROM _koyalite_mfa_recovery_codes WHERE factor_id = ?', factorId);
  for (const code of codes) {
    connection.run(
      'INSERT INTO _koyalite_mfa_recovery_codes(factor_id, code_hash) VALUES (?, ?)',
      factorId,
      toHash(context, factorId, code),
    );
  }
  recordAudit(connection, context, { action: 'recovery_codes_generated', actorId: user.id, traits: { factor_id: factorId } });
  return { id: factorId, type: 'recovery_code', ...(name === '' ? {} : { friendly_name: name }), total, codes };
}

function newCode(): string {
  return Array.from({ length: codeLength }, () => alphabet[randomInt(alphabet.length)]).join('');
}

function toHash(context: AuthContext, factorId: string, code: string): string {
  return hashCode(context.sealingKey, `recovery code ${factorId}`, code);
}

function findSet(connection: Connection, userId: string): Factor | null {
  return listFactors(connection, userId).find((factor) => factor.type === 'recovery_code') ?? null;
}

function getSet(connection: Connection, userId: string): Factor {
  const set = findSet(connection, userId);
  if (set === null) throw authError(404, 'mfa_factor_not_found', 'Recovery codes have not been generated');
  return set;
}
