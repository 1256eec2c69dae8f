/** Operators sign in through the organisation's OpenID provider: out to it, back, and the steps that may still be missing. */

import type { Operator } from '#generated/client.ts';
import { type Actor, requireSelf, systemActor } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import { instanceSignIn, redirectPath, type SignInSettings } from '#lib/control/instance-sign-in.ts';
import { type OperatorFactors, type SecondFactor, secondFactorProblem } from '#lib/control/operator-factors.ts';
import type { OperatorRefusals } from '#lib/control/operator-refusals.ts';
import type { OpenedSession, OperatorSessions, Origin } from '#lib/control/operator-sessions.ts';
import {
  acceptOpenInvites,
  connect,
  createFromProvider,
  findByEmail,
  findConnected,
  followsProvider,
  requireVouched,
  type Vouched,
} from '#lib/control/sso-accounts.ts';
import { makeSsoFlows, type SentStep, type SsoFlows, type VouchedStep } from '#lib/control/sso-flow.ts';
import { isProblem, Problem } from '#lib/http/problem.ts';
import { discover } from '#lib/identity/oidc.ts';
import { redeemCode, toAuthorizationUrl } from '#lib/identity/oidc-code.ts';
import { type Attempts, makeAttempts, toAddressKey } from '#lib/identity/operator-attempts.ts';
import { verifyPassword } from '#lib/identity/passwords.ts';
import { equalText, randomToken } from '#lib/identity/sealing.ts';

/** What the provider put into the address it sent the browser back to. */
export interface Arrival {
  code: string;
  state: string;
  /** RFC 9207. */
  iss?: string | undefined;
}

/** What a browser brings: first the arrival, then whatever was missing. */
export interface SsoAnswer {
  arrival?: Arrival | undefined;
  /** Of the account that exists, to agree to the connection. */
  password?: string | undefined;
  second: SecondFactor;
}

export interface SsoSignedIn extends OpenedSession {
  operator: Operator;
  next: string;
  clearCookie: string;
}

export interface OperatorSso {
  /** Where to send the browser, and the cookie it must bring back. 409 while SSO is off. */
  start(next: string, origin: Origin, pageOrigin: string | null): Promise<{ url: string; setCookie: string }>;
  /** 401 `sso_link_required` or `mfa_required` ask for one more step; the cookie carries it. */
  finish(answer: SsoAnswer, origin: Origin): Promise<SsoSignedIn>;
}

/** For the missing password or code, counted from the provider's word. */
const stepMs = 600_000;

interface Parts {
  sessions: OperatorSessions;
  factors: OperatorFactors;
  /** Those of sign-in by password: guesses count together. */
  attempts: Attempts;
  refusals: OperatorRefusals;
  toActor(operator: Operator, origin: Origin): Actor;
}

export function makeOperatorSso(context: ControlContext, { sessions, factors, attempts, refusals, toActor }: Parts): OperatorSso {
  const flows = makeSsoFlows(context);
  const travels = makeAttempts({ attempts: 60, windowMs: 300_000, maxKeys: 100_000 });

  /** The operator behind the identity, made or connected when need be. */
  async function resolve(settings: SignInSettings, vouched: Vouched, answer: SsoAnswer, origin: Origin): Promise<Operator> {
    const known = await findConnected(context, vouched);
    if (known !== null) return pass(known, answer, origin);
    const present = await findByEmail(context, vouched);
    if (present === null) return createFromProvider(context, settings, vouched, origin);
    if (await followsProvider(context, present, vouched)) {
      await pass(present, answer, origin);
      await connect(context, toActor(present, origin), present, vouched);
      return present;
    }
    if (answer.password === undefined) throw linkRequired(vouched.email);
    await judge(present, origin, async () => {
      if (!(await verifyPassword(answer.password ?? '', present.passwordHash))) {
        throw new Problem({ status: 401, code: 'invalid_credentials', message: 'The password is wrong.' });
      }
      await requireSecond(present, answer.second);
    });
    await connect(context, toActor(present, origin), present, vouched);
    return present;
  }

  /** Who has a second factor here answers it here: the provider's word replaces the password and no more. */
  async function pass(operator: Operator, answer: SsoAnswer, origin: Origin): Promise<Operator> {
    await judge(operator, origin, () => requireSecond(operator, answer.second));
    return operator;
  }

  async function requireSecond(operator: Operator, second: SecondFactor): Promise<void> {
    const outcome = await factors.check(operator.id, second);
    if (outcome !== 'passed') throw secondFactorProblem(outcome, await factors.offer(operator.id));
  }

  /** Counts a guess before it is judged; what was right, or only missing, is given back. */
  async function judge(operator: Operator, origin: Origin, work: () => Promise<void>): Promise<void> {
    const keys = [`account:${operator.email}`, `address:${toAddressKey(origin.ip)}`];
    for (const key of keys) attempts.take(key);
    try {
      await work();
    } catch (error) {
      if (isProblem(error) && error.code === 'mfa_required') for (const key of keys) attempts.giveBack(key);
      throw error;
    }
    for (const key of keys) attempts.giveBack(key);
  }

  return {
    async start(next, origin, pageOrigin) {
      travels.take(toAddressKey(origin.ip));
      const settings = await requireSso(context);
      const redirectUri = `${toBase(context, pageOrigin)}${redirectPath}`;
      const secrets = { state: randomToken(), nonce: randomToken(), verifier: randomToken() };
      const discovery = await discover(settings.sso_issuer, context.fetch).catch((cause: unknown) => {
        context.logger.error({ err: cause }, 'the OpenID provider cannot be reached');
        throw new Problem({ status: 409, code: 'sso_unreachable', message: 'The provider cannot be reached.', cause });
      });
      const url = toAuthorizationUrl(discovery, toClient(settings, redirectUri), secrets).href;
      return { url, setCookie: flows.keep({ kind: 'sent', ...secrets, redirectUri, next }) };
    },
    async finish(answer, origin) {
      travels.take(toAddressKey(origin.ip));
      const settings = await requireSso(context);
      const step = await takeStep(context, flows, settings, answer, origin);
      const { identity: vouched, next } = step;
      try {
        const operator = await resolve(settings, vouched, answer, origin);
        const actor = toActor(operator, origin);
        await acceptOpenInvites(context, actor, operator, vouched.email);
        const { issuer, subject } = vouched;
        const where = { issuer, subject, operatorId: operator.id };
        await context.database.operatorIdentity.updateMany({ where, data: { lastUsedAt: new Date() } });
        return { operator, next, clearCookie: flows.clear, ...(await sessions.open(operator, actor, origin, 'sso')) };
      } catch (error) {
        if (isProblem(error) && (error.status === 401 || error.status === 429)) refusals.signIn(vouched.email, origin, error);
        throw await withStep(context, flows, error, step, origin);
      }
    },
  };
}

