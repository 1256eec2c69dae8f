/** `POST /webhooks/resend`: Resend reports that a mail it had taken did not arrive. */

import { markMailBounced } from '#lib/engine/queue/mails.ts';
import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import type { BounceReport } from '#lib/ports/resend.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { readBytes } from '#lib/services/auth/body.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';

/** 404 while no secret is set, 401 unless the signature holds; 200 for every sound event, known mail or not. */
export async function receiveResendEvent(context: AuthContext): Promise<HttpResponse> {
  const secret = authSettingsOf(context.environment).resend_webhook_secret;
  if (secret === '') throw authError(404, 'validation_failed', 'Not found');
  const report = readReport(context, new TextDecoder().decode(await readBytes(context)), secret);
  if (report !== null) {
    await context.database.write((connection) => markMailBounced(connection, report.providerId, report.reason, context.now()));
  }
  return jsonResponse(200, {});
}

function readReport(context: AuthContext, payload: string, secret: string): BounceReport | null {
  const header = (name: string) => context.request.header(name) ?? '';
  const headers = { id: header('svix-id'), timestamp: header('svix-timestamp'), signature: header('svix-signature') };
  try {
    return context.ports.parseBounce(payload, headers, secret);
  } catch {
    throw authError(401, 'no_authorization', 'The signature of the event does not hold');
  }
}
