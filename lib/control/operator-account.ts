/** What operators do with their own account: password, sessions, second factors. */

import { randomUUID } from 'node:crypto';
import type { OperatorFactor, OperatorSession } from '#generated/client.ts';
import { type Actor, requireSelf } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import type { ControlTransaction } from '#lib/control/control-database.ts';
import { endStaleImpersonations } from '#lib/control/end-impersonation.ts';
import {
  countCodes,
  listConfirmed,
  type OperatorFactors,
  type PasskeyAnswer,
  replaceRecoveryCodes,
  spendTotp,
} from '#lib/control/operator-factors.ts';
import { isFactorRequired, requireSpareFactor } from '#lib/control/required-factor.ts';
import { Problem } from '#lib/http/problem.ts';
import { makeAttempts } from '#lib/identity/operator-attempts.ts';
import { hashPassword, parseNewPassword, verifyPassword } from '#lib/identity/passwords.ts';
import { enrollTotp, type TotpEnrollment } from '#lib/identity/totp.ts';

const attempts = makeAttempts({ attempts: 10, windowMs: 300_000, maxKeys: 10_000 });

/** The operator's id; 403 `wrong_password`: a session left open must not be enough to lock its owner out. */
export async function requirePassword(context: ControlContext, actor: Actor, password: string | null): Promise<string> {
  const id = requireSelf(actor);
  attempts.take(id);
  const { passwordHash } = await context.database.operator.findUniqueOrThrow({ where: { id } });
  if (passwordHash === '') {
    await requireFreshSession(context, actor);
    attempts.giveBack(id);
    return id;
  }
  if (password === null || !(await verifyPassword(password, passwordHash))) {
    throw new Problem({ status: 403, code: 'wrong_password', message: 'The current password is wrong.' });
  }
  attempts.giveBack(id);
  return id;
}

const freshMs = 15 * 60_000;

/** Who signs in by SSO has no password to give: a sign-in of just now stands in for it. */
async function requireFreshSession({ database }: ControlContext, { sessionId }: Actor): Promise<void> {
  const session = sessionId === undefined ? null : await database.operatorSession.findUnique({ where: { id: sessionId } });
  if (session !== null && Date.now() - session.createdAt.getTime() <= freshMs) return;
  const message = 'Sign in again before you change how you sign in.';
  throw new Problem({ status: 403, code: 'reauthentication_needed', message });
}

/** Ends every other session. 409 for who signs in by SSO alone. */
export async function changePassword(context: ControlContext, actor: Actor, current: string, next: string): Promise<void> {
  const id = await requirePassword(context, actor, current);
  const { passwordHash: present } = await context.database.operator.findUniqueOrThrow({ where: { id } });
  if (present === '') throw new Problem({ status: 409, code: 'no_password', message: 'You sign in through your organisation.' });
  const passwordHash = await hashPassword(parseNewPassword(next, actor.email));
  await inTransaction(context, async (transaction) => {
    await transaction.operator.update({ where: { id }, data: { passwordHash } });
    await transaction.operatorReset.deleteMany({ where: { operatorId: id } });
    await transaction.operatorSession.deleteMany({ where: { operatorId: id, id: { not: actor.sessionId ?? '' } } });
    await appendAudit(transaction, context.masterKey, actor, { action: 'operator.password_change', subject: actor.email });
  });
  await endStaleImpersonations(context, actor);
}

/** Newest first. */
export function listOwnSessions(context: ControlContext, actor: Actor): Promise<OperatorSession[]> {
  const where = { operatorId: requireSelf(actor), expiresAt: { gt: new Date() } };
  return context.database.operatorSession.findMany({ where, orderBy: { createdAt: 'desc' } });
}

