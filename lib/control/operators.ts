/** Operators: making them, signing in and out, and turning a cookie or a token into an actor. */

import { randomBytes, randomUUID } from 'node:crypto';
import type { Operator } from '#generated/client.ts';
import {
  type Actor,
  type PlatformRole,
  requirePlatformOwner,
  systemActor,
  tokenScopes,
  toPlatformRole,
} from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import { endStaleImpersonations } from '#lib/control/end-impersonation.ts';
import { instanceSignIn } from '#lib/control/instance-sign-in.ts';
import { toEmail } from '#lib/control/operator-email.ts';
import {
  makeOperatorFactors,
  type OperatorFactors,
  type SecondFactor,
  secondFactorProblem,
} from '#lib/control/operator-factors.ts';
import { makeOperatorRefusals, type OperatorRefusals } from '#lib/control/operator-refusals.ts';
import { makeOperatorSessions, type OpenedSession, type Origin } from '#lib/control/operator-sessions.ts';
import { makeOperatorSso, type OperatorSso } from '#lib/control/operator-sso.ts';
import { touchToken } from '#lib/control/operator-tokens.ts';
import { makePasswordReset, type PasswordReset } from '#lib/control/password-reset.ts';
import { lacksRequiredFactor } from '#lib/control/required-factor.ts';
import { isProblem, Problem } from '#lib/http/problem.ts';
import { makeAttempts, toAddressKey } from '#lib/identity/operator-attempts.ts';
import { hashPassword, parseNewPassword, verifyPassword } from '#lib/identity/passwords.ts';
import { hashToken } from '#lib/identity/sealing.ts';

export interface Credentials {
  cookie: string | null;
  /** The token of `Authorization: Bearer`. */
  bearer: string | null;
}

export interface SignedIn {
  actor: Actor;
  /** True when a cookie, not a token, said who it is: then the request's origin matters. */
  byCookie: boolean;
  /** A `Set-Cookie` value that prolongs the session, when due. */
  setCookie: string | null;
}

export interface SignIn {
  email: string;
  password: string;
  /** The second factor, for operators who have one. */
  second?: SecondFactor | undefined;
}

export interface NewOperator {
  email: string;
  name?: string | undefined;
  password: string;
  platformRole?: PlatformRole | undefined;
}

export interface Operators {
  /** Made by a platform owner. 409 when the email is in use. */
  create(actor: Actor, wanted: NewOperator): Promise<Operator>;
  /** 403 `sso_required` where passwords are for owners alone. 401 for a wrong pair or, with the code `mfa_required`, for a missing second factor; 429 beyond ten failures in five minutes per account or address. */
  signIn(credentials: SignIn, origin: Origin): Promise<OpenedSession & { operator: Operator }>;
  signOut(credentials: Credentials, origin: Origin): Promise<{ setCookie: string }>;
  /** Null when nobody is signed in. */
  find(credentials: Credentials, origin: Origin): Promise<SignedIn | null>;
  /** Second factors of operators. */
  readonly factors: OperatorFactors;
  /** Sign-in through the organisation's provider. */
  readonly sso: OperatorSso;
  readonly passwordReset: PasswordReset;
  /** Keeps refusals on record. */
  readonly refusals: OperatorRefusals;
  /** A new token for `<home>/server.json`; it acts as the first owner, and the one before is dead. */
  renewLocalToken(): Promise<string>;
  /** The actor a function called in process acts as. */
  toActor(operator: Operator, origin?: Origin): Actor;
}

interface SessionOf {
  operator: Operator;
  id: string;
  setCookie: string | null;
}

const nowhere: Origin = { ip: null, userAgent: null };
const limits = { attempts: 10, windowMs: 300_000, maxKeys: 100_000 };

