/** The worker of one environment's job queue: one job at a time, retried with growing pauses, laid aside after the last try. */

import type { Connection, Database } from '#lib/engine/database.ts';
import { claimJob, failJob, finishJob, hasDueJob, hastenJobsOfFuture, type Job, toRetryDelayMs } from '#lib/engine/queue/jobs.ts';

export interface JobHandler {
  /** Runs outside any transaction, at least once. A throw means "again later"; `retryAfterMs` on the error says when. */
  run(job: Job): Promise<void>;
  /** Within the transaction that lays the job aside. */
  onDead?(connection: Connection, job: Job, error: string): void;
}

export interface QueueClock {
  nowMs(): number;
  random(): number;
}

export interface Queue {
  /** Runs everything that is due now; resolves when nothing is. */
  drain(): Promise<void>;
  /** Looks at once instead of at the next tick. */
  wake(): void;
  /** Waits for the running job, then stops. */
  stop(): Promise<void>;
}

export const systemClock: QueueClock = { nowMs: Date.now, random: Math.random };

const pollMs = 1000;
/** Less is the clock being trimmed; more, it was set back. */
const clockStepMs = 1000;

/** Starts the worker. `report` hears of failures; nothing thrown by a handler ends the loop. */
export function startQueue(
  database: Database,
  handlers: Readonly<Record<string, JobHandler>>,
  clock: QueueClock = systemClock,
  report: (job: Job | null, error: unknown) => void = () => {},
): Queue {
  const kinds = Object.keys(handlers);
  let stopped = false;
  let working: Promise<void> = Promise.resolve();

  async function runOne(job: Job): Promise<void> {
    const handler = handlers[job.kind];
    if (handler === undefined) return;
    try {
      await handler.run(job);
    } catch (error) {
      report(job, error);
      const message = error instanceof Error ? error.message : String(error);
      const delayMs = retryAfterMsOf(error) ?? toRetryDelayMs(job.attempt, clock.random());
      await database.write((connection) => {
        if (failJob(connection, job, message, clock.nowMs(), delayMs)) handler.onDead?.(connection, job, message);
      });
      return;
    }
    await database.write((connection) => finishJob(connection, job.id, clock.nowMs()));
  }

  let seenMs = clock.nowMs();
  async function work(): Promise<void> {
    const nowMs = clock.nowMs();
    if (nowMs < seenMs - clockStepMs) await database.write((connection) => hastenJobsOfFuture(connection, nowMs));
    seenMs = nowMs;
    while (!stopped && database.read((connection) => hasDueJob(connection, kinds, clock.nowMs()))) {
      const job = await database.write((connection) => claimJob(connection, kinds, clock.nowMs()));
      if (job === null) return;
      await runOne(job);
    }
  }

  function drain(): Promise<void> {
    working = working.then(work).catch((error: unknown) => report(null, error));
    return working;
  }

  const timer = setInterval(() => void drain(), pollMs);
  timer.unref();
  return {
    drain,
    wake: () => void drain(),
    async stop() {
      stopped = true;
      clearInterval(timer);
      await working;
    },
  };
}

function retryAfterMsOf(error: unknown): number | null {
  const value = typeof error === 'object' && error !== null && 'retryAfterMs' in error ? error.retryAfterMs : null;
  return typeof value === 'number' && value >= 0 ? value : null;
}
