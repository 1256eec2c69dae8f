/** Who an access token speaks for: each provider's user endpoint, and its answer brought into one shape. */

import { Problem } from '#lib/http/problem.ts';

export interface OAuthProfile {
  /** The provider's id of the user. */
  readonly id: string;
  readonly email: string | null;
  /** Whether the provider vouches for the email. Only then may it lead to an existing account. */
  readonly emailVerified: boolean;
  readonly name: string | null;
  readonly username: string | null;
  readonly avatarUrl: string | null;
  readonly issuer: string;
}

type Json = Record<string, unknown>;

/** Where fields are in a provider's answer, as paths; the first path that holds a value counts. */
interface Reading {
  readonly url: string | ((base: string) => string);
  readonly id: string;
  readonly email?: string;
  /** A path that must hold true (or 1, or a time); `always` when the provider only hands out proven addresses. */
  readonly verified?: string;
  readonly name?: string;
  readonly username?: string;
  readonly avatar?: string;
  readonly headers?: (clientId: string) => Record<string, string>;
  readonly body?: string;
}

const openId = (url: Reading['url']): Reading => ({
  url,
  id: 'sub',
  email: 'email',
  verified: 'email_verified',
  name: 'name',
  username: 'preferred_username',
  avatar: 'picture',
});
const host = (base: string): string => (base.startsWith('http') ? base : `https://${base}`).replace(/\/$/, '');

