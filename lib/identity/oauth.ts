/** OAuth 2 providers behind one shape. Arctic knows each provider's addresses and quirks; this file knows Arctic. */

import * as arctic from 'arctic';
import { Problem } from '#lib/http/problem.ts';
import { fetchThrough } from '#lib/identity/fetch-through.ts';

export interface ProviderConfig {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  /** Base address, domain or tenant, for providers that have many; else empty. */
  readonly url: string;
  /** What only some providers need, such as Apple's `team_id` and `key_id`. */
  readonly extra: (name: string) => string;
}

export interface OAuthTokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly idToken: string | null;
}

export interface OAuthProvider {
  authorizationUrl(state: string, verifier: string, scopes: string[]): URL;
  /** Throws a 400 problem when the provider refuses the code or does not answer. */
  exchange(code: string, verifier: string, fetcher: typeof fetch): Promise<OAuthTokens>;
}

type Make = (config: ProviderConfig) => OAuthProvider;
type Tokens = Promise<arctic.OAuth2Tokens>;

/** Arctic's classes differ in whether they take a verifier and scopes; three adapters cover nearly all. */
interface Plain {
  createAuthorizationURL(state: string, scopes: string[]): URL;
  validateAuthorizationCode(code: string): Tokens;
}
interface Proven {
  createAuthorizationURL(state: string, verifier: string, scopes: string[]): URL;
  validateAuthorizationCode(code: string, verifier: string): Tokens;
}
interface Bare {
  createAuthorizationURL(state: string): URL;
  validateAuthorizationCode(code: string): Tokens;
}

function provider(
  authorizationUrl: OAuthProvider['authorizationUrl'],
  validate: (code: string, verifier: string) => Tokens,
): OAuthProvider {
  return {
    authorizationUrl,
    exchange: (code, verifier, fetcher) => exchange(() => fetchThrough(fetcher, () => validate(code, verifier))),
  };
}

const plain = (client: Plain): OAuthProvider =>
  provider(
    (state, _verifier, scopes) => client.createAuthorizationURL(state, scopes),
    (code) => client.validateAuthorizationCode(code),
  );
const proven = (client: Proven): OAuthProvider =>
  provider(
    (state, verifier, scopes) => client.createAuthorizationURL(state, verifier, scopes),
    (code, verifier) => client.validateAuthorizationCode(code, verifier),
  );
const bare = (client: Bare): OAuthProvider =>
  provider(
    (state) => client.createAuthorizationURL(state),
    (code) => client.validateAuthorizationCode(code),
  );

type Simple<T> = new (clientId: string, clientSecret: string, redirectUri: string) => T;
type Based<T> = new (base: string, clientId: string, clientSecret: string, redirectUri: string) => T;

const simple =
  <T>(adapt: (client: T) => OAuthProvider, Client: Simple<T>): Make =>
  (config) =>
    adapt(new Client(config.clientId, config.clientSecret, config.redirectUri));
const based =
  <T>(adapt: (client: T) => OAuthProvider, Client: Based<T>, fallback = ''): Make =>
  (config) =>
    adapt(new Client(config.url === '' ? fallback : config.url, config.clientId, config.clientSecret, config.redirectUri));

/** `state` that a provider's client library leaves out is added by hand. */
function withState(url: URL, state: string): URL {
  url.searchParams.set('state', state);
  return url;
}

