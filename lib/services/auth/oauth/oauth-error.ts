/** Failures of the OAuth endpoints in the shape OAuth clients read: `{"error","error_description"}`. */

import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { isProblem, Problem } from '#lib/http/problem.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import type { AuthHandler } from '#lib/services/auth/routes.ts';

/** A problem with one of the error codes of RFC 6749, 6750, 7009 or 7591. */
export function oauthError(error: OAuthErrorCode, description: string, status = 400, headers: string[] = []): Problem {
  return new Problem({ status, code: error, message: description, headers });
}

const codes = [
  'access_denied',
  'interaction_required',
  'invalid_client',
  'invalid_client_metadata',
  'invalid_grant',
  'invalid_redirect_uri',
  'invalid_request',
  'invalid_scope',
  'invalid_token',
  'request_not_supported',
  'request_uri_not_supported',
  'server_error',
  'temporarily_unavailable',
  'unauthorized_client',
  'unsupported_grant_type',
  'unsupported_response_type',
  'unsupported_token_type',
] as const;
export type OAuthErrorCode = (typeof codes)[number];

/** Answers what the handler throws in OAuth's shape. A feature that is off keeps the shape of the rest of auth. */
export function inOAuthShape(handle: AuthHandler): AuthHandler {
  return async (context) => {
    try {
      return await handle(context);
    } catch (error) {
      if (!isProblem(error) || keptCodes.has(error.code)) throw error;
      return toOAuthResponse(error);
    }
  };
}

const keptCodes = new Set(['feature_disabled', 'oauth_dynamic_client_registration_disabled']);

export const noStore = ['Cache-Control', 'no-store', 'Pragma', 'no-cache'];

function toOAuthResponse(problem: Problem): HttpResponse {
  const body = { error: toErrorCode(problem), error_description: problem.message };
  return jsonResponse(problem.status, body, [...noStore, ...problem.headers]);
}

/** What the rest of auth throws, such as a body too large or a limit reached, in OAuth's words. */
function toErrorCode({ code, status }: Problem): OAuthErrorCode {
  const known = codes.find((candidate) => candidate === code);
  if (known !== undefined) return known;
  if (status === 429) return 'temporarily_unavailable';
  return status === 401 || status === 403 ? 'invalid_token' : 'invalid_request';
}

/** For bearer tokens: the challenge RFC 6750 asks for. */
export function withBearerChallenge(handle: (context: AuthContext) => HttpResponse): AuthHandler {
  return (context) => {
    try {
      return handle(context);
    } catch (error) {
      if (!isProblem(error) || (error.status !== 401 && error.status !== 403)) throw error;
      // Without a token there is nothing wrong to name (RFC 6750, 3.1).
      const challenge = error.code === 'no_authorization' ? 'Bearer' : 'Bearer error="invalid_token"';
      throw oauthError('invalid_token', error.message, 401, ['WWW-Authenticate', challenge]);
    }
  };
}
