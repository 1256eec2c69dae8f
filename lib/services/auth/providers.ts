/** The environment's OAuth providers: which are on, how each is reached, and what it says about its user. */

import {
  createGenericProvider,
  createOAuthProvider,
  type OAuthProvider,
  type OAuthTokens,
  type ProviderConfig,
  providerNames,
} from '#lib/identity/oauth.ts';
import { fetchProfile, fetchUserInfo, type OAuthProfile, toProfileOfClaims } from '#lib/identity/oauth-profiles.ts';
import { discover, nonceHolds, verifyIdToken } from '#lib/identity/oidc.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { type CustomProvider, toBareIdentifier } from '#lib/services/auth/custom-provider-schema.ts';
import { findCustomProvider } from '#lib/services/auth/custom-providers.ts';

/** A provider ready for use. */
export interface ConfiguredProvider {
  readonly name: string;
  readonly client: OAuthProvider;
  readonly scopes: readonly string[];
  /** Extra query parameters of its authorization URL. */
  readonly parameters: Readonly<Record<string, string>>;
  /** OpenID Connect: send a nonce and check it in the ID token. */
  readonly usesNonce: boolean;
  /** May a user without an email sign in through it? */
  readonly emailOptional: boolean;
  profile(tokens: OAuthTokens, nonce: string | null): Promise<OAuthProfile>;
}

const openId = ['openid', 'email', 'profile'];
/** What is asked for when nothing else is configured. */
const defaultScopes: Readonly<Record<string, readonly string[]>> = {
  '42': ['public'],
  amazon_cognito: openId,
  apple: ['name', 'email'],
  atlassian: ['read:me'],
  auth0: openId,
  authentik: openId,
  autodesk: openId,
  azure: openId,
  battlenet: ['openid'],
  box: ['root_readonly'],
  coinbase: ['wallet:user:read', 'wallet:user:email'],
  discord: ['identify', 'email'],
  donationalerts: ['oauth-user-show'],
  dropbox: openId,
  epicgames: ['basic_profile'],
  facebook: ['email', 'public_profile'],
  figma: ['current_user:read'],
  gitea: openId,
  github: ['user:email'],
  gitlab: ['read_user'],
  google: openId,
  intuit: openId,
  kakao: ['account_email', 'profile_image', 'profile_nickname'],
  keycloak: openId,
  kick: ['user:read'],
  line: openId,
  linear: ['read'],
  linkedin: openId,
  linkedin_oidc: openId,
  mastodon: ['read:accounts'],
  okta: openId,
  osu: ['identify'],
  patreon: ['identity', 'identity[email]'],
  polar: openId,
  reddit: ['identity'],
  roblox: ['openid', 'profile'],
  salesforce: openId,
  slack: openId,
  slack_oidc: openId,
  spotify: ['user-read-email'],
  startgg: ['user.identity', 'user.email'],
  strava: ['read'],
  synology: openId,
  tiktok: ['user.info.basic'],
  tiltify: ['public'],
  tumblr: ['basic'],
  twitch: ['user:read:email'],
  twitter: ['users.read', 'tweet.read', 'users.email'],
  withings: ['user.info'],
  x: ['users.read', 'tweet.read', 'users.email'],
  yahoo: openId,
  yandex: ['login:email', 'login:info'],
  zoom: ['user:read:user'],
};

/** A setting of a built-in provider: `external_google_client_id`. */
export function providerSetting(context: AuthContext, name: string, key: string): string {
  const value = authSettingsOf(context.environment)[`external_${name}_${key}`];
  return typeof value === 'string' ? value : '';
}

function providerFlag(context: AuthContext, name: string, key: string): boolean {
  return authSettingsOf(context.environment)[`external_${name}_${key}`] === true;
}

export function isProviderEnabled(context: AuthContext, name: string): boolean {
  return providerNames.includes(name) && providerFlag(context, name, 'enabled');
}

