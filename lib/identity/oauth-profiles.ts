/** Who an access token speaks for: each provider's user endpoint, and its answer brought into one shape. */

import { Problem } from '#lib/http/problem.ts';
import { openId, type ProfileReading, profileReadings } from '#lib/identity/oauth-profile-readings.ts';

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

const timeoutMs = 10_000;

/** Asks a known provider. Throws a 400 problem when it does not say who the user is. */
export async function fetchProfile(
  name: string,
  base: string,
  accessToken: string,
  clientId: string,
  fetcher: typeof fetch,
): Promise<OAuthProfile> {
  const reading = profileReadings[name === 'x' ? 'twitter' : name];
  if (reading === undefined) throw noProfile(new Error(`no user endpoint for ${name}`));
  const url = typeof reading.url === 'string' ? reading.url : reading.url(base);
  const answer = await ask(url, accessToken, reading, clientId, fetcher);
  const profile = toProfile(answer, reading, new URL(url).origin);
  if (name === 'github') return { ...profile, ...(await githubEmail(accessToken, fetcher)) };
  if (name === 'bitbucket') return { ...profile, ...(await bitbucketEmail(accessToken, fetcher)) };
  return profile;
}

/** Which claims stand for OpenID Connect's: ours → theirs, a path. */
export type ClaimMapping = Readonly<Partial<Record<'sub' | 'email' | 'name' | 'preferred_username' | 'picture', string>>>;

/** A provider vouches for its `email`, not for what else somebody takes for one. */
function mapped(
  reading: ProfileReading,
  { sub, email, name, preferred_username: username, picture }: ClaimMapping,
): ProfileReading {
  const { verified, ...rest } = reading;
  const vouched = email === undefined || email === 'email';
  return {
    ...rest,
    ...(verified !== undefined && vouched ? { verified } : {}),
    ...(sub === undefined ? {} : { id: sub }),
    ...(email === undefined ? {} : { email }),
    ...(name === undefined ? {} : { name }),
    ...(username === undefined ? {} : { username }),
    ...(picture === undefined ? {} : { avatar: picture }),
  };
}

/** The user endpoint of a provider an operator described; its fields are OpenID Connect's, unless mapped. */
export async function fetchUserInfo(
  url: string,
  accessToken: string,
  fetcher: typeof fetch,
  mapping: ClaimMapping = {},
): Promise<OAuthProfile> {
  const reading = mapped({ ...openId(url), id: 'sub|id' }, mapping);
  return toProfile(await ask(url, accessToken, reading, '', fetcher), reading, new URL(url).origin);
}

/** The profile in an ID token whose signature was checked. */
export function toProfileOfClaims(claims: Json, verified = 'email_verified', mapping: ClaimMapping = {}): OAuthProfile {
  return toProfile(claims, mapped({ ...openId(''), verified }, mapping), text(claims.iss) ?? '');
}

async function ask(
  url: string,
  accessToken: string,
  reading: Pick<ProfileReading, 'headers' | 'body'>,
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

function toProfile(answer: unknown, reading: ProfileReading, issuer: string): OAuthProfile {
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
