/** `POST /oauth/clients/register` (RFC 7591): a client, such as an MCP client, registers itself. A switch of its own. */

import type { Connection } from '#lib/engine/database.ts';
import { parseMetadata, registrationSchema } from '#lib/engine/oauth/client-metadata.ts';
import { insertClient } from '#lib/engine/oauth/oauth-clients.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { readBody } from '#lib/services/auth/body.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { limitAddress } from '#lib/services/auth/limits.ts';
import { newClientSecret, toClientJson } from '#lib/services/auth/oauth/client-json.ts';
import { noStore, oauthError } from '#lib/services/auth/oauth/oauth-error.ts';
import { requireOAuthServer } from '#lib/services/auth/oauth/oauth-switch.ts';
import { timeMs } from '#lib/services/auth/rows.ts';

/** Nobody has to clean up after clients that came once and were never let in. */
const unusedMs = 30 * 86_400_000;

export async function registerClient(context: AuthContext): Promise<HttpResponse> {
  if (!requireOAuthServer(context).oauth_server_allow_dynamic_registration) {
    const message = 'Dynamic client registration is not enabled';
    throw authError(403, 'oauth_dynamic_client_registration_disabled', message);
  }
  await limitAddress(context, 'oauth_register');
  const body = await readBody(context, registrationSchema);
  const metadata = parseMetadata(body, 'dynamic', (message, about) =>
    oauthError(about === 'redirect_uri' ? 'invalid_redirect_uri' : 'invalid_client_metadata', message),
  );
  const made = metadata.isPublic ? null : newClientSecret();
  const secret = made?.secret ?? null;
  const client = await context.database.write((connection) => {
    sweepUnused(connection, context);
    const added = insertClient(connection, metadata, made?.hash ?? null, context.now());
    recordAudit(connection, context, {
      action: 'oauth_client_registered',
      actorId: null,
      traits: { client_id: added.id, client_name: added.name },
    });
    return added;
  });
  const issued = { client_id_issued_at: Math.floor(timeMs(client.createdAt) / 1000) };
  // RFC 7591 wants to know when the secret ends: never.
  const expires = secret === null ? {} : { client_secret_expires_at: 0 };
  return jsonResponse(201, { ...toClientJson(client, secret), ...issued, ...expires }, noStore);
}

function sweepUnused(connection: Connection, context: AuthContext): void {
  connection.run(
    `DELETE FROM _koyalite_oauth_clients AS c WHERE registration_type = 'dynamic' AND created_at < ?
       AND NOT EXISTS (SELECT 1 FROM _koyalite_oauth_consents WHERE client_id = c.id)
       AND NOT EXISTS (SELECT 1 FROM _koyalite_oauth_authorizations WHERE client_id = c.id)`,
    toStoredTime(context.now() - unusedMs),
  );
}
