/**
 * An operator's phone is lost, and the recovery codes with it: a platform owner takes the second factors away. The password
 * alone does not sign in afterwards: until a factor is set up anew a code stands in for it, told once to the owner, who knows
 * whom to give it.
 */

import { type Actor, isServerToken, requirePlatformOwner } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import { endStaleImpersonations } from '#lib/control/end-impersonation.ts';
import { instanceMail } from '#lib/control/instance-mail.ts';
import { requirePassword } from '#lib/control/operator-account.ts';
import { countCodes, listConfirmed, replaceRecoveryCodes } from '#lib/control/operator-factors.ts';
import { queueOperatorMail } from '#lib/control/operator-mails.ts';
import { Problem } from '#lib/http/problem.ts';

export interface FactorReset {
  email: string;
  /** Asked for beside the password until the operator has set up a factor, before which nothing else opens. */
  recoveryCode: string;
  sessionsEnded: number;
  tokensRevoked: number;
}

/**
 * By an owner of the platform in person, with the password, or by the server's own token: whoever has the machine. Nobody is
 * above an owner, so nobody reaches upward; and nobody steps over their own factor: 409 for oneself, except on the machine.
 */
export async function resetFactors(
  context: ControlContext,
  actor: Actor,
  id: string,
  password: string | null,
): Promise<FactorReset> {
  requirePlatformOwner(actor);
  const onMachine = isServerToken(actor);
  if (!onMachine) {
    if (id === actor.operatorId) throw ownFactors();
    // Refuses personal tokens too: they were made for programs.
    await requirePassword(context, actor, password);
  }
  const settings = await instanceMail.read(context);
  const reset = await inTransaction(context, async (transaction) => {
    const operator = await transaction.operator.findUnique({ where: { id } });
    if (operator === null) throw new Problem({ status: 404, code: 'operator_not_found', message: 'There is no such operator.' });
    const factors = await listConfirmed(transaction, id);
    const codes = await countCodes(transaction, id);
    if (factors.length === 0 && codes === 0) {
      throw new Problem({ status: 409, code: 'no_factor', message: 'The operator has no second factor.' });
    }
    await transaction.operatorFactor.deleteMany({ where: { operatorId: id } });
    const [recoveryCode = ''] = await replaceRecoveryCodes(transaction, id, 1);
    // The phone may be in other hands: what was open on it ends, and no link mailed to it opens anything.
    const sessions = await transaction.operatorSession.deleteMany({ where: { operatorId: id } });
    const tokens = await transaction.operatorToken.deleteMany({ where: { operatorId: id, kind: 'personal' } });
    await transaction.operatorReset.deleteMany({ where: { operatorId: id } });
    await transaction.operatorDevice.deleteMany({ where: { operatorId: id } });
    const { email } = operator;
    const ended = { sessionsEnded: sessions.count, tokensRevoked: tokens.count };
    await appendAudit(transaction, context.masterKey, actor, {
      action: 'operator.factors_reset',
      subject: email,
      before: { factors: factors.map(({ kind }) => kind), recovery_codes_left: codes },
      after: {
        sessions_ended: ended.sessionsEnded,
        tokens_revoked: ended.tokensRevoked,
        ...(onMachine ? { by: 'server token' } : {}),
      },
    });
    const variables = {
      Email: email,
      Actor: onMachine ? 'Somebody at the server itself' : actor.email,
      Time: `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
      SiteURL: `${context.externalUrl()}/sign-in`,
    };
    await queueOperatorMail(context, transaction, settings, { template: 'factors_reset', recipient: email, variables });
    return { email, recoveryCode, ...ended };
  });
  context.mails.wake();
  await endStaleImpersonations(context, actor);
  return reset;
}

function ownFactors(): Problem {
  return new Problem({
    status: 409,
    code: 'own_factors',
    message: 'Your own second factors are not reset by yourself.',
    hint: 'Change them on the account page. When they are lost: another owner, or `koyalite operators reset-factors` on the machine.',
  });
}