/** By Supabase's name where it has one, else the provider's own in lower case. */
const providers = new Map<string, Make>([
  ['42', simple(plain, arctic.FortyTwo)],
  ['amazon_cognito', based(proven, arctic.AmazonCognito)],
  ['anilist', simple(bare, arctic.AniList)],
  [
    'apple',
    (config) => {
      const key = Buffer.from(config.clientSecret.replace(/-----[^-]+-----|\s/g, ''), 'base64');
      return plain(
        new arctic.Apple(
          config.clientId,
          config.extra('team_id'),
          config.extra('key_id'),
          new Uint8Array(key),
          config.redirectUri,
        ),
      );
    },
  ],
  ['atlassian', simple(plain, arctic.Atlassian)],
  ['auth0', based(proven, arctic.Auth0)],
  ['authentik', based(proven, arctic.Authentik)],
  ['autodesk', simple(proven, arctic.Autodesk)],
  ['azure', based(proven, arctic.MicrosoftEntraId, 'common')],
  ['battlenet', simple(plain, arctic.BattleNet)],
  ['bitbucket', simple(bare, arctic.Bitbucket)],
  ['box', simple(plain, arctic.Box)],
  ['bungie', simple(plain, arctic.Bungie)],
  ['coinbase', simple(plain, arctic.Coinbase)],
  ['discord', simple(proven, arctic.Discord)],
  [
    'donationalerts',
    (config) => {
      const client = new arctic.DonationAlerts(config.clientId, config.clientSecret, config.redirectUri);
      return provider(
        (state, _verifier, scopes) => withState(client.createAuthorizationURL(scopes), state),
        (code) => client.validateAuthorizationCode(code),
      );
    },
  ],
  ['dribbble', simple(plain, arctic.Dribbble)],
  ['dropbox', simple(plain, arctic.Dropbox)],
  ['epicgames', simple(plain, arctic.EpicGames)],
  ['etsy', (config) => proven(new arctic.Etsy(config.clientId, config.redirectUri))],
  ['facebook', simple(plain, arctic.Facebook)],
  ['figma', simple(plain, arctic.Figma)],
  ['gitea', based(proven, arctic.Gitea, 'https://gitea.com')],
  ['github', simple(plain, arctic.GitHub)],
  ['gitlab', based(plain, arctic.GitLab, 'https://gitlab.com')],
  ['google', simple(proven, arctic.Google)],
  ['intuit', simple(plain, arctic.Intuit)],
  ['kakao', simple(plain, arctic.Kakao)],
  ['keycloak', based(proven, arctic.KeyCloak)],
  ['kick', simple(proven, arctic.Kick)],
  ['lichess', (config) => proven(new arctic.Lichess(config.clientId, config.redirectUri))],
  ['line', simple(proven, arctic.Line)],
  ['linear', simple(plain, arctic.Linear)],
  ['linkedin', simple(plain, arctic.LinkedIn)],
  ['linkedin_oidc', simple(plain, arctic.LinkedIn)],
  ['mastodon', based(proven, arctic.Mastodon)],
  ['mercadolibre', simple(proven, arctic.MercadoLibre)],
  ['mercadopago', simple(proven, arctic.MercadoPago)],
  ['myanimelist', simple(proven, arctic.MyAnimeList)],
  [
    'naver',
    (config) => {
      const client = new arctic.Naver(config.clientId, config.clientSecret, config.redirectUri);
      return provider(
        (state) => withState(client.createAuthorizationURL(), state),
        (code) => client.validateAuthorizationCode(code),
      );
    },
  ],
  ['notion', simple(bare, arctic.Notion)],
  [
    'okta',
    (config) => {
      const server = config.extra('authorization_server_id');
      return proven(
        new arctic.Okta(config.url, server === '' ? null : server, config.clientId, config.clientSecret, config.redirectUri),
      );
    },
  ],
  ['osu', simple(plain, arctic.Osu)],
  ['patreon', simple(plain, arctic.Patreon)],
  ['polar', simple(proven, arctic.Polar)],
  ['reddit', simple(plain, arctic.Reddit)],
  ['roblox', simple(proven, arctic.Roblox)],
  ['salesforce', based(proven, arctic.Salesforce, 'login.salesforce.com')],
  ['shikimori', simple(bare, arctic.Shikimori)],
  ['slack', simple(plain, arctic.Slack)],
  ['slack_oidc', simple(plain, arctic.Slack)],
  ['spotify', simple(proven, arctic.Spotify)],
  [
    'startgg',
    (config) => {
      const client = new arctic.StartGG(config.clientId, config.clientSecret, config.redirectUri);
      return provider(
        (state, _verifier, scopes) => client.createAuthorizationURL(state, scopes),
        (code) => client.validateAuthorizationCode(code, ['user.identity', 'user.email']),
      );
    },
  ],
  ['strava', simple(plain, arctic.Strava)],
  ['synology', based(proven, arctic.Synology)],
  ['tiktok', simple(proven, arctic.TikTok)],
  ['tiltify', simple(plain, arctic.Tiltify)],
  ['tumblr', simple(plain, arctic.Tumblr)],
  ['twitch', simple(plain, arctic.Twitch)],
  ['twitter', simple(proven, arctic.Twitter)],
  ['x', simple(proven, arctic.Twitter)],
  ['vk', simple(plain, arctic.VK)],
  ['withings', simple(plain, arctic.Withings)],
  [
    'workos',
    (config) => {
      const client = new arctic.WorkOS(config.clientId, config.clientSecret, config.redirectUri);
      return provider(
        (state, verifier) => client.createAuthorizationURL(state, verifier),
        (code, verifier) => client.validateAuthorizationCode(code, verifier),
      );
    },
  ],
  ['yahoo', simple(plain, arctic.Yahoo)],
  ['yandex', simple(plain, arctic.Yandex)],
  ['zoom', simple(proven, arctic.Zoom)],
]);

export const providerNames: readonly string[] = [...providers.keys()];

/** Null for a provider nobody here knows. */
export function createOAuthProvider(name: string, config: ProviderConfig): OAuthProvider | null {
  return providers.get(name)?.(config) ?? null;
}

export interface OAuthEndpoints {
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  readonly pkce: boolean;
}

/** A provider known only by its two addresses: OpenID Connect after discovery, or one an operator described. */
export function createGenericProvider(
  config: ProviderConfig,
  { authorizationUrl, tokenUrl, pkce }: OAuthEndpoints,
): OAuthProvider {
  const secret = config.clientSecret === '' ? null : config.clientSecret;
  const client = new arctic.OAuth2Client(config.clientId, secret, config.redirectUri);
  return provider(
    (state, verifier, scopes) =>
      pkce
        ? client.createAuthorizationURLWithPKCE(authorizationUrl, state, arctic.CodeChallengeMethod.S256, verifier, scopes)
        : client.createAuthorizationURL(authorizationUrl, state, scopes),
    (code, verifier) => client.validateAuthorizationCode(tokenUrl, code, pkce ? verifier : null),
  );
}

async function exchange(validate: () => Tokens): Promise<OAuthTokens> {
  try {
    const tokens = await validate();
    return {
      accessToken: tokens.accessToken(),
      refreshToken: tokens.hasRefreshToken() ? tokens.refreshToken() : null,
      idToken: 'id_token' in tokens.data && typeof tokens.data.id_token === 'string' ? tokens.data.id_token : null,
    };
  } catch (cause) {
    throw new Problem({ status: 400, code: 'bad_oauth_callback', message: 'Unable to exchange external code', cause });
  }
}
