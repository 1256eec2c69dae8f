/** Brakes guessing at sign-in: so many attempts per key and window, a bounded memory, and never a lasting lock-out. */

import { Problem } from '#lib/http/problem.ts';

export interface AttemptLimits {
  attempts: number;
  windowMs: number;
  /** Most keys remembered; beyond, the oldest windows are forgotten first. */
  maxKeys: number;
}

export interface Attempts {
  /** Counts one attempt before it is judged, so that parallel guesses count too. 429 with Retry-After beyond the limit. */
  take(key: string): void;
  /** The same as a question: false beyond the limit. For what is bounded rather than refused. */
  fits(key: string): boolean;
  /** Gives one attempt back: it succeeded. */
  giveBack(key: string): void;
}

export function makeAttempts(limits: AttemptLimits, now: () => number = () => performance.now()): Attempts {
  const windows = new Map<string, { count: number; endsAt: number }>();
  /** Null when the attempt counts; else the milliseconds until the next may. */
  function count(key: string): number | null {
    const at = now();
    let window = windows.get(key);
    if (window === undefined || window.endsAt <= at) {
      windows.delete(key);
      window = { count: 0, endsAt: at + limits.windowMs };
      windows.set(key, window);
      const [oldest] = windows.keys();
      if (windows.size > limits.maxKeys && oldest !== undefined) windows.delete(oldest);
    }
    if (window.count >= limits.attempts) return window.endsAt - at;
    window.count++;
    return null;
  }
  return {
    fits: (key) => count(key) === null,
    take(key) {
      const waitMs = count(key);
      if (waitMs !== null) {
        const seconds = Math.max(1, Math.ceil(waitMs / 1000));
        throw new Problem({
          status: 429,
          code: 'too_many_attempts',
          message: 'Too many attempts.',
          hint: `Try again in ${seconds} seconds.`,
          headers: ['Retry-After', String(seconds)],
        });
      }
    },
    giveBack(key) {
      const window = windows.get(key);
      if (window !== undefined && window.count > 0) window.count--;
    },
  };
}

/** One key for an address: IPv6 hosts own whole /64 networks and would otherwise have 2^64 tries. */
export function toAddressKey(address: string | null): string {
  if (address === null) return 'local';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const rest = tail === '' ? [] : tail.split(':');
    while (groups.length + rest.length < 8) groups.push('0');
    groups.push(...rest);
  }
  return `${groups.slice(0, 4).join(':')}::/64`;
}