export function makeOperators(context: ControlContext): Operators {
  const { database } = context;
  const sessions = makeOperatorSessions(context);
  const attempts = makeAttempts(limits);
  const factors = makeOperatorFactors(context);
  const refusals = makeOperatorRefusals(context);

  const findBySession = async (cookie: string | null): Promise<SessionOf | null> => {
    const session = await (await sessions.current()).find(cookie);
    const operator = session === null ? null : await database.operator.findUnique({ where: { id: session.operatorId } });
    return session === null || operator === null ? null : { operator, id: session.id, setCookie: session.setCookie };
  };

  const findByToken = async (bearer: string, origin: Origin): Promise<Actor | null> => {
    const found = await database.operatorToken.findUnique({ where: { hash: hashToken(bearer) }, include: { operator: true } });
    if (found === null || (found.expiresAt !== null && found.expiresAt <= new Date())) return null;
    await touchToken(context, found);
    const actor = { ...toActor(found.operator, origin), tokenId: found.id };
    if (found.kind === 'local') return actor;
    const lacksFactor = await lacksRequiredFactor(context, found.operatorId);
    const scope = tokenScopes.find((one) => one === found.scope) ?? 'read';
    return { ...actor, lacksFactor, grant: { scope, projectId: found.projectId } };
  };

  const signIn: Operators['signIn'] = async ({ email, password, second }, origin) => {
    const keys = [`account:${toEmail(email)}`, `address:${toAddressKey(origin.ip)}`];
    for (const key of keys) attempts.take(key);
    const operator = await database.operator.findUnique({ where: { email: toEmail(email) } });
    const holds = await verifyPassword(password, operator?.passwordHash ?? null);
    if (!holds || operator === null) {
      throw new Problem({ status: 401, code: 'invalid_credentials', message: 'The email or the password is wrong.' });
    }
    // Told only to who knows the password; a wrong code counts as an attempt, a missing one does not.
    const passed = await factors.check(operator.id, second);
    if (passed !== 'wrong') for (const key of keys) attempts.giveBack(key);
    if (passed !== 'passed') throw secondFactorProblem(passed, await factors.offer(operator.id));
    await requirePasswordWelcome(context, operator);
    return { operator, ...(await sessions.open(operator, toActor(operator, origin), origin, 'password')) };
  };

  return {
    toActor,
    factors,
    refusals,
    passwordReset: makePasswordReset(context, toActor),
    sso: makeOperatorSso(context, { sessions, factors, attempts, refusals, toActor }),
    async create(actor, wanted) {
      requirePlatformOwner(actor);
      return insertOperator(context, actor, wanted);
    },
    async signIn(credentials, origin) {
      try {
        return await signIn(credentials, origin);
      } catch (error) {
        if (isProblem(error)) refusals.signIn(credentials.email, origin, error);
        throw error;
      }
    },
    async signOut({ cookie }, origin) {
      const session = await findBySession(cookie);
      if (session !== null) {
        const event = { action: 'operator.sign_out', subject: session.operator.email };
        await inTransaction(context, (transaction) =>
          appendAudit(transaction, context.masterKey, toActor(session.operator, origin), event),
        );
      }
      const setCookie = await (await sessions.current()).end(cookie);
      if (session !== null) await endStaleImpersonations(context, toActor(session.operator, origin));
      return { setCookie };
    },
    async find({ cookie, bearer }, origin) {
      if (bearer !== null) {
        const actor = await findByToken(bearer, origin);
        return actor === null ? null : { actor, byCookie: false, setCookie: null };
      }
      const session = await findBySession(cookie);
      if (session === null) return null;
      const lacksFactor = await lacksRequiredFactor(context, session.operator.id);
      const actor = { ...toActor(session.operator, origin), sessionId: session.id, lacksFactor };
      return { actor, byCookie: true, setCookie: session.setCookie };
    },
    async renewLocalToken() {
      const owner = await database.operator.findFirst({ where: { platformRole: 'owner' }, orderBy: { createdAt: 'asc' } });
      if (owner === null) throw new Error('There is no operator yet: call firstStart before.');
      const token = `klt_${randomBytes(32).toString('base64url')}`;
      await inTransaction(context, async (transaction) => {
        await transaction.operatorToken.deleteMany({ where: { kind: 'local' } });
        const row = { id: randomUUID(), operatorId: owner.id, kind: 'local', name: 'server.json', hash: hashToken(token) };
        await transaction.operatorToken.create({ data: row });
        const event = { action: 'operator_token.renew', subject: row.id, after: { kind: 'local' } };
        await appendAudit(transaction, context.masterKey, systemActor, event);
      });
      return token;
    },
  };
}

/** Told only to who knows the password. Owners keep theirs for the day the provider is down. */
async function requirePasswordWelcome(context: ControlContext, { platformRole }: Operator): Promise<void> {
  if (platformRole === 'owner' || !(await instanceSignIn.read(context)).sso_required) return;
  throw new Problem({
    status: 403,
    code: 'sso_required',
    message: 'Sign in through your organisation.',
    hint: 'Programs and the command line use a personal token, made on the account page.',
  });
}

/** Hashes outside the transaction: argon2 takes its time and the database has one writer. */
export async function insertOperator(context: ControlContext, actor: Actor, wanted: NewOperator): Promise<Operator> {
  const email = toEmail(wanted.email);
  const passwordHash = await hashPassword(parseNewPassword(wanted.password, email));
  const platformRole = wanted.platformRole ?? 'member';
  return inTransaction(context, async (transaction) => {
    if ((await transaction.operator.findUnique({ where: { email } })) !== null) {
      throw new Problem({ status: 409, code: 'operator_exists', message: 'There is an operator with this email already.' });
    }
    await appendAudit(transaction, context.masterKey, actor, {
      action: 'operator.create',
      subject: email,
      after: { platform_role: platformRole },
    });
    const name = wanted.name ?? email.split('@')[0] ?? email;
    return transaction.operator.create({ data: { id: randomUUID(), email, name, passwordHash, platformRole } });
  });
}

function toActor(operator: Operator, { ip, userAgent }: Origin = nowhere): Actor {
  return {
    operatorId: operator.id,
    email: operator.email,
    name: operator.name,
    platformRole: toPlatformRole(operator.platformRole),
    ip,
    userAgent,
  };
}
