/** How often a client may call: per address before anything is read of the request, per user once it is known who calls. */

import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Address } from '#lib/api/resolve-environment.ts';
import { toLimitKey } from '#lib/http/client-address.ts';
import { Problem } from '#lib/http/problem.ts';
import type { EnvironmentRecord } from '#lib/identity/environment.ts';
import type { RateLimit } from '#lib/identity/environment-settings.ts';

export interface LimitedRequest {
  readonly environment: EnvironmentRecord;
  readonly address: Pick<Address, 'service' | 'path'>;
  readonly method: string;
  readonly clientAddress: string | null;
  /** Null until the caller is known; rules per user wait for it. */
  readonly subject: string | null;
  /** How many requests it counts for; 1 unless told. */
  readonly operations?: number;
}

export interface Limits {
  /** Null when nothing limits this request; otherwise resolves when it may go on, rejects with 429. */
  take(stage: 'arrival' | 'caller', request: LimitedRequest): Promise<void> | null;
}

/** More new clients than this in one window are refused: memory stays bounded under a flood of addresses. */
const maxKeys = 100_000;

export function createLimits(): Limits {
  // A record is replaced when its settings change, and its counters with it.
  const byEnvironment = new WeakMap<EnvironmentRecord, Rule[]>();
  return {
    take(stage, request) {
      let rules = byEnvironment.get(request.environment);
      if (rules === undefined) {
        rules = toRules(request.environment);
        byEnvironment.set(request.environment, rules);
      }
      if (rules.length === 0) return null;
      const applying = rules.filter(({ limit }) => (limit.per === 'user') === (stage === 'caller') && applies(limit, request));
      return applying.length === 0 ? null : consumeAll(applying, request);
    },
  };
}

interface Rule {
  readonly limit: RateLimit;
  consume(key: string, operations: number): Promise<void>;
}

function toRules(environment: EnvironmentRecord): Rule[] {
  const { requestsPerMinute, rateLimits } = environment.settings.api;
  const general: RateLimit[] =
    requestsPerMinute === 0 ? [] : [{ service: '*', per: 'address', requests: requestsPerMinute, seconds: 60 }];
  return [...general, ...rateLimits].map(createRule);
}

function createRule(limit: RateLimit): Rule {
  const limiter = new RateLimiterMemory({ points: limit.requests, duration: limit.seconds });
  let windowStartMs = performance.now();
  let newKeys = 0;
  return {
    limit,
    async consume(key, operations) {
      const nowMs = performance.now();
      if (nowMs - windowStartMs > limit.seconds * 1000) {
        windowStartMs = nowMs;
        newKeys = 0;
      }
      if (newKeys >= maxKeys && (await limiter.get(key)) === null) throw tooMany(limit.seconds);
      const result = await limiter.consume(key, operations).catch((rejection: RateLimiterRes) => {
        throw tooMany(Math.max(1, Math.ceil(rejection.msBeforeNext / 1000)));
      });
      if (result.consumedPoints === operations) newKeys += 1;
    },
  };
}

function applies(limit: RateLimit, request: LimitedRequest): boolean {
  if (limit.per === 'user' && request.subject === null) return false;
  return limit.service === '*' || limit.service === request.address.service;
}

async function consumeAll(rules: readonly Rule[], request: LimitedRequest): Promise<void> {
  for (const rule of rules) await rule.consume(toKey(rule.limit, request), request.operations ?? 1);
}

function toKey(limit: RateLimit, request: LimitedRequest): string {
  if (limit.per === 'user') return request.subject ?? '';
  const client = toLimitKey(request.clientAddress);
  return limit.per === 'address' ? client : `${client} ${request.method} ${toRoute(request.address)}`;
}

/** The table or function, however its path is spelled. */
function toRoute({ service, path }: LimitedRequest['address']): string {
  let plain = path;
  try {
    plain = decodeURIComponent(path);
  } catch {
    // Counted as it is; the service refuses it.
  }
  const [first = '', second = ''] = plain.toLowerCase().split('/').filter(Boolean);
  return first === 'rpc' ? `${service}/rpc/${second}` : `${service}/${first}`;
}

function tooMany(waitSeconds: number): Problem {
  return new Problem({
    status: 429,
    code: 'over_request_rate_limit',
    message: 'Request rate limit reached',
    hint: `Try again in ${waitSeconds} seconds.`,
    headers: ['Retry-After', String(waitSeconds)],
  });
}