/** Throws 400 for a provider that is unknown or off. */
export async function requireProvider(context: AuthContext, name: string): Promise<ConfiguredProvider> {
  const custom = findCustomProvider(context, name);
  if (custom !== null) return toCustom(context, custom);
  if (!providerNames.includes(name))
    throw validationFailed(`Unsupported provider: Provider ${name.slice(0, 60)} could not be found`);
  if (!isProviderEnabled(context, name)) throw validationFailed('Unsupported provider: provider is not enabled');
  const config = toConfig(context, name);
  const client = createOAuthProvider(name, config);
  if (client === null || config.clientId === '') throw validationFailed('Unsupported provider: missing OAuth client ID');
  return {
    name,
    client,
    scopes: defaultScopes[name] ?? [],
    parameters: name === 'apple' ? { response_mode: 'form_post' } : {},
    usesNonce: false,
    emailOptional: providerFlag(context, name, 'email_optional'),
    profile: (tokens) => {
      // Apple has no user endpoint; its ID token came straight from Apple, over TLS.
      if (name === 'apple') return Promise.resolve(toProfileOfClaims(decodeClaims(tokens.idToken)));
      return fetchProfile(name, config.url, tokens.accessToken, config.clientId, context.ports.fetch);
    },
  };
}

export function callbackUrl(context: AuthContext): string {
  return `${context.externalUrl}/auth/v1/callback`;
}

function toConfig(context: AuthContext, name: string): ProviderConfig {
  const setting = (key: string) => providerSetting(context, name, key);
  return {
    clientId: firstId(setting('client_id')),
    clientSecret: setting('secret'),
    redirectUri: callbackUrl(context),
    url: setting('url'),
    extra: setting,
  };
}

/** Supabase lists further audiences behind the client id, after commas. */
function firstId(ids: string): string {
  return ids.split(',')[0]?.trim() ?? '';
}

async function toCustom(context: AuthContext, custom: CustomProvider): Promise<ConfiguredProvider> {
  const fetcher = context.ports.fetch;
  const found =
    custom.provider_type === 'oidc' && custom.issuer !== undefined
      ? await discover(custom.issuer, fetcher, custom.discovery_url)
      : null;
  const authorizationUrl = custom.authorization_url ?? found?.authorization_endpoint;
  const tokenUrl = custom.token_url ?? found?.token_endpoint;
  const userinfoUrl = custom.userinfo_url ?? found?.userinfo_endpoint;
  if (authorizationUrl === undefined || tokenUrl === undefined)
    throw validationFailed('Unsupported provider: its endpoints are not known');
  const config = {
    clientId: custom.client_id,
    clientSecret: custom.client_secret,
    redirectUri: callbackUrl(context),
    url: '',
    extra: () => '',
  };
  const mapping = custom.attribute_mapping;
  const name = `custom:${toBareIdentifier(custom.identifier)}`;
  return {
    name,
    client: createGenericProvider(config, { authorizationUrl, tokenUrl, pkce: custom.pkce_enabled }),
    scopes: custom.scopes.length > 0 ? custom.scopes : custom.provider_type === 'oidc' ? openId : [],
    parameters: custom.authorization_params,
    usesNonce: found !== null && !custom.skip_nonce_check,
    emailOptional: custom.email_optional,
    async profile(tokens, nonce) {
      if (found === null || tokens.idToken === null) {
        if (userinfoUrl === undefined) throw authError(400, 'bad_oauth_callback', 'The provider has no user endpoint');
        return fetchUserInfo(userinfoUrl, tokens.accessToken, fetcher, mapping);
      }
      const rules = { issuers: [found.issuer], audiences: [custom.client_id], jwksUri: custom.jwks_uri ?? found.jwks_uri };
      const claims = await verifyIdToken(tokens.idToken, rules, fetcher, context.now());
      if (nonce !== null && !nonceHolds(claims.nonce, nonce)) throw authError(400, 'bad_oauth_callback', 'Nonces mismatch');
      const profile = toProfileOfClaims(claims, 'email_verified', mapping);
      if (profile.email !== null || userinfoUrl === undefined) return profile;
      const info = await fetchUserInfo(userinfoUrl, tokens.accessToken, fetcher, mapping);
      return info.id === profile.id ? { ...info, issuer: profile.issuer } : profile;
    },
  };
}

function decodeClaims(idToken: string | null): Record<string, unknown> {
  const payload: unknown = JSON.parse(Buffer.from(idToken?.split('.')[1] ?? '', 'base64url').toString() || '{}');
  return typeof payload === 'object' && payload !== null ? { ...payload } : {};
}
