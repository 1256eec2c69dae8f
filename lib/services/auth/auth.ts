/** The auth service's door: finds the route, runs it, and gives every failure GoTrue's shape. */

import { isSqlError, type SqlError } from '#lib/engine/sql-error.ts';
import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { isProblem, Problem } from '#lib/http/problem.ts';
import { authError, errorResponse } from '#lib/services/auth/auth-error.ts';
import type { AuthContext, AuthRequest } from '#lib/services/auth/context.ts';
import { forgetStandings } from '#lib/services/auth/live-token.ts';
import { findRoute } from '#lib/services/auth/routes.ts';

export type { AuthPorts } from '#lib/services/auth/context.ts';

/** Never throws for what a client did; a failure of ours is rethrown for the host to log and answer with 500. */
export async function authService(input: AuthRequest): Promise<HttpResponse> {
  try {
    return await dispatch(input);
  } catch (error) {
    const problem = isSqlError(error) ? findConflict(error) : error;
    if (!isProblem(problem)) throw error;
    return errorResponse(problem, input.request.header('x-supabase-api-version'));
  } finally {
    // A link that is followed changes things too, so the method tells nothing; only what apps poll is left out.
    if (!isPolled(input)) forgetStandings(input.database);
  }
}

function isPolled({ request, path }: AuthRequest): boolean {
  return request.method === 'GET' && /^\/(user|settings|health|\.well-known\/[^?]*)(\?|$)/.test(path);
}

/** A constraint of the app's own tables, such as a reference to a user who is being deleted, is the caller's to mend. */
function findConflict(error: SqlError): Problem | null {
  return error.sqlstate.startsWith('23') ? authError(409, 'conflict', 'A database constraint does not allow this change') : null;
}

function dispatch(input: AuthRequest): HttpResponse | Promise<HttpResponse> {
  const [path = '', search = ''] = input.path.split('?', 2);
  const method = input.request.method.toUpperCase();
  const found = findRoute(method, path);
  if (found === null) throw authError(404, 'validation_failed', 'Not found');
  if (found === 'method') throw new Problem({ status: 405, code: 'validation_failed', message: 'Method not allowed' });
  const context: AuthContext = {
    ...input,
    method,
    query: new URLSearchParams(search),
    params: found.params,
    userAgent: (input.request.header('user-agent') ?? '').slice(0, 500),
  };
  return found.route.handle(context);
}

/** The paths a browser reaches without an `apikey`: `api` lets these through. */
export function isOpenAuthPath(path: string): boolean {
  return openPaths.has(path.split('?', 1)[0] ?? '');
}

const openPaths = new Set([
  '/verify',
  '/callback',
  '/authorize',
  '/health',
  '/webhooks/resend',
  '/.well-known/jwks.json',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  // An app that users sign in to with this one has no key of it.
  '/oauth/authorize',
  '/oauth/token',
  '/oauth/revoke',
  '/oauth/userinfo',
  '/oauth/clients/register',
  '/sso/saml/acs',
  '/sso/saml/metadata',
]);

export { forgetStandings, isSessionLive, isTokenLive } from '#lib/services/auth/live-token.ts';

/** For hosts that answer a failed auth request themselves. */
export function unexpectedFailure(): HttpResponse {
  return jsonResponse(500, { code: 500, error_code: 'unexpected_failure', msg: 'Internal Server Error' }, [
    'x-sb-error-code',
    'unexpected_failure',
  ]);
}
