/** OAuth clients as this service answers them, secrets that are shown once included. */

import type { Connection } from '#lib/engine/database.ts';
import { findClient, type OAuthClient } from '#lib/engine/oauth/oauth-clients.ts';
import { hashToken, randomToken } from '#lib/identity/sealing.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { isUuid, type JsonObject, toWireTime } from '#lib/services/auth/rows.ts';

/** A secret for its one showing, and what is kept of it. */
export function newClientSecret(): { secret: string; hash: string } {
  const secret = randomToken();
  return { secret, hash: hashToken(secret) };
}

/** Throws 400 for what is no id, 404 for one that nobody has. */
export function getClient(connection: Connection, id: string): OAuthClient {
  if (!isUuid(id)) throw authError(400, 'validation_failed', 'invalid client_id format');
  const client = findClient(connection, id);
  if (client === null) throw authError(404, 'oauth_client_not_found', 'OAuth client not found');
  return client;
}

export function toClientJson(client: OAuthClient, secret: string | null = null): JsonObject {
  return {
    client_id: client.id,
    ...(secret === null ? {} : { client_secret: secret }),
    client_type: client.isPublic ? 'public' : 'confidential',
    redirect_uris: client.redirectUris,
    token_endpoint_auth_method: client.authMethod,
    grant_types: client.grantTypes,
    response_types: ['code'],
    client_name: client.name,
    ...(client.uri === '' ? {} : { client_uri: client.uri }),
    ...(client.logoUri === '' ? {} : { logo_uri: client.logoUri }),
    ...(client.scope === null ? {} : { scope: client.scope }),
    registration_type: client.registrationType,
    created_at: toWireTime(client.createdAt),
    updated_at: toWireTime(client.updatedAt),
  };
}

/** What a consent page and the user's list of grants show of a client. */
export function toClientCard(client: OAuthClient): JsonObject {
  return { id: client.id, name: client.name, uri: client.uri, logo_uri: client.logoUri };
}
