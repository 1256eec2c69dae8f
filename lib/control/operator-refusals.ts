/** Refused sign-ins and refused calls, in the installation's record: only of operators who exist, and so many a while. */

import type { Operator } from '#generated/client.ts';
import { type Actor, systemActor } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import { toEmail } from '#lib/control/operator-email.ts';
import type { Origin } from '#lib/control/operator-sessions.ts';
import type { Problem } from '#lib/http/problem.ts';
import { makeAttempts } from '#lib/identity/operator-attempts.ts';

export interface OperatorRefusals {
  /** A refused sign-in. Nothing waits for it: what happens for an operator and for nobody must not differ in time. */
  signIn(email: string, origin: Origin, problem: Problem): void;
  /** A call beyond the actor's role or token, once a minute for each. */
  call(actor: Actor, routeId: string, ref: string | null, problem: Problem): void;
}

const windowMs = 300_000;
/** What asks for one more step refuses nothing. */
const steps = new Set(['mfa_required', 'sso_link_required']);
const beyondRole = new Set(['insufficient_role', 'insufficient_scope', 'session_required', 'second_factor_required']);

export function makeOperatorRefusals(context: ControlContext): OperatorRefusals {
  const failures = makeAttempts({ attempts: 20, windowMs, maxKeys: 100_000 });
  const trips = makeAttempts({ attempts: 1, windowMs, maxKeys: 100_000 });
  const calls = makeAttempts({ attempts: 1, windowMs: 60_000, maxKeys: 100_000 });

  async function record(operator: Operator | null, origin: Origin, { status, code }: Problem): Promise<void> {
    if (operator === null) {
      context.logger.info({ ip: origin.ip, code }, 'a sign-in was refused; there is no such operator');
      return;
    }
    const limited = status === 429;
    if (!(limited ? trips : failures).fits(operator.id)) return;
    // Who tried is not known to be the operator.
    const actor = { ...systemActor, ip: origin.ip, userAgent: origin.userAgent };
    const action = limited ? 'operator.rate_limited' : 'operator.sign_in_failed';
    const event = { action, subject: operator.email, after: { reason: code } };
    await inTransaction(context, (transaction) => appendAudit(transaction, context.masterKey, actor, event));
  }

  return {
    signIn(email, origin, problem) {
      if (steps.has(problem.code) || problem.status >= 500) return;
      context.later(async () => {
        const operator = await context.database.operator.findUnique({ where: { email: toEmail(email) } });
        await record(operator, origin, problem);
      });
    },
    call(actor, routeId, ref, problem) {
      if (actor.operatorId === null || !beyondRole.has(problem.code)) return;
      if (!calls.fits(`${actor.operatorId} ${actor.tokenId ?? ''} ${routeId}`)) return;
      const after = { call: routeId, reason: problem.code, ...(actor.tokenId === undefined ? {} : { token: actor.tokenId }) };
      const event = { action: 'access.refused', subject: ref ?? routeId, after };
      context.later(() => inTransaction(context, (transaction) => appendAudit(transaction, context.masterKey, actor, event)));
    },
  };
}
