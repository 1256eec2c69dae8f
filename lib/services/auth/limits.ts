/** Rate limits of auth, in memory: by client address, by account, by mailbox. Counted in every spelling of the same key. */

import { RateLimiterMemory } from 'rate-limiter-flexible';
import { Problem } from '#lib/http/problem.ts';
import { remember } from '#lib/remember.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';

const limiters = remember('auth.limiters', () => new Map<string, RateLimiterMemory>());

const hourSeconds = 3600;
const fiveMinutesSeconds = 300;
/** Per account and method; more than the strictest settings let fail. */
const recordedRefusals = 20;

export type AddressLimit =
  | 'sign_up'
  | 'otp'
  | 'verify'
  | 'token_refresh'
  | 'anonymous_users'
  | 'oauth_authorize'
  | 'oauth_token'
  | 'oauth_register';

const hourly = new Set<AddressLimit>(['anonymous_users', 'oauth_register']);

/** Counts one request of the client's address. Throws 429 `over_request_rate_limit`. */
export async function limitAddress(context: AuthContext, kind: AddressLimit): Promise<void> {
  const settings = authSettingsOf(context.environment);
  const durationSeconds = hourly.has(kind) ? hourSeconds : fiveMinutesSeconds;
  const waitMs = await take(context, kind, settings[`rate_limit_${kind}`], durationSeconds, toAddressKey(context.clientAddress));
  if (waitMs !== null) throw tooMany('over_request_rate_limit', 'Request rate limit reached', waitMs);
}

/** Counts a message to one address, and one of the environment's. Throws 429; the same whether or not a user has the address. */
export async function limitMessage(context: AuthContext, channel: 'email' | 'sms', address: string): Promise<void> {
  const settings = authSettingsOf(context.environment);
  const pauseSeconds = channel === 'email' ? settings.smtp_max_frequency : settings.sms_max_frequency;
  const code = `over_${channel}_send_rate_limit`;
  const waitMs = pauseSeconds === 0 ? null : await take(context, `${channel}_pause`, 1, pauseSeconds, address);
  if (waitMs !== null) {
    const seconds = Math.max(1, Math.ceil(waitMs / 1000));
    throw tooMany(code, `For security purposes, you can only request this after ${seconds} seconds.`, waitMs);
  }
  const points = channel === 'email' ? settings.rate_limit_email_sent : settings.rate_limit_sms_sent;
  const overMs = await take(context, `${channel}_sent`, points, hourSeconds, 'all');
  if (overMs !== null) throw tooMany(code, `${channel} rate limit exceeded`, overMs);
}

/** Throws 429 while the account or the client's address has failed too often. Ask before checking, and again before saying yes. */
export async function checkFailedPasswords(context: AuthContext, account: string): Promise<void> {
  for (const [kind, key] of failureKeys(context, account)) {
    const limiter = limiterFor(kind, authSettingsOf(context.environment).rate_limit_failed_passwords, fiveMinutesSeconds);
    const state = limiter === null ? null : await limiter.get(`${context.environment.ref} ${key}`);
    if (state !== null && state.remainingPoints <= 0)
      throw tooMany('over_request_rate_limit', 'Request rate limit reached', state.msBeforeNext);
  }
}

/**
 * Counts a wrong password against the account and against the client's address, and throws 429 past the limit. Guesses
 * sent in parallel all pass the check before the first is counted; here, one by one, they learn nothing more.
 */
export async function countFailedPassword(context: AuthContext, account: string): Promise<void> {
  const points = authSettingsOf(context.environment).rate_limit_failed_passwords;
  const waits: (number | null)[] = [];
  for (const [kind, key] of failureKeys(context, account)) waits.push(await take(context, kind, points, fiveMinutesSeconds, key));
  const waitMs = Math.max(...waits.map((wait) => wait ?? -1));
  if (waitMs >= 0) throw tooMany('over_request_rate_limit', 'Request rate limit reached', waitMs);
}

/** False once an account's refusals have filled their share of the record: every few minutes a few, the limit's trip once. */
export async function mayRecordRefusal(
  context: AuthContext,
  kind: 'sign_in_failed' | 'rate_limited',
  account: string,
): Promise<boolean> {
  const points = kind === 'rate_limited' ? 1 : recordedRefusals;
  return (await take(context, `recorded_${kind}`, points, fiveMinutesSeconds, account)) === null;
}

function failureKeys(context: AuthContext, account: string): [string, string][] {
  return [
    ['failed_account', account],
    ['failed_address', toAddressKey(context.clientAddress)],
  ];
}

/** Milliseconds to wait when the limit is reached, else null. 0 points = unlimited. */
async function take(
  context: AuthContext,
  kind: string,
  points: number,
  durationSeconds: number,
  key: string,
): Promise<number | null> {
  const limiter = limiterFor(kind, points, durationSeconds);
  if (limiter === null) return null;
  try {
    await limiter.consume(`${context.environment.ref} ${key}`);
    return null;
  } catch (rejection) {
    const waitMs =
      typeof rejection === 'object' && rejection !== null && 'msBeforeNext' in rejection ? rejection.msBeforeNext : null;
    if (typeof waitMs === 'number') return waitMs;
    throw rejection;
  }
}

function limiterFor(kind: string, points: number, duration: number): RateLimiterMemory | null {
  if (points === 0) return null;
  const name = `${kind} ${points}/${duration}`;
  const known = limiters.get(name);
  if (known !== undefined) return known;
  const limiter = new RateLimiterMemory({ keyPrefix: name, points, duration });
  limiters.set(name, limiter);
  return limiter;
}

/** IPv6 users own a /64: counting single addresses of it would count nothing. */
function toAddressKey(address: string | null): string {
  if (address === null) return 'local';
  if (!address.includes(':') || address.startsWith('::ffff:')) return address.replace('::ffff:', '');
  const [head = '', tail = ''] = address.split('::');
  const groups = head.split(':').filter(Boolean);
  const filled = address.includes('::')
    ? [...groups, ...Array<string>(8 - groups.length - tail.split(':').filter(Boolean).length).fill('0')]
    : groups;
  return filled.slice(0, 4).join(':');
}

function tooMany(code: string, message: string, waitMs: number): Problem {
  return new Problem({ status: 429, code, message, headers: ['Retry-After', String(Math.max(1, Math.ceil(waitMs / 1000)))] });
}
