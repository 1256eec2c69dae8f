/** Lets one piece of work run at a time; the others wait in line, bounded in number and time. */

import { createJobQueue } from '#lib/engine/child/job-queue.ts';

export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

/** Rejects with a 503 problem when the line is full or the wait too long. */
export function createTurns(options: { maxWaiting: number; waitTimeoutMs: number }): Turns {
  const queue = createJobQueue<void>(options);
  let busy = false;

  function admit(): void {
    const next = busy ? null : queue.takeNext(new Set());
    if (next === null) return;
    busy = true;
    next.start();
  }

  return async (work) => {
    const turn = queue.wait('', null);
    admit();
    await turn;
    try {
      return await work();
    } finally {
      busy = false;
      admit();
    }
  };
}
