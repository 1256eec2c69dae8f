/** The captcha check of flows that anybody may start. */

import { authError } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';

/** Throws 400 `captcha_failed` when captchas are on and the token does not hold. */
export async function checkCaptcha(context: AuthContext, token: string): Promise<void> {
  const settings = authSettingsOf(context.environment);
  if (!settings.security_captcha_enabled) return;
  const reason = await context.ports.captcha.verify({
    provider: settings.security_captcha_provider,
    secret: settings.security_captcha_secret,
    token,
    clientAddress: context.clientAddress,
  });
  if (reason !== null) throw authError(400, 'captcha_failed', `captcha protection: request disallowed (${reason})`);
}
