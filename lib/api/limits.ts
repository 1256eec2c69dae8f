/** How often a client may call. Counted per environment, service and address (an IPv6 /64 counts as one). */

import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { toLimitKey } from '#lib/http/client-address.ts';
import { Problem } from '#lib/http/problem.ts';
import type { EnvironmentRecord } from '#lib/identity/environment.ts';

export interface Limits {
  /** Null when nothing limits this request; otherwise resolves when it may go on, rejects with 429. */
  take(environment: EnvironmentRecord, service: string, clientAddress: string | null): Promise<void> | null;
}

export function createLimits(): Limits {
  const limiters = new WeakMap<EnvironmentRecord, RateLimiterMemory>();
  return {
    take(environment, service, clientAddress) {
      const { requestsPerMinute } = environment.settings.api;
      if (requestsPerMinute === 0) return null;
      let limiter = limiters.get(environment);
      if (limiter === undefined) {
        limiter = new RateLimiterMemory({ points: requestsPerMinute, duration: 60 });
        limiters.set(environment, limiter);
      }
      return limiter.consume(`${service} ${toLimitKey(clientAddress)}`).then(
        () => undefined,
        (rejection: RateLimiterRes) => {
          throw tooMany(Math.max(1, Math.ceil(rejection.msBeforeNext / 1000)));
        },
      );
    },
  };
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