/** The provider vouches now, or did a step ago. A flow is used up whatever comes of it. */
async function takeStep(
  context: ControlContext,
  flows: SsoFlows,
  settings: SignInSettings,
  { arrival }: SsoAnswer,
  origin: Origin,
): Promise<VouchedStep> {
  const found = flows.find(origin.cookie ?? null);
  if (found === null) throw flowLost(flows);
  const { id, step } = found;
  if (step.kind === 'vouched') {
    if (toPlainIssuer(step.identity.issuer) !== toPlainIssuer(settings.sso_issuer)) throw flowLost(flows);
    flows.spend(id);
    return step;
  }
  if (arrival === undefined || !equalText(arrival.state, step.state)) throw flowLost(flows);
  flows.spend(id);
  const identity = await redeem(context, settings, step, arrival, origin);
  return { kind: 'vouched', identity, next: step.next, endsAt: Date.now() + stepMs };
}

async function redeem(
  context: ControlContext,
  settings: SignInSettings,
  step: SentStep,
  arrival: Arrival,
  origin: Origin,
): Promise<Vouched> {
  const discovery = await discover(settings.sso_issuer, context.fetch);
  // An answer of another provider must not be redeemed at this one.
  const says = arrival.iss ?? (discovery.authorization_response_iss_parameter_supported === true ? '' : discovery.issuer);
  if (says !== discovery.issuer) throw new Problem({ status: 400, code: 'sso_failed', message: 'Another provider answered.' });
  const identity = await redeemCode(discovery, toClient(settings, step.redirectUri), arrival.code, step, context.fetch);
  try {
    return requireVouched(settings, identity);
  } catch (error) {
    if (isProblem(error)) await recordRefusal(context, identity, error, origin);
    throw error;
  }
}

/** What asks for one more step brings the cookie for it; a refusal is put on record. */
async function withStep(
  context: ControlContext,
  flows: SsoFlows,
  error: unknown,
  step: VouchedStep,
  origin: Origin,
): Promise<unknown> {
  if (!isProblem(error)) return error;
  if (error.status === 401 || error.status === 429) {
    return withCookie(error, flows.keep(step));
  }
  await recordRefusal(context, step.identity, error, origin);
  return withCookie(error, flows.clear);
}

/** Whoever gets here has signed in at the provider: strangers cannot fill the record. */
function recordRefusal(
  context: ControlContext,
  { email, subject, issuer }: { email: string | null; subject: string; issuer: string },
  { code }: Problem,
  origin: Origin,
): Promise<void> {
  const actor = { ...systemActor, ip: origin.ip, userAgent: origin.userAgent };
  const event = { action: 'operator.sso_refused', subject: email ?? subject, after: { code, issuer } };
  return inTransaction(context, (transaction) => appendAudit(transaction, context.masterKey, actor, event));
}

function withCookie({ status, code, message, hint, details, headers }: Problem, cookie: string): Problem {
  return new Problem({ status, code, message, hint, details, headers: [...headers, 'Set-Cookie', cookie] });
}

async function requireSso(context: ControlContext): Promise<SignInSettings> {
  const settings = await instanceSignIn.read(context);
  if (settings.sso_enabled) return settings;
  throw new Problem({ status: 409, code: 'sso_off', message: 'Single sign-on is not set up here.' });
}

const toPlainIssuer = (issuer: string): string => issuer.replace(/\/$/, '');

function toClient(settings: SignInSettings, redirectUri: string) {
  return { clientId: settings.sso_client_id, clientSecret: settings.sso_client_secret, redirectUri };
}

/** The configured address; without one, the page's own on this machine, since `localhost` and `127.0.0.1` share no cookies. */
function toBase(context: ControlContext, pageOrigin: string | null): string {
  const isLocal = pageOrigin !== null && /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(pageOrigin);
  return context.config.publicUrl === null && isLocal ? pageOrigin : context.externalUrl();
}

function linkRequired(email: string): Problem {
  return new Problem({
    status: 401,
    code: 'sso_link_required',
    message: `There is an account for ${email}. Give its password once to connect the two.`,
    details: { email },
  });
}

function flowLost(flows: SsoFlows): Problem {
  return new Problem({
    status: 400,
    code: 'sso_flow_lost',
    message: 'This sign-in is too old, or began in another browser.',
    hint: 'Start again.',
    headers: ['Set-Cookie', flows.clear],
  });
}

/** The provider's identities connected to the operator's account. */
export function listOwnIdentities(context: ControlContext, actor: Actor) {
  const where = { operatorId: requireSelf(actor) };
  return context.database.operatorIdentity.findMany({ where, orderBy: { createdAt: 'asc' } });
}
