/** Answers that come no sooner than a floor, so that their time does not tell whether there was something to do. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpResponse } from '#lib/http/exchange.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';

/** More than composing and queuing a mail takes, less than a person notices. */
const floorMs = 25;

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
