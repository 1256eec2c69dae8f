/** A forgotten password: a mailed link, good for half an hour, once. Whether an address has an account shows in no answer. */

import type { Operator } from '#generated/client.ts';
import type { Actor } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import { endStaleImpersonations } from '#lib/control/end-impersonation.ts';
import { findTransport, instanceMail, noMail } from '#lib/control/instance-mail.ts';
import { instanceSignIn } from '#lib/control/instance-sign-in.ts';
import { toEmail } from '#lib/control/operator-email.ts';
import { queueOperatorMail } from '#lib/control/operator-mails.ts';
import type { Origin } from '#lib/control/operator-sessions.ts';
import { Problem } from '#lib/http/problem.ts';
import { makeAttempts, toAddressKey } from '#lib/identity/operator-attempts.ts';
import { hashPassword, parseNewPassword } from '#lib/identity/passwords.ts';
import { hashToken, randomToken } from '#lib/identity/sealing.ts';

const lifeMs = 30 * 60_000;

export interface PasswordReset {
  /** 409 while no mail can leave the machine, 429 for too many; else nothing, whoever asks for whom. */
  request(email: string, origin: Origin): Promise<void>;
  /** Ends every session, personal token and other link; second factors stay. 404 for a link that is not good any more. */
  confirm(token: string, password: string, origin: Origin): Promise<void>;
}

export function makePasswordReset(
  context: ControlContext,
  toActor: (operator: Operator, origin: Origin) => Actor,
): PasswordReset {
  const asked = makeAttempts({ attempts: 20, windowMs: 900_000, maxKeys: 100_000 });
  /** So many mails nobody asked for are no flood yet. */
  const mailed = makeAttempts({ attempts: 3, windowMs: 900_000, maxKeys: 100_000 });
  const redeemed = makeAttempts({ attempts: 20, windowMs: 300_000, maxKeys: 100_000 });
  return {
    async request(email, origin) {
      asked.take(toAddressKey(origin.ip));
      mailed.take(toEmail(email));
      if (findTransport(await instanceMail.read(context)) === null) throw noMail();
      // Not waited for: how long it takes would tell whether there is an account.
      context.later(() => mailReset(context, toEmail(email)));
    },
    async confirm(token, password, origin) {
      redeemed.take(toAddressKey(origin.ip));
      await setPassword(context, token, password, (operator) => toActor(operator, origin));
      redeemed.giveBack(toAddressKey(origin.ip));
    },
  };
}

async function mailReset(context: ControlContext, email: string): Promise<void> {
  const operator = await context.database.operator.findUnique({ where: { email } });
  if (operator === null || !(await mayUsePassword(context, operator))) return;
  const settings = await instanceMail.read(context);
  const token = randomToken();
  const base = context.externalUrl();
  const variables = { SiteURL: base, Email: email, ConfirmationURL: `${base}/reset-password#token=${token}` };
  await inTransaction(context, async (transaction) => {
    const data = { tokenHash: hashToken(token), operatorId: operator.id, expiresAt: new Date(Date.now() + lifeMs) };
    await transaction.operatorReset.deleteMany({ where: { operatorId: operator.id } });
    await transaction.operatorReset.create({ data });
    await queueOperatorMail(context, transaction, settings, { template: 'operator_recovery', recipient: email, variables });
  });
  context.mails.wake();
}

/** False for who signs in by SSO alone: a password is no second way in past the provider. */
async function mayUsePassword(context: ControlContext, operator: Operator): Promise<boolean> {
  if (operator.platformRole === 'owner') return operator.passwordHash !== '';
  return operator.passwordHash !== '' && !(await instanceSignIn.read(context)).sso_required;
}

async function setPassword(
  context: ControlContext,
  token: string,
  password: string,
  toActor: (operator: Operator) => Actor,
): Promise<void> {
  const where = { tokenHash: hashToken(token), expiresAt: { gt: new Date() } };
  const reset = await context.database.operatorReset.findFirst({ where, include: { operator: true } });
  if (reset === null || !(await mayUsePassword(context, reset.operator))) throw gone();
  const { operator } = reset;
  const passwordHash = await hashPassword(parseNewPassword(password, operator.email));
  const actor = toActor(operator);
  await inTransaction(context, async (transaction) => {
    // Of two requests with one link only the first finds it.
    if ((await transaction.operatorReset.deleteMany({ where })).count === 0) throw gone();
    await transaction.operatorReset.deleteMany({ where: { operatorId: operator.id } });
    await transaction.operator.update({ where: { id: operator.id }, data: { passwordHash } });
    await transaction.operatorSession.deleteMany({ where: { operatorId: operator.id } });
    // Whoever forgot a password may have lost more than that: tokens made before are as good as it was.
    const { count } = await transaction.operatorToken.deleteMany({ where: { operatorId: operator.id, kind: 'personal' } });
    const event = { action: 'operator.password_reset', subject: operator.email, after: { tokens_revoked: count } };
    await appendAudit(transaction, context.masterKey, actor, event);
  });
  await endStaleImpersonations(context, actor);
}

function gone(): Problem {
  return new Problem({ status: 404, code: 'link_not_found', message: 'The link is used or out of date: ask for a new one.' });
}
