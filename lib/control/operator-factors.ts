/**
 * Operators' second factors: an authenticator app, recovery codes, passkeys. Secrets are sealed, recovery codes hashed;
 * a code works once, and a challenge lives five minutes in memory and is answered once.
 */

import { randomInt, randomUUID } from 'node:crypto';
import type { OperatorFactor } from '#generated/client.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import type { ControlDatabase, ControlTransaction } from '#lib/control/control-database.ts';
import { Problem } from '#lib/http/problem.ts';
import {
  authenticationOptions,
  findCredentialId,
  type RelyingParty,
  registrationOptions,
  type StoredCredential,
  storedCredentialSchema,
  verifyAuthentication,
  verifyRegistration,
} from '#lib/identity/passkeys.ts';
import { hashToken } from '#lib/identity/sealing.ts';
import { findTotpStep } from '#lib/identity/totp.ts';

export interface PasskeyAnswer {
  challenge_id: string;
  /** As the browser gave it. */
  credential: Record<string, unknown>;
}

/** What a sign-in brings besides the password. */
export interface SecondFactor {
  code?: string | undefined;
  passkey?: PasskeyAnswer | undefined;
}

type Outcome = 'passed' | 'missing' | 'wrong';

/** What an operator may answer with. */
export interface Offer {
  methods: ('totp' | 'recovery_code' | 'passkey')[];
  passkey: { challenge_id: string; options: unknown } | null;
}

export interface OperatorFactors {
  /** `passed` also for who has no second factor. */
  check(operatorId: string, second: SecondFactor | undefined): Promise<Outcome>;
  offer(operatorId: string): Promise<Offer>;
  startPasskey(operatorId: string, email: string): Promise<{ challenge_id: string; options: unknown }>;
  /** The new credential; 400 when the answer does not hold. */
  finishPasskey(operatorId: string, answer: PasskeyAnswer): Promise<StoredCredential>;
}

const challengeMs = 300_000;
const maxChallenges = 10_000;

export function makeOperatorFactors(context: ControlContext): OperatorFactors {
  const { database, masterKey } = context;
  const party = () => toRelyingParty(context);
  const challenges = new Map<string, { operatorId: string; challenge: string; endsAt: number }>();

  const remember = (operatorId: string, challenge: string): string => {
    const [oldest] = challenges.keys();
    if (challenges.size >= maxChallenges && oldest !== undefined) challenges.delete(oldest);
    const id = randomUUID();
    challenges.set(id, { operatorId, challenge, endsAt: performance.now() + challengeMs });
    return id;
  };
  const take = (operatorId: string, id: string): string | null => {
    const found = challenges.get(id);
    challenges.delete(id);
    return found?.operatorId === operatorId && found.endsAt > performance.now() ? found.challenge : null;
  };

  const checkPasskey = async (operatorId: string, passkeys: OperatorFactor[], answer: PasskeyAnswer): Promise<boolean> => {
    const challenge = take(operatorId, answer.challenge_id);
    const id = findCredentialId(answer.credential);
    const factor = passkeys.find((one) => one.credentialId === id);
    if (challenge === null || factor === undefined) return false;
    const verified = await verifyAuthentication(answer.credential, challenge, party(), toCredential(factor));
    if (verified === null) return false;
    const data = { credential: JSON.stringify(verified), lastUsedAt: new Date() };
    return (await database.operatorFactor.updateMany({ where: { id: factor.id }, data })).count === 1;
  };

  return {
    async check(operatorId, second) {
      const confirmed = await listConfirmed(database, operatorId);
      if (confirmed.length === 0) return checkResetCode(database, operatorId, second);
      if (second?.passkey !== undefined) {
        const passkeys = confirmed.filter((factor) => factor.kind === 'passkey');
        return (await checkPasskey(operatorId, passkeys, second.passkey)) ? 'passed' : 'wrong';
      }
      if (second?.code === undefined) return 'missing';
      const code = toBareCode(second.code);
      for (const factor of confirmed) {
        if (factor.kind === 'totp' && (await spendTotp(database, masterKey, factor, code))) return 'passed';
      }
      return (await spendRecoveryCode(database, operatorId, code)) ? 'passed' : 'wrong';
    },
    async offer(operatorId) {
      const confirmed = await listConfirmed(database, operatorId);
      const passkeys = confirmed.filter((factor) => factor.kind === 'passkey').map(toCredential);
      const codes = await countCodes(database, operatorId);
      const methods: Offer['methods'] = [];
      if (confirmed.some((factor) => factor.kind === 'totp')) methods.push('totp');
      if (codes > 0) methods.push('recovery_code');
      if (passkeys.length === 0) return { methods, passkey: null };
      const options = await authenticationOptions(party(), passkeys);
      return { methods: [...methods, 'passkey'], passkey: { challenge_id: remember(operatorId, options.challenge), options } };
    },
    async startPasskey(operatorId, email) {
      const known = (await listConfirmed(database, operatorId)).filter((factor) => factor.kind === 'passkey').map(toCredential);
      const options = await registrationOptions({
        party: party(),
        userId: operatorId,
        userName: email,
        known,
        discoverable: false,
      });
      return { challenge_id: remember(operatorId, options.challenge), options };
    },
    async finishPasskey(operatorId, { challenge_id, credential }) {
      const challenge = take(operatorId, challenge_id);
      const verified = challenge === null ? null : await verifyRegistration(credential, challenge, party());
      if (verified !== null) return verified.credential;
      throw new Problem({ status: 400, code: 'invalid_passkey', message: 'The passkey could not be verified.' });
    },
  };
}

