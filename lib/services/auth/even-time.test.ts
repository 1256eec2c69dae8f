/** Floors under the time of an answer: never sooner, and higher for all once something took longer. */

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { emptyResponse } from '#lib/http/exchange.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { evenly, slowlyRefused } from '#lib/services/auth/even-time.ts';

// Only the identity of the database is looked at.
const contextOf = () => ({ database: {} }) as AuthContext;

async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work().catch(() => {});
  return performance.now() - started;
}

test('an even answer comes no sooner than its floor, whether it succeeds or fails', async () => {
  const context = contextOf();
  expect(await elapsedMs(() => evenly(async () => emptyResponse(200))(context))).toBeGreaterThanOrEqual(75);
  expect(await elapsedMs(() => evenly(() => Promise.reject(new Error('no')))(context))).toBeGreaterThanOrEqual(75);
});

test('a refusal that took longer than the floor raises it for the refusals after it, of that environment', async () => {
  const refused = authError(400, 'invalid_credentials', 'no');
  let workMs = 120;
  const handle = slowlyRefused(
    async () => {
      await sleep(workMs);
      throw refused;
    },
    ['invalid_credentials'],
    20,
  );
  const context = contextOf();
  expect(await elapsedMs(() => handle(context))).toBeGreaterThanOrEqual(120);
  workMs = 0;
  expect(await elapsedMs(() => handle(context))).toBeGreaterThan(2 * 120);
});
