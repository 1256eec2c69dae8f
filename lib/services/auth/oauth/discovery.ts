/** `/.well-known/openid-configuration` and `/.well-known/oauth-authorization-server`: one document for both. */

import { supportedScopes } from '#lib/engine/oauth/scope-names.ts';
import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { issuerOf, requireOAuthServer } from '#lib/services/auth/oauth/oauth-switch.ts';

const methods = ['client_secret_basic', 'client_secret_post', 'none'];

export function readServerMetadata(context: AuthContext): HttpResponse {
  const settings = requireOAuthServer(context);
  const issuer = issuerOf(context);
  const document = {
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    token_endpoint: `${issuer}/oauth/token`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    userinfo_endpoint: `${issuer}/oauth/userinfo`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    ...(settings.oauth_server_allow_dynamic_registration ? { registration_endpoint: `${issuer}/oauth/clients/register` } : {}),
    scopes_supported: supportedScopes,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    token_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_methods_supported: methods,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    claims_supported: [
      'sub',
      'aud',
      'iss',
      'exp',
      'iat',
      'auth_time',
      'nonce',
      'email',
      'email_verified',
      'phone_number',
      'phone_number_verified',
      'name',
      'picture',
      'preferred_username',
      'updated_at',
    ],
  };
  return jsonResponse(200, document, ['Cache-Control', 'public, max-age=600']);
}
