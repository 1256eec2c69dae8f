/** Which client calls the token endpoint: by its secret, or by its bare id when it is one that cannot keep a secret. */

import { findClient, type OAuthClient } from '#lib/engine/oauth/oauth-clients.ts';
import type { HttpRequest } from '#lib/http/exchange.ts';
import { equalText, hashToken } from '#lib/identity/sealing.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { limitAddress } from '#lib/services/auth/limits.ts';
import { oauthError } from '#lib/services/auth/oauth/oauth-error.ts';
import type { Parameters } from '#lib/services/auth/oauth/oauth-parameters.ts';

interface Credentials {
  readonly clientId: string;
  readonly secret: string;
  readonly method: string;
}

/**
 * Throws 401 `invalid_client`. A client uses the one method it is registered for: a confidential one never passes without
 * its secret. Attempts count against the client's address, unless a secret proved who it is.
 */
export async function requireClient(context: AuthContext, parameters: Parameters): Promise<OAuthClient> {
  const credentials = readCredentials(context.request, parameters);
  const client = context.database.read((connection) => findClient(connection, credentials.clientId));
  const proven = client !== null && client.authMethod === credentials.method && secretHolds(client, credentials.secret);
  if (!proven || client.isPublic) await limitAddress(context, 'oauth_token');
  if (proven) return client;
  const challenge = credentials.method === 'client_secret_basic' ? ['WWW-Authenticate', 'Basic realm="oauth"'] : [];
  const message =
    client === null || client.authMethod === credentials.method
      ? 'Invalid client credentials'
      : `The client is registered for ${client.authMethod}, not for ${credentials.method}`;
  throw oauthError('invalid_client', message, 401, challenge);
}

function secretHolds({ isPublic, secretHash }: OAuthClient, secret: string): boolean {
  if (isPublic) return secret === '';
  return secretHash !== null && equalText(hashToken(secret), secretHash);
}

function readCredentials(request: HttpRequest, parameters: Parameters): Credentials {
  const [inBody, secret] = [parameters.get('client_id') ?? '', parameters.get('client_secret') ?? ''];
  const basic = /^basic\s+([A-Za-z0-9+/=_-]+)\s*$/i.exec(request.header('authorization') ?? '')?.[1];
  if (basic !== undefined) {
    // RFC 6749, 2.3: one way at a time.
    if (secret !== '') throw oauthError('invalid_request', 'The client authenticates in two ways');
    const [clientId, ...rest] = Buffer.from(basic, 'base64').toString().split(':');
    const named = decode(clientId ?? '');
    if (inBody !== '' && inBody !== named) throw oauthError('invalid_request', 'client_id names two clients');
    return { clientId: named, secret: decode(rest.join(':')), method: 'client_secret_basic' };
  }
  if (inBody === '') throw oauthError('invalid_client', 'client_id is required', 401);
  return { clientId: inBody, secret, method: secret === '' ? 'none' : 'client_secret_post' };
}

/** Both halves are form-encoded inside (RFC 6749, 2.3.1). */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