/** Ends one of the operator's sessions, or all others without one named. */
export async function endOwnSessions(context: ControlContext, actor: Actor, sessionId: string | null): Promise<void> {
  const operatorId = requireSelf(actor);
  await inTransaction(context, async (transaction) => {
    const id = sessionId ?? { not: actor.sessionId ?? '' };
    const ended = await transaction.operatorSession.deleteMany({ where: { operatorId, id } });
    const after = { ended: ended.count };
    await appendAudit(transaction, context.masterKey, actor, { action: 'operator.end_sessions', subject: actor.email, after });
  });
  await endStaleImpersonations(context, actor);
}

export interface FactorsView {
  totp: boolean;
  passkeys: OperatorFactor[];
  recoveryCodesLeft: number;
}

export async function listOwnFactors(context: ControlContext, actor: Actor): Promise<FactorsView> {
  const operatorId = requireSelf(actor);
  const confirmed = await listConfirmed(context.database, operatorId);
  return {
    totp: confirmed.some((factor) => factor.kind === 'totp'),
    passkeys: confirmed.filter((factor) => factor.kind === 'passkey'),
    recoveryCodesLeft: await countCodes(context.database, operatorId),
  };
}

/** A secret that counts once `confirmTotp` has seen a code of it; one begun before is dropped. */
export async function startTotp(context: ControlContext, actor: Actor, password: string | null): Promise<TotpEnrollment> {
  const operatorId = await requirePassword(context, actor, password);
  const enrollment = enrollTotp('KoyaLite', actor.email);
  const id = randomUUID();
  await inTransaction(context, async (transaction) => {
    if ((await listConfirmed(transaction, operatorId)).some((factor) => factor.kind === 'totp')) {
      throw new Problem({ status: 409, code: 'totp_enrolled', message: 'An authenticator app is set up already.' });
    }
    await transaction.operatorFactor.deleteMany({ where: { operatorId, kind: 'totp' } });
    const sealedSecret = context.masterKey.seal('operator-totp', enrollment.secret, id);
    await transaction.operatorFactor.create({ data: { id, operatorId, kind: 'totp', name: 'Authenticator app', sealedSecret } });
  });
  return enrollment;
}

/** Recovery codes, told this once. */
export async function confirmTotp(context: ControlContext, actor: Actor, code: string): Promise<string[]> {
  const operatorId = requireSelf(actor);
  attempts.take(operatorId);
  return inTransaction(context, async (transaction) => {
    await requireLiveSession(transaction, actor);
    const factor = await transaction.operatorFactor.findFirst({ where: { operatorId, kind: 'totp', confirmedAt: null } });
    if (factor === null || !(await spendTotp(transaction, context.masterKey, factor, code))) {
      throw new Problem({ status: 400, code: 'invalid_code', message: 'The code is wrong.' });
    }
    attempts.giveBack(operatorId);
    await transaction.operatorFactor.update({ where: { id: factor.id }, data: { confirmedAt: new Date() } });
    await appendAudit(transaction, context.masterKey, actor, { action: 'operator.totp_enroll', subject: actor.email });
    return replaceRecoveryCodes(transaction, operatorId);
  });
}

/** Removes the authenticator app, or the passkey of this id. The last factor takes the recovery codes along. */
export async function removeFactor(
  context: ControlContext,
  actor: Actor,
  password: string | null,
  which: { kind: 'totp' } | { kind: 'passkey'; id: string },
): Promise<void> {
  const operatorId = await requirePassword(context, actor, password);
  const isRequired = await isFactorRequired(context);
  await inTransaction(context, async (transaction) => {
    const { count } = await transaction.operatorFactor.deleteMany({ where: { operatorId, ...which } });
    if (count === 0) throw new Problem({ status: 404, code: 'factor_not_found', message: 'There is no such factor.' });
    const { length } = await listConfirmed(transaction, operatorId);
    if (isRequired) requireSpareFactor(length);
    if (length === 0) {
      await transaction.operatorRecoveryCode.deleteMany({ where: { operatorId } });
    }
    const event = { action: 'operator.factor_remove', subject: actor.email, before: which };
    await appendAudit(transaction, context.masterKey, actor, event);
  });
}

