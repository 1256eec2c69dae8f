/**
 * An installation may require a second factor of its operators. Who has none then signs in to set one up and may do nothing
 * else; their personal tokens are refused. The server's own token is not an operator's and stays the way back in.
 */

import { type Actor, isServerToken } from '#lib/control/actor.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import { instanceSignIn } from '#lib/control/instance-sign-in.ts';
import { countCodes, listConfirmed } from '#lib/control/operator-factors.ts';
import { Problem } from '#lib/http/problem.ts';

/** The calls of the Platform API by which an operator gets to a second factor, or leaves. */
const open = new Set([
  'getProfile',
  'listOwnFactors',
  'startTotp',
  'confirmTotp',
  'startPasskey',
  'addPasskey',
  'renewRecoveryCodes',
]);

/** Ask before a transaction: the settings may have to be read. */
export async function isFactorRequired(context: ControlContext): Promise<boolean> {
  return (await instanceSignIn.read(context)).second_factor_required;
}

/** True for an operator who has to set up a second factor before anything else: all are asked to, or theirs was reset. */
export async function lacksRequiredFactor(context: ControlContext, operatorId: string): Promise<boolean> {
  if (!(await isFactorRequired(context)) && (await countCodes(context.database, operatorId)) === 0) return false;
  return (await listConfirmed(context.database, operatorId)).length === 0;
}

/** Throws 403 `second_factor_required` for a call that is not on the way to a second factor. */
export function requireFactor(actor: Actor, routeId: string): void {
  if (actor.lacksFactor !== true || (actor.grant === undefined && open.has(routeId))) return;
  throw new Problem({
    status: 403,
    code: 'second_factor_required',
    message: 'Set up a second factor before anything else.',
    hint: 'It is done on the account page of the dashboard.',
  });
}

/** Throws 409 when the last factor would go. */
export function requireSpareFactor(remaining: number): void {
  if (remaining > 0) return;
  throw new Problem({
    status: 409,
    code: 'second_factor_required',
    message: 'This server asks every operator for a second factor: set up another one first.',
  });
}

/** Nobody turns it on who would be shut out by it: 409 for an owner without a second factor. */
export async function requireOwnFactor(context: ControlContext, actor: Actor): Promise<void> {
  // The server's own token does not sign in.
  if (actor.operatorId === null || isServerToken(actor)) return;
  if ((await listConfirmed(context.database, actor.operatorId)).length > 0) return;
  throw new Problem({ status: 409, code: 'no_factor', message: 'Set up a second factor of your own first.' });
}
