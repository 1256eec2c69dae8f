/** `grant_type=id_token`: an app signed in natively with a provider and brings the ID token. */

import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { HttpResponse } from '#lib/http/exchange.ts';
import { isProblem } from '#lib/http/problem.ts';
import { type ClaimMapping, toProfileOfClaims } from '#lib/identity/oauth-profiles.ts';
import { discover, type IdTokenRules, nonceHolds, requireTokenForm, verifyIdToken } from '#lib/identity/oidc.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { requireUser } from '#lib/services/auth/bearer.ts';
import { captcha, readBody, text } from '#lib/services/auth/body.ts';
import { askIfNew } from '#lib/services/auth/callback.ts';
import { checkCaptcha } from '#lib/services/auth/captcha.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { toBareIdentifier } from '#lib/services/auth/custom-provider-schema.ts';
import { findCustomProvider } from '#lib/services/auth/custom-providers.ts';
import { linkAccount, resolveAccount } from '#lib/services/auth/external-account.ts';
import { limitAddress } from '#lib/services/auth/limits.ts';
import { writeThenThrow } from '#lib/services/auth/outcome.ts';
import { isProviderEnabled, providerSetting } from '#lib/services/auth/providers.ts';
import { requireRecentProof } from '#lib/services/auth/recent-proof.ts';
import { openSession } from '#lib/services/auth/sessions.ts';
import { tokenResponse } from '#lib/services/auth/token-response.ts';

const bodySchema = z.object({
  provider: text,
  id_token: text,
  access_token: text,
  nonce: text,
  client_id: text,
  issuer: text,
  link_identity: z.boolean().nullish(),
  gotrue_meta_security: captcha,
});

interface Accepted {
  readonly name: string;
  readonly rules: IdTokenRules;
  readonly skipNonce: boolean;
  readonly emailOptional: boolean;
  readonly verifiedClaim: string;
  readonly mapping?: ClaimMapping;
}

export async function grantByIdToken(context: AuthContext): Promise<HttpResponse> {
  const body = await readBody(context, bodySchema);
  if (body.id_token === '') throw validationFailed('id_token required');
  if (body.provider === '') throw validationFailed('provider required');
  await limitAddress(context, 'sign_up');
  await checkCaptcha(context, body.gotrue_meta_security);
  const linkingUserId = body.link_identity === true ? requireLinking(context) : null;
  const accepted = await accept(context, body);
  const claims = await verifyIdToken(body.id_token, accepted.rules, context.ports.fetch, context.now());
  if (!accepted.skipNonce) checkNonce(claims.nonce, body.nonce);
  if (body.access_token !== '' && typeof claims.at_hash === 'string') checkAccessToken(claims.at_hash, body.access_token);
  const profile = toProfileOfClaims(claims, accepted.verifiedClaim, accepted.mapping);
  const account = { provider: accepted.name, profile, emailOptional: accepted.emailOptional };
  await askIfNew(context, { linkingUserId }, account);
  const opened = await writeThenThrow(context.database, (connection) => {
    const user =
      linkingUserId === null
        ? resolveAccount(connection, context, account)
        : linkAccount(connection, context, linkingUserId, account);
    return isProblem(user) ? user : openSession(connection, context, user, { method: 'oauth', provider: accepted.name });
  });
  return tokenResponse(context, opened);
}

function requireLinking(context: AuthContext): string {
  const signedIn = requireUser(context);
  if (!authSettingsOf(context.environment).security_manual_linking_enabled) {
    throw authError(404, 'manual_linking_disabled', 'Manual linking is disabled');
  }
  requireRecentProof(context, signedIn);
  return signedIn.user.id;
}

/** Issuers are ours to name: what a request calls its issuer is only compared, never followed. */
const knownIssuers: Readonly<Record<string, { issuers: readonly string[] | RegExp; discovery: string }>> = {
  google: { issuers: ['https://accounts.google.com', 'accounts.google.com'], discovery: 'https://accounts.google.com' },
  apple: { issuers: ['https://appleid.apple.com'], discovery: 'https://appleid.apple.com' },
  azure: {
    issuers: /^https:\/\/login\.microsoftonline\.com\/[0-9a-f-]{36}\/v2\.0$/,
    discovery: 'https://login.microsoftonline.com/common/v2.0',
  },
  facebook: { issuers: ['https://www.facebook.com', 'https://limited.facebook.com'], discovery: 'https://limited.facebook.com' },
  kakao: { issuers: ['https://kauth.kakao.com'], discovery: 'https://kauth.kakao.com' },
  linkedin_oidc: { issuers: ['https://www.linkedin.com/oauth'], discovery: 'https://www.linkedin.com/oauth' },
  twitch: { issuers: ['https://id.twitch.tv/oauth2'], discovery: 'https://id.twitch.tv/oauth2' },
};

async function accept(
  context: AuthContext,
  { provider, issuer, id_token: token }: z.output<typeof bodySchema>,
): Promise<Accepted> {
  const custom = findCustomProvider(context, provider);
  if (custom !== null && custom.provider_type === 'oidc' && custom.issuer !== undefined) {
    requireTokenForm(token);
    const found = await discover(custom.issuer, context.ports.fetch, custom.discovery_url);
    const audiences = [custom.client_id, ...custom.acceptable_client_ids];
    const rules = { issuers: [found.issuer], audiences, jwksUri: custom.jwks_uri ?? found.jwks_uri };
    return {
      name: `custom:${toBareIdentifier(custom.identifier)}`,
      rules,
      skipNonce: custom.skip_nonce_check,
      emailOptional: custom.email_optional,
      verifiedClaim: 'email_verified',
      mapping: custom.attribute_mapping,
    };
  }
  const keycloak = provider === 'keycloak' ? providerSetting(context, 'keycloak', 'url') : '';
  const known = keycloak === '' ? knownIssuers[provider] : { issuers: [keycloak], discovery: keycloak };
  if (!Object.hasOwn(knownIssuers, provider) && keycloak === '') throw notEnabled(issuer === '' ? provider : issuer);
  if (known === undefined || !isProviderEnabled(context, provider)) throw notEnabled(issuer === '' ? provider : issuer);
  requireTokenForm(token);
  const audiences =
    `${providerSetting(context, provider, 'client_id')},${providerSetting(context, provider, 'additional_client_ids')}`
      .split(',')
      .map((id) => id.trim())
      .filter(Boolean);
  const { jwks_uri: jwksUri } = await discover(known.discovery, context.ports.fetch);
  return {
    name: provider,
    rules: { issuers: known.issuers, audiences, jwksUri },
    skipNonce: authSettingsOf(context.environment)[`external_${provider}_skip_nonce_check`] === true,
    emailOptional: authSettingsOf(context.environment)[`external_${provider}_email_optional`] === true,
    verifiedClaim: provider === 'azure' ? 'xms_edov' : 'email_verified',
  };
}

function notEnabled(issuer: string) {
  return authError(400, 'provider_disabled', `Provider (issuer "${issuer.slice(0, 200)}") is not enabled`);
}

function checkNonce(claim: unknown, nonce: string): void {
  const has = typeof claim === 'string' && claim !== '';
  if (has !== (nonce !== '')) throw validationFailed('Passed nonce and nonce in id_token should either both exist or not.');
  if (has && !nonceHolds(claim, nonce)) throw validationFailed('Nonces mismatch');
}

function checkAccessToken(expected: string, accessToken: string): void {
  const half = createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url');
  if (half !== expected) throw validationFailed('Access token does not match the at_hash of the ID token');
}
