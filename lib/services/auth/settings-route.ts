/** `GET /settings`, `GET /health` and the public keys: what anybody may know. */

import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { idTokenKeys } from '#lib/identity/id-token-keys.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { isAutoconfirm } from '#lib/services/auth/new-users.ts';
import { isProviderEnabled } from '#lib/services/auth/providers.ts';

const listedProviders = [
  'apple',
  'azure',
  'bitbucket',
  'discord',
  'facebook',
  'snapchat',
  'figma',
  'fly',
  'github',
  'gitlab',
  'google',
  'keycloak',
  'kakao',
  'linkedin',
  'linkedin_oidc',
  'notion',
  'spotify',
  'slack',
  'slack_oidc',
  'workos',
  'twitch',
  'twitter',
  'zoom',
];

export function readSettings(context: AuthContext): HttpResponse {
  const settings = authSettingsOf(context.environment);
  const providers = listedProviders.map((name) => [name, isProviderEnabled(context, name)]);
  return jsonResponse(200, {
    external: {
      anonymous_users: settings.external_anonymous_users_enabled,
      ...Object.fromEntries(providers),
      email: settings.external_email_enabled,
      phone: settings.external_phone_enabled,
    },
    disable_signup: settings.disable_signup,
    mailer_autoconfirm: isAutoconfirm(context),
    phone_autoconfirm: settings.sms_autoconfirm,
    sms_provider: settings.sms_provider,
    saml_enabled: false,
    saml_private_key_next_configured: false,
    passkeys_enabled: settings.passkeys_enabled,
  });
}

export function readHealth(): HttpResponse {
  return jsonResponse(200, {
    version: 'v2.0.0-koyalite',
    name: 'GoTrue',
    description: 'GoTrue is a user registration and authentication API',
  });
}

/** Public keys only; an HS256 secret has no public half. Those of ID tokens are there once the environment gives any. */
export function readJwks(context: AuthContext): HttpResponse {
  const { environment, sealingKey } = context;
  const forIdTokens = authSettingsOf(environment).oauth_server_enabled ? idTokenKeys(sealingKey, environment.signingKeys) : [];
  const keys = [...environment.signingKeys, ...forIdTokens].flatMap((key) =>
    key.publicJwk === null || key.algorithm === 'HS256'
      ? []
      : [{ ...toPublic(key.publicJwk), kid: key.kid, alg: key.algorithm, use: 'sig', key_ops: ['verify'] }],
  );
  return jsonResponse(200, { keys }, ['Cache-Control', 'public, max-age=600']);
}

function toPublic(jwk: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { kty, crv, x, y, n, e } = jwk;
  return { kty, crv, x, y, n, e };
}
