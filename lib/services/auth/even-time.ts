/** Answers that come no sooner than a floor, so that their time does not tell whether there was something to do. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpResponse } from '#lib/http/exchange.ts';
import { isProblem } from '#lib/http/problem.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';

/** More than composing and queuing a mail takes, less than a person notices. */
const floorMs = 75;

/** The clock starts before the work does: started after it, the timer would carry the work's own time along. */
export function evenly(handle: (context: AuthContext) => Promise<HttpResponse>): (context: AuthContext) => Promise<HttpResponse> {
  return async (context) => {
    const floor = sleep(floorMs);
    try {
      return await handle(context);
    } finally {
      await floor;
    }
  };
}

/** More than the checks of most hashes that other systems left: an account with one must not be known by its time. */
const refusalFloorMs = 300;

/** Only a refused attempt waits: who has the right password or code learns nothing by its time. */
export function slowlyRefused(
  handle: (context: AuthContext) => Promise<HttpResponse>,
  codes: readonly string[] = ['invalid_credentials', 'over_request_rate_limit'],
  leastMs = refusalFloorMs,
): (context: AuthContext) => Promise<HttpResponse> {
  return async (context) => {
    const done = new AbortController();
    const floor = sleep(leastMs, undefined, { signal: done.signal }).catch(() => {});
    try {
      return await handle(context);
    } catch (error) {
      if (isProblem(error) && codes.includes(error.code)) await floor;
      throw error;
    } finally {
      done.abort();
    }
  };
}
