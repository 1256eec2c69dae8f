/** Answers that come no sooner than a floor, so that their time does not tell whether there was something to do. */

import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '#lib/engine/database.ts';
import type { HttpResponse } from '#lib/http/exchange.ts';
import { isProblem } from '#lib/http/problem.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';

type Handler = (context: AuthContext) => Promise<HttpResponse>;

/** More than composing and queuing a mail takes, less than a person notices. */
const floorMs = 75;
/** Timers count whole milliseconds from the turn of the loop that set them: the work's own time shows in the last one or two. */
const timerMs = 2;

/** Waits until a moment of `performance.now()`, to the tenth of a millisecond. */
async function reach(moment: number): Promise<void> {
  await sleep(Math.max(0, moment - performance.now() - timerMs));
  while (performance.now() < moment) await nextTurn();
}

export function evenly(handle: Handler): Handler {
  return async (context) => {
    const moment = performance.now() + floorMs;
    try {
      return await handle(context);
    } finally {
      await reach(moment);
    }
  };
}

/** More than the checks of most hashes that other systems left: an account with one must not be known by its time. */
const refusalFloorMs = 300;
const stepMs = 100;
const mostMs = 3000;
const keptMs = 600_000;
/** Floors that were too low for a hash of the environment: its refusals all come later, for a while. */
const raised = new WeakMap<Database, { floorMs: number; until: number }>();

function floorOf(database: Database, leastMs: number): number {
  const known = raised.get(database);
  return known === undefined || known.until < performance.now() ? leastMs : Math.max(leastMs, known.floorMs);
}

/** A hash that is dearer than the floor shows once, and then no more. */
function raise(database: Database, elapsedMs: number): void {
  const floorMs = Math.min(mostMs, Math.ceil(elapsedMs / stepMs + 1) * stepMs);
  raised.set(database, { floorMs: Math.max(floorMs, floorOf(database, 0)), until: performance.now() + keptMs });
}

/** Only a refused attempt waits: who has the right password or code learns nothing by its time. */
export function slowlyRefused(
  handle: Handler,
  codes: readonly string[] = ['invalid_credentials', 'over_request_rate_limit'],
  leastMs = refusalFloorMs,
): Handler {
  return async (context) => {
    const started = performance.now();
    try {
      return await handle(context);
    } catch (error) {
      if (isProblem(error) && codes.includes(error.code)) {
        const elapsedMs = performance.now() - started;
        if (elapsedMs > leastMs) raise(context.database, elapsedMs);
        await reach(started + floorOf(context.database, leastMs));
      }
      throw error;
    }
  };
}
