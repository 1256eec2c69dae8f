/** `grant_type=id_token`. */
import type { HttpResponse } from '#lib/http/exchange.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';

export async function grantByIdToken(_context: AuthContext): Promise<HttpResponse> {
  throw authError(400, 'provider_disabled', 'Provider (issuer "") is not enabled');
}
