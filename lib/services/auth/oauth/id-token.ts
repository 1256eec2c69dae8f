/** ID tokens: what a client is told about who signed in, signed with a key that opens nothing else. */

import { createHash } from 'node:crypto';
import type { OAuthClient } from '#lib/engine/oauth/oauth-clients.ts';
import { idTokenKeys } from '#lib/identity/id-token-keys.ts';
import { mintToken } from '#lib/identity/jwt.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import type { Authorization } from '#lib/services/auth/oauth/authorizations.ts';
import { issuerOf } from '#lib/services/auth/oauth/oauth-switch.ts';
import { toStandardClaims } from '#lib/services/auth/oauth/scopes.ts';
import { timeMs } from '#lib/services/auth/rows.ts';
import type { User } from '#lib/services/auth/users.ts';

export interface IdTokenSubject {
  readonly user: User;
  readonly client: OAuthClient;
  readonly authorization: Authorization;
  readonly accessToken: string;
}

export function toIdToken(context: AuthContext, { user, client, authorization, accessToken }: IdTokenSubject): string {
  const { oauth_server_access_token_exp: own, jwt_exp: ordinary } = authSettingsOf(context.environment);
  const nowSeconds = Math.floor(context.now() / 1000);
  const authTimeMs = authorization.authTime === null ? context.now() : timeMs(authorization.authTime);
  const claims = {
    ...toStandardClaims(user, authorization.scopes),
    iss: issuerOf(context),
    sub: user.id,
    aud: client.id,
    azp: client.id,
    exp: nowSeconds + (own ?? ordinary),
    iat: nowSeconds,
    auth_time: Math.floor(authTimeMs / 1000),
    at_hash: createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url'),
    ...(authorization.nonce === null ? {} : { nonce: authorization.nonce }),
  };
  return mintToken(claims, idTokenKeys(context.sealingKey, context.environment.signingKeys));
}
