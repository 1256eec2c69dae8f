/** `POST /recover`: mails a link to set a new password. Says the same for every address. */

import { z } from 'zod';
import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { validationFailed } from '#lib/services/auth/auth-error.ts';
import { captcha, optionalText, readBody, text } from '#lib/services/auth/body.ts';
import { checkCaptcha } from '#lib/services/auth/captcha.ts';
import { sendMailToken } from '#lib/services/auth/confirmations.ts';
import { parseEmail } from '#lib/services/auth/contacts.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { parseChallenge } from '#lib/services/auth/flow-states.ts';
import { limitAddress, limitMessage } from '#lib/services/auth/limits.ts';
import { findUserByEmail } from '#lib/services/auth/users.ts';

const bodySchema = z.object({
  email: text,
  gotrue_meta_security: captcha,
  code_challenge: optionalText,
  code_challenge_method: optionalText,
});

export async function recoverPassword(context: AuthContext): Promise<HttpResponse> {
  const body = await readBody(context, bodySchema);
  if (body.email === '') throw validationFailed('Password recovery requires an email');
  const email = parseEmail(body.email);
  const challenge = parseChallenge(body.code_challenge, body.code_challenge_method);
  await limitAddress(context, 'otp');
  await checkCaptcha(context, body.gotrue_meta_security);
  await limitMessage(context, 'email', email);
  const pending = await context.database.write((connection) => {
    const user = findUserByEmail(connection, email);
    if (user === null) return null;
    recordAudit(connection, context, { action: 'user_recovery_requested', actorId: user.id });
    return sendMailToken(connection, context, user, 'recovery', email, challenge).pending;
  });
  await pending?.();
  return jsonResponse(200, {});
}