/** 409 without a factor they could stand in for. */
export async function renewRecoveryCodes(context: ControlContext, actor: Actor, password: string | null): Promise<string[]> {
  const operatorId = await requirePassword(context, actor, password);
  return inTransaction(context, async (transaction) => {
    if ((await listConfirmed(transaction, operatorId)).length === 0) {
      throw new Problem({ status: 409, code: 'no_factor', message: 'Set up an authenticator app or a passkey first.' });
    }
    await appendAudit(transaction, context.masterKey, actor, { action: 'operator.recovery_codes', subject: actor.email });
    return replaceRecoveryCodes(transaction, operatorId);
  });
}

/** What the browser needs to make one. Asks for the password as every change of the ways in does. */
export async function startPasskey(context: ControlContext, factors: OperatorFactors, actor: Actor, password: string | null) {
  return factors.startPasskey(await requirePassword(context, actor, password), actor.email);
}

/** Disconnects an identity of the provider. 409 for the only way in. */
export async function removeIdentity(
  context: ControlContext,
  actor: Actor,
  password: string | null,
  { issuer, subject }: { issuer: string; subject: string },
): Promise<void> {
  const operatorId = await requirePassword(context, actor, password);
  await inTransaction(context, async (transaction) => {
    const { passwordHash } = await transaction.operator.findUniqueOrThrow({ where: { id: operatorId } });
    if (passwordHash === '') {
      throw new Problem({ status: 409, code: 'only_way_in', message: 'It is the only way into this account.' });
    }
    const { count } = await transaction.operatorIdentity.deleteMany({ where: { operatorId, issuer, subject } });
    if (count === 0) throw new Problem({ status: 404, code: 'identity_not_found', message: 'There is no such connection.' });
    const event = { action: 'operator.identity_disconnect', subject: actor.email, before: { issuer, subject } };
    await appendAudit(transaction, context.masterKey, actor, event);
  });
}

/** A factor is not added by a session that a reset ended while the request was on its way. */
async function requireLiveSession(transaction: ControlTransaction, { sessionId }: Actor): Promise<void> {
  if (sessionId === undefined || (await transaction.operatorSession.count({ where: { id: sessionId } })) > 0) return;
  throw new Problem({ status: 401, code: 'not_signed_in', message: 'Sign in first.' });
}

/** Keeps the passkey a browser just made; with recovery codes, told this once, for who has none. */
export async function addPasskey(
  context: ControlContext,
  factors: OperatorFactors,
  actor: Actor,
  name: string,
  answer: PasskeyAnswer,
): Promise<{ factor: OperatorFactor; recoveryCodes: string[] }> {
  const operatorId = requireSelf(actor);
  const credential = await factors.finishPasskey(operatorId, answer);
  return inTransaction(context, async (transaction) => {
    await requireLiveSession(transaction, actor);
    if ((await transaction.operatorFactor.findUnique({ where: { credentialId: credential.id } })) !== null) {
      throw new Problem({ status: 409, code: 'passkey_known', message: 'This passkey is registered already.' });
    }
    const event = { action: 'operator.passkey_add', subject: actor.email, after: { name } };
    await appendAudit(transaction, context.masterKey, actor, event);
    // Of a reset a code may be left, which is nobody's recovery code.
    const isFirst = (await listConfirmed(transaction, operatorId)).length === 0;
    const stored = { credentialId: credential.id, credential: JSON.stringify(credential), confirmedAt: new Date() };
    const factor = await transaction.operatorFactor.create({
      data: { id: randomUUID(), operatorId, kind: 'passkey', name, ...stored },
    });
    const left = await countCodes(transaction, operatorId);
    return { factor, recoveryCodes: left > 0 && !isFirst ? [] : await replaceRecoveryCodes(transaction, operatorId) };
  });
}
