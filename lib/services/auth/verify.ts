/** `POST /verify`: a code or a token hash becomes a session. */

import { z } from 'zod';
import type { Connection } from '#lib/engine/database.ts';
import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { isProblem, type Problem } from '#lib/http/problem.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import { optionalText, readBody, text } from '#lib/services/auth/body.ts';
import { contactText, parseContact } from '#lib/services/auth/contacts.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { issueAuthCode } from '#lib/services/auth/flow-states.ts';
import { limitAddress } from '#lib/services/auth/limits.ts';
import { type OneTimeToken, type TokenType, takeByCode, takeByLink } from '#lib/services/auth/one-time-tokens.ts';
import { writeThenThrow } from '#lib/services/auth/outcome.ts';
import { findAcceptedTypes, redeem } from '#lib/services/auth/redeem.ts';
import { watchAttempt } from '#lib/services/auth/refusals.ts';
import { type OpenedSession, openSession } from '#lib/services/auth/sessions.ts';
import { tokenResponse } from '#lib/services/auth/token-response.ts';
import { findUserByContact } from '#lib/services/auth/users.ts';

const bodySchema = z.object({ type: text, email: text, phone: text, token: text, token_hash: text, redirect_to: optionalText });

type Body = z.output<typeof bodySchema>;

/** What redeeming gave: a session, a code for a PKCE client, or the first half of an email change. */
export type Verified =
  | { readonly kind: 'session'; readonly opened: OpenedSession }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'halfway' };

export const halfwayMessage = 'Confirmation link accepted. Please proceed to confirm link sent to the other email';

export async function verifyToken(context: AuthContext): Promise<HttpResponse> {
  const body = await readBody(context, bodySchema);
  if (body.type === '') throw validationFailed('Verify requires a verification type');
  const types = findAcceptedTypes(body.type);
  const take = types === null ? null : toTake(context, body, types);
  if (take === null) throw validationFailed('Invalid verification type');
  await limitAddress(context, 'verify');
  const attempt = { method: 'otp', userId: findNamed(context, body), traits: { type: body.type } };
  const verified = await watchAttempt(context, attempt, () =>
    writeThenThrow(context.database, (connection): Verified | Problem => {
      const token = take(connection);
      return token === null ? invalidToken(body.token_hash !== '') : complete(connection, context, token, false);
    }),
  );
  if (verified.kind === 'session') return tokenResponse(context, verified.opened);
  return jsonResponse(200, { msg: halfwayMessage, code: '200' });
}

/** Whose code it would be; a link names nobody. */
function findNamed(context: AuthContext, body: Body): string | null {
  if (body.token_hash !== '') return null;
  const contact = parseContact(body, 'Only an email address or phone number should be provided on verify');
  return context.database.read((connection) => findUserByContact(connection, contact))?.id ?? null;
}

function toTake(context: AuthContext, body: Body, types: readonly TokenType[]): (connection: Connection) => OneTimeToken | null {
  if (body.token_hash !== '') {
    if (body.email !== '' || body.phone !== '' || body.token !== '')
      throw validationFailed('Only the token_hash and type should be provided');
    return (connection) => takeByLink(connection, context, body.token_hash, types);
  }
  if (body.token === '') throw validationFailed('Verify requires a token or a token hash');
  const contact = parseContact(body, 'Only an email address or phone number should be provided on verify');
  const byPhone = body.type === 'sms' || body.type === 'phone_change';
  if (byPhone !== 'phone' in contact) throw validationFailed('Invalid verification type');
  return (connection) => takeByCode(connection, context, contactText(contact), body.token, types);
}

export function invalidToken(isLink: boolean): Problem {
  return authError(403, 'otp_expired', isLink ? 'Email link is invalid or has expired' : 'Token has expired or is invalid');
}

/** Finishes a taken token. A clicked PKCE link gets a code; whoever posts the token is the client itself and gets the session. */
export function complete(
  connection: Connection,
  context: AuthContext,
  token: OneTimeToken,
  clicked: boolean,
): Verified | Problem {
  const redeemed = redeem(connection, context, token);
  if (isProblem(redeemed)) return redeemed;
  if (redeemed.kind === 'halfway') return redeemed;
  if (clicked && token.flowStateId !== null) {
    return { kind: 'code', code: issueAuthCode(connection, context, token.flowStateId, redeemed.user.id) };
  }
  return { kind: 'session', opened: openSession(connection, context, redeemed.user, { method: methodOf(token.type) }) };
}

function methodOf(type: string): string {
  if (type === 'recovery' || type === 'invite' || type === 'magiclink') return type;
  return type.startsWith('email_change') ? 'email_change' : 'otp';
}