const readings: Readonly<Record<string, Reading>> = {
  '42': {
    url: 'https://api.intra.42.fr/v2/me',
    id: 'id',
    email: 'email',
    name: 'displayname',
    username: 'login',
    avatar: 'image.link',
  },
  amazon_cognito: openId((base) => `${host(base)}/oauth2/userInfo`),
  anilist: {
    url: 'https://graphql.anilist.co',
    body: '{"query":"{Viewer{id name avatar{large}}}"}',
    id: 'data.Viewer.id',
    username: 'data.Viewer.name',
    avatar: 'data.Viewer.avatar.large',
  },
  atlassian: {
    url: 'https://api.atlassian.com/me',
    id: 'account_id',
    email: 'email',
    verified: 'email_verified',
    name: 'name',
    avatar: 'picture',
  },
  auth0: openId((base) => `${host(base)}/userinfo`),
  authentik: openId((base) => `${host(base)}/application/o/userinfo/`),
  autodesk: openId('https://api.userprofile.autodesk.com/userinfo'),
  azure: { ...openId('https://graph.microsoft.com/oidc/userinfo'), verified: 'xms_edov' },
  battlenet: { url: 'https://oauth.battle.net/userinfo', id: 'sub|id', username: 'battletag' },
  bitbucket: {
    url: 'https://api.bitbucket.org/2.0/user',
    id: 'uuid',
    name: 'display_name',
    username: 'nickname',
    avatar: 'links.avatar.href',
  },
  box: { url: 'https://api.box.com/2.0/users/me', id: 'id', email: 'login', name: 'name', avatar: 'avatar_url' },
  bungie: {
    url: 'https://www.bungie.net/Platform/User/GetMembershipsForCurrentUser/',
    id: 'Response.bungieNetUser.membershipId',
    username: 'Response.bungieNetUser.uniqueName',
    headers: (clientId) => ({ 'X-API-Key': clientId }),
  },
  coinbase: {
    url: 'https://api.coinbase.com/v2/user',
    id: 'data.id',
    email: 'data.email',
    name: 'data.name',
    avatar: 'data.avatar_url',
  },
  discord: {
    url: 'https://discord.com/api/users/@me',
    id: 'id',
    email: 'email',
    verified: 'verified',
    name: 'global_name|username',
    username: 'username',
  },
  donationalerts: {
    url: 'https://www.donationalerts.com/api/v1/user/oauth',
    id: 'data.id',
    email: 'data.email',
    name: 'data.name',
    avatar: 'data.avatar',
  },
  dribbble: { url: 'https://api.dribbble.com/v2/user', id: 'id', name: 'name', username: 'login', avatar: 'avatar_url' },
  dropbox: openId('https://api.dropboxapi.com/2/openid/userinfo'),
  epicgames: openId('https://api.epicgames.dev/epic/oauth/v2/userInfo'),
  facebook: {
    url: 'https://graph.facebook.com/me?fields=id,name,email,picture',
    id: 'id',
    email: 'email',
    verified: 'always',
    name: 'name',
    avatar: 'picture.data.url',
  },
  figma: { url: 'https://api.figma.com/v1/me', id: 'id', email: 'email', verified: 'always', name: 'handle', avatar: 'img_url' },
  gitea: openId((base) => `${host(base === '' ? 'https://gitea.com' : base)}/login/oauth/userinfo`),
  github: { url: 'https://api.github.com/user', id: 'id', name: 'name', username: 'login', avatar: 'avatar_url' },
  gitlab: {
    url: (base) => `${host(base === '' ? 'https://gitlab.com' : base)}/api/v4/user`,
    id: 'id',
    email: 'email',
    verified: 'confirmed_at',
    name: 'name',
    username: 'username',
    avatar: 'avatar_url',
  },
  google: openId('https://openidconnect.googleapis.com/v1/userinfo'),
  intuit: {
    ...openId('https://accounts.platform.intuit.com/v1/openid_connect/userinfo'),
    verified: 'emailVerified',
    name: 'givenName',
  },
  kakao: {
    url: 'https://kapi.kakao.com/v2/user/me',
    id: 'id',
    email: 'kakao_account.email',
    verified: 'kakao_account.is_email_verified',
    name: 'kakao_account.profile.nickname',
    avatar: 'kakao_account.profile.profile_image_url',
  },
  keycloak: openId((base) => `${host(base)}/protocol/openid-connect/userinfo`),
  kick: {
    url: 'https://api.kick.com/public/v1/users',
    id: 'data.0.user_id',
    email: 'data.0.email',
    name: 'data.0.name',
    avatar: 'data.0.profile_picture',
  },
  lichess: { url: 'https://lichess.org/api/account', id: 'id', username: 'username' },
  line: openId('https://api.line.me/oauth2/v2.1/userinfo'),
  linear: {
    url: 'https://api.linear.app/graphql',
    body: '{"query":"{viewer{id name email avatarUrl}}"}',
    id: 'data.viewer.id',
    email: 'data.viewer.email',
    name: 'data.viewer.name',
    avatar: 'data.viewer.avatarUrl',
  },
  linkedin: openId('https://api.linkedin.com/v2/userinfo'),
  linkedin_oidc: openId('https://api.linkedin.com/v2/userinfo'),
  mastodon: {
    url: (base) => `${host(base)}/api/v1/accounts/verify_credentials`,
    id: 'url|id',
    name: 'display_name',
    username: 'acct',
    avatar: 'avatar',
  },
  mercadolibre: { url: 'https://api.mercadolibre.com/users/me', id: 'id', email: 'email', name: 'nickname' },
  mercadopago: { url: 'https://api.mercadopago.com/users/me', id: 'id', email: 'email', name: 'nickname' },
  myanimelist: { url: 'https://api.myanimelist.net/v2/users/@me', id: 'id', username: 'name', avatar: 'picture' },
  naver: {
    url: 'https://openapi.naver.com/v1/nid/me',
    id: 'response.id',
    email: 'response.email',
    name: 'response.name',
    avatar: 'response.profile_image',
  },
  notion: {
    url: 'https://api.notion.com/v1/users/me',
    id: 'bot.owner.user.id',
    email: 'bot.owner.user.person.email',
    verified: 'always',
    name: 'bot.owner.user.name',
    avatar: 'bot.owner.user.avatar_url',
    headers: () => ({ 'Notion-Version': '2022-06-28' }),
  },
  okta: openId((base) => `${host(base)}/oauth2/v1/userinfo`),
  osu: { url: 'https://osu.ppy.sh/api/v2/me', id: 'id', username: 'username', avatar: 'avatar_url' },
  patreon: {
    url: 'https://www.patreon.com/api/oauth2/v2/identity?fields%5Buser%5D=email,is_email_verified,full_name,image_url',
    id: 'data.id',
    email: 'data.attributes.email',
    verified: 'data.attributes.is_email_verified',
    name: 'data.attributes.full_name',
    avatar: 'data.attributes.image_url',
  },
  polar: openId('https://api.polar.sh/v1/oauth2/userinfo'),
  reddit: { url: 'https://oauth.reddit.com/api/v1/me', id: 'id', username: 'name', avatar: 'icon_img' },
  roblox: openId('https://apis.roblox.com/oauth/v1/userinfo'),
  salesforce: openId((base) => `${host(base === '' ? 'login.salesforce.com' : base)}/services/oauth2/userinfo`),
  shikimori: { url: 'https://shikimori.one/api/users/whoami', id: 'id', username: 'nickname', avatar: 'avatar' },
  slack: openId('https://slack.com/api/openid.connect.userInfo'),
  slack_oidc: openId('https://slack.com/api/openid.connect.userInfo'),
  spotify: { url: 'https://api.spotify.com/v1/me', id: 'id', email: 'email', name: 'display_name', avatar: 'images.0.url' },
  startgg: {
    url: 'https://api.start.gg/gql/alpha',
    body: '{"query":"{currentUser{id name email slug}}"}',
    id: 'data.currentUser.id',
    email: 'data.currentUser.email',
    name: 'data.currentUser.name',
    username: 'data.currentUser.slug',
  },
  strava: { url: 'https://www.strava.com/api/v3/athlete', id: 'id', name: 'firstname', username: 'username', avatar: 'profile' },
  synology: openId((base) => `${host(base)}/webman/sso/SSOUserInfo.cgi`),
  tiktok: {
    url: 'https://open.tiktokapis.com/v2/user/info/?fields=open_id,display_name,avatar_url',
    id: 'data.user.open_id',
    name: 'data.user.display_name',
    avatar: 'data.user.avatar_url',
  },
  tiltify: {
    url: 'https://v5api.tiltify.com/api/public/current-user',
    id: 'data.id',
    email: 'data.email',
    username: 'data.username',
    avatar: 'data.avatar.src',
  },
  tumblr: { url: 'https://api.tumblr.com/v2/user/info', id: 'response.user.name', username: 'response.user.name' },
  twitch: {
    url: 'https://api.twitch.tv/helix/users',
    id: 'data.0.id',
    email: 'data.0.email',
    verified: 'always',
    name: 'data.0.display_name',
    username: 'data.0.login',
    avatar: 'data.0.profile_image_url',
    headers: (clientId) => ({ 'Client-Id': clientId }),
  },
  twitter: {
    url: 'https://api.x.com/2/users/me?user.fields=profile_image_url,confirmed_email',
    id: 'data.id',
    email: 'data.confirmed_email',
    verified: 'always',
    name: 'data.name',
    username: 'data.username',
    avatar: 'data.profile_image_url',
  },
  vk: {
    url: 'https://api.vk.com/method/users.get?v=5.199&fields=photo_200,screen_name',
    id: 'response.0.id',
    name: 'response.0.first_name',
    username: 'response.0.screen_name',
    avatar: 'response.0.photo_200',
  },
  workos: openId('https://api.workos.com/sso/profile'),
  yahoo: openId('https://api.login.yahoo.com/openid/v1/userinfo'),
  yandex: {
    url: 'https://login.yandex.ru/info?format=json',
    id: 'id',
    email: 'default_email',
    name: 'real_name',
    username: 'login',
  },
  zoom: {
    url: 'https://api.zoom.us/v2/users/me',
    id: 'id',
    email: 'email',
    verified: 'verified',
    name: 'display_name',
    avatar: 'pic_url',
  },
};