export function secondFactorProblem(outcome: Exclude<Outcome, 'passed'>, offer: Offer): Problem {
  return outcome === 'missing'
    ? new Problem({ status: 401, code: 'mfa_required', message: 'A second factor is needed.', details: offer })
    : new Problem({ status: 401, code: 'invalid_second_factor', message: 'The second factor is wrong.', details: offer });
}

export function listConfirmed(database: ControlDatabase | ControlTransaction, operatorId: string): Promise<OperatorFactor[]> {
  return database.operatorFactor.findMany({ where: { operatorId, confirmedAt: { not: null } }, orderBy: { createdAt: 'asc' } });
}

/** Recovery codes that still work. */
export function countCodes(database: ControlDatabase | ControlTransaction, operatorId: string): Promise<number> {
  return database.operatorRecoveryCode.count({ where: { operatorId, usedAt: null } });
}

/** True when the code holds and was not used before; it never holds again. */
export async function spendTotp(
  database: ControlDatabase | ControlTransaction,
  masterKey: ControlContext['masterKey'],
  factor: OperatorFactor,
  code: string,
): Promise<boolean> {
  const secret = masterKey.unseal('operator-totp', factor.sealedSecret ?? '', factor.id);
  const step = findTotpStep(secret, code, factor.lastUsedStep, Date.now());
  if (step === null) return false;
  // Of two requests with one code only the first finds the old step.
  const where = { id: factor.id, lastUsedStep: { lt: step } };
  const used = await database.operatorFactor.updateMany({ where, data: { lastUsedStep: step, lastUsedAt: new Date() } });
  return used.count === 1;
}

/**
 * A code without a factor is what a reset left: it stands in for the factor until there is one. Spent at the first sign-in,
 * it would leave the password alone to whoever is quicker to set one up.
 */
async function checkResetCode(database: ControlDatabase, operatorId: string, second: SecondFactor | undefined): Promise<Outcome> {
  if ((await countCodes(database, operatorId)) === 0) return 'passed';
  if (second?.code === undefined) return second?.passkey === undefined ? 'missing' : 'wrong';
  const where = { operatorId, hash: hashToken(toBareCode(second.code)), usedAt: null };
  return (await database.operatorRecoveryCode.count({ where })) === 1 ? 'passed' : 'wrong';
}

/** As it was made: people type what they read. */
const toBareCode = (typed: string) => typed.replace(/[\s-]/g, '').toLowerCase();

async function spendRecoveryCode(database: ControlDatabase, operatorId: string, code: string): Promise<boolean> {
  const where = { operatorId, hash: hashToken(code), usedAt: null };
  return (await database.operatorRecoveryCode.updateMany({ where, data: { usedAt: new Date() } })).count === 1;
}

/** Without what is read for one another; 16 of 31: 79 bits. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

/** New codes in place of all before, told once: `abcd-efgh-jkmn-pqrs`. */
export async function replaceRecoveryCodes(transaction: ControlTransaction, operatorId: string, count = 10): Promise<string[]> {
  const codes = Array.from({ length: count }, () =>
    Array.from({ length: 16 }, () => alphabet[randomInt(alphabet.length)]).join(''),
  );
  await transaction.operatorRecoveryCode.deleteMany({ where: { operatorId } });
  await transaction.operatorRecoveryCode.createMany({ data: codes.map((code) => ({ operatorId, hash: hashToken(code) })) });
  return codes.map((code) => code.replace(/(.{4})(?=.)/g, '$1-'));
}

function toCredential(factor: OperatorFactor): StoredCredential {
  return storedCredentialSchema.parse(JSON.parse(factor.credential ?? 'null'));
}

/** Passkeys belong to one host name; without a configured one, to this machine, on the port the server listens on. */
function toRelyingParty({ config, externalUrl }: ControlContext): RelyingParty {
  const url = new URL(config.publicUrl ?? externalUrl());
  // An address in digits can have no passkeys: the browser must come by name.
  if (config.publicUrl === null) url.hostname = 'localhost';
  return { id: url.hostname, name: 'KoyaLite', origins: [url.origin] };
}
