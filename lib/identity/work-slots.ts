/** Costly work a few at a time, the rest in line: a storm of it must leave processors and threads to everything else. */

import { Problem } from '#lib/http/problem.ts';

export type Slots = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs at most `count` at once, first come first served. Throws 503 when `maxWaiting` others wait already. */
export function createSlots(count: number, maxWaiting: number): Slots {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= count) {
      if (waiting.length >= maxWaiting) throw overloaded();
      // Whoever finishes hands its slot over, so nobody who comes later slips in between.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

function overloaded(): Problem {
  const headers = ['Retry-After', '1'];
  return new Problem({ status: 503, code: 'request_timeout', message: 'Too many sign-ins at once. Try again shortly.', headers });
}
