/** `POST /token`: the grants by name. */

import type { HttpResponse } from '#lib/http/exchange.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { refuseWeb3 } from '#lib/services/auth/disabled.ts';
import { grantByIdToken } from '#lib/services/auth/token-id-token.ts';
import { grantByPassword } from '#lib/services/auth/token-password.ts';
import { grantByCode } from '#lib/services/auth/token-pkce.ts';
import { grantByRefreshToken } from '#lib/services/auth/token-refresh.ts';

const grants = new Map<string, (context: AuthContext) => Promise<HttpResponse>>([
  ['password', grantByPassword],
  ['refresh_token', grantByRefreshToken],
  ['pkce', grantByCode],
  ['id_token', grantByIdToken],
  ['web3', refuseWeb3],
]);

export async function grantToken(context: AuthContext): Promise<HttpResponse> {
  const grant = grants.get(context.query.get('grant_type') ?? '');
  if (grant === undefined) throw authError(400, 'invalid_credentials', 'unsupported_grant_type');
  return grant(context);
}
