/** `/oauth/authorize`: a client's request is checked and kept, and the browser goes on to the app's consent page. */

import { emptyResponse, type HttpResponse } from '#lib/http/exchange.ts';
import { isProblem } from '#lib/http/problem.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { limitAddress } from '#lib/services/auth/limits.ts';
import { parseAudience, parseRequest, toAnswerUrl, toConsentUrl } from '#lib/services/auth/oauth/authorization-request.ts';
import { insertAuthorization } from '#lib/services/auth/oauth/authorizations.ts';
import { noStore, oauthError } from '#lib/services/auth/oauth/oauth-error.ts';
import { readParameters, toParameters } from '#lib/services/auth/oauth/oauth-parameters.ts';
import { requireOAuthServer } from '#lib/services/auth/oauth/oauth-switch.ts';

export async function authorizeClient(context: AuthContext): Promise<HttpResponse> {
  const { site_url: site } = requireOAuthServer(context);
  await limitAddress(context, 'oauth_authorize');
  const parameters = context.method === 'POST' ? await readParameters(context) : toParameters(context.query);
  const audience = parseAudience(context, parameters);
  try {
    if (!URL.canParse(site)) throw oauthError('server_error', 'The site has no address');
    const request = parseRequest(parameters, audience);
    const id = await context.database.write((connection) => insertAuthorization(connection, context, request));
    return redirect(toConsentUrl(context, id));
  } catch (error) {
    if (!isProblem(error)) throw error;
    const to = { redirectUri: audience.redirectUri, state: parameters.get('state')?.slice(0, 2048) ?? null };
    return redirect(toAnswerUrl(context, to, { error: error.code, error_description: error.message }));
  }
}

/** The id in the address is nobody else's business. */
function redirect(to: string): HttpResponse {
  return emptyResponse(302, ['Location', to, 'Referrer-Policy', 'no-referrer', ...noStore]);
}