const timeoutMs = 10_000;

/** Asks a known provider. Throws a 400 problem when it does not say who the user is. */
export async function fetchProfile(
  name: string,
  base: string,
  accessToken: string,
  clientId: string,
  fetcher: typeof fetch,
): Promise<OAuthProfile> {
  const reading = readings[name === 'x' ? 'twitter' : name];
  if (reading === undefined) throw noProfile(new Error(`no user endpoint for ${name}`));
  const url = typeof reading.url === 'string' ? reading.url : reading.url(base);
  const answer = await ask(url, accessToken, reading, clientId, fetcher);
  const profile = toProfile(answer, reading, new URL(url).origin);
  if (name === 'github') return { ...profile, ...(await githubEmail(accessToken, fetcher)) };
  if (name === 'bitbucket') return { ...profile, ...(await bitbucketEmail(accessToken, fetcher)) };
  return profile;
}

/** The user endpoint of a provider an operator described; its fields are OpenID Connect's. */
export async function fetchUserInfo(url: string, accessToken: string, fetcher: typeof fetch): Promise<OAuthProfile> {
  const reading = { ...openId(url), id: 'sub|id' };
  return toProfile(await ask(url, accessToken, reading, '', fetcher), reading, new URL(url).origin);
}

/** The profile in an ID token whose signature was checked. */
export function toProfileOfClaims(claims: Json, verified = 'email_verified'): OAuthProfile {
  return toProfile(claims, { ...openId(''), verified }, text(claims.iss) ?? '');
}

