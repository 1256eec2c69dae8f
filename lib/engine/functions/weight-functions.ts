/**
 * `koyalite_weigh`: counts the bytes of long rows while a document is made of them. No plan tells how long rows are, so a
 * document that grows beyond what the event loop may make ends there, and is made in a process of its own.
 */

import { defineVolatile, type Registrar } from '#lib/engine/functions/define.ts';
import { tooMuch } from '#lib/engine/run/too-much.ts';
import { remember } from '#lib/remember.ts';

/** Long rows of one document made on the event loop: about 10 ms. */
export const allowedBytes = 4 << 20;

/** One for the process: statements run one after the other. Elsewhere nothing is counted off. */
const allowance = remember('engine.row-allowance', () => ({ leftBytes: Number.POSITIVE_INFINITY }));

/** Throws what `isTooMuch` knows when the documents made meanwhile become too large. */
export function weighing<T>(work: () => T): T {
  const before = allowance.leftBytes;
  allowance.leftBytes = Math.min(before, allowedBytes);
  try {
    return work();
  } finally {
    allowance.leftBytes = before;
  }
}

export function registerWeights(db: Registrar): void {
  defineVolatile(db, 'koyalite_weigh', [1], (bytes) => {
    allowance.leftBytes -= Number(bytes);
    if (allowance.leftBytes < 0) throw tooMuch('more bytes than a document of the event loop may have');
    return 0n;
  });
}