async function ask(
  url: string,
  accessToken: string,
  reading: Pick<Reading, 'headers' | 'body'>,
  clientId: string,
  fetcher: typeof fetch,
): Promise<unknown> {
  const headers = {
    Authorization: `Bearer ${accessToken}`,
    Accept: 'application/json',
    'User-Agent': 'koyalite',
    ...(reading.body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...reading.headers?.(clientId),
  };
  try {
    const post = reading.body === undefined ? {} : { method: 'POST', body: reading.body };
    const response = await fetcher(url, { headers, ...post, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return await response.json();
  } catch (cause) {
    throw noProfile(cause);
  }
}

function toProfile(answer: unknown, reading: Reading, issuer: string): OAuthProfile {
  const id = text(find(answer, reading.id));
  if (id === null || id === '') throw noProfile(new Error('no user id in the answer'));
  const email = reading.email === undefined ? null : text(find(answer, reading.email));
  return {
    id,
    email: email === null || email === '' ? null : email.toLowerCase(),
    emailVerified: reading.verified === 'always' || (reading.verified !== undefined && isVouched(find(answer, reading.verified))),
    name: text(find(answer, reading.name)),
    username: text(find(answer, reading.username)),
    avatarUrl: text(find(answer, reading.avatar)),
    issuer,
  };
}

async function githubEmail(accessToken: string, fetcher: typeof fetch): Promise<Pick<OAuthProfile, 'email' | 'emailVerified'>> {
  const answer = await ask('https://api.github.com/user/emails', accessToken, {}, '', fetcher);
  const primary = Array.isArray(answer) ? answer.find((entry) => find(entry, 'primary') === true) : undefined;
  return { email: text(find(primary, 'email'))?.toLowerCase() ?? null, emailVerified: isVouched(find(primary, 'verified')) };
}

async function bitbucketEmail(
  accessToken: string,
  fetcher: typeof fetch,
): Promise<Pick<OAuthProfile, 'email' | 'emailVerified'>> {
  const answer = await ask('https://api.bitbucket.org/2.0/user/emails', accessToken, {}, '', fetcher);
  const values = find(answer, 'values');
  const primary = Array.isArray(values) ? values.find((entry) => find(entry, 'is_primary') === true) : undefined;
  return { email: text(find(primary, 'email'))?.toLowerCase() ?? null, emailVerified: isVouched(find(primary, 'is_confirmed')) };
}

/** `a.b|c`: the first of the paths that leads to something. */
function find(value: unknown, paths: string | undefined): unknown {
  for (const path of paths?.split('|') ?? []) {
    let current: unknown = value;
    for (const name of path.split('.'))
      current = isContainer(current) && Object.hasOwn(current, name) ? current[name] : undefined;
    if (current !== undefined && current !== null) return current;
  }
  return undefined;
}

function isContainer(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;
}

function isVouched(value: unknown): boolean {
  return (
    value === true ||
    value === 1 ||
    value === 'true' ||
    value === '1' ||
    (typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value))
  );
}

function noProfile(cause: unknown): Problem {
  return new Problem({
    status: 400,
    code: 'bad_oauth_callback',
    message: 'Error getting user profile from external provider',
    cause,
  });
}
