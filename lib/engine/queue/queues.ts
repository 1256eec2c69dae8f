/** The workers of all open environments: started when one is first used, forgotten when its file is closed. */

import type { Database } from '#lib/engine/database.ts';
import { hasUnfinishedJob } from '#lib/engine/queue/jobs.ts';
import { type JobHandler, type Queue, type QueueClock, startQueue, systemClock } from '#lib/engine/queue/queue.ts';

export interface Queues {
  /** The environment's worker; starts it on first use. A database reopened after being closed gets a new one. */
  of(database: Database): Queue;
  stopAll(): Promise<void>;
}

const defaultIdleMs = 30 * 60_000;

export function createQueues(
  handlersOf: (database: Database) => Readonly<Record<string, JobHandler>>,
  report: (ref: string, error: unknown) => void = () => {},
  clock: QueueClock = systemClock,
  restMs: number = defaultIdleMs,
): Queues {
  const queues = new Map<Database, Queue>();
  const idleTimers = new Map<Database, NodeJS.Timeout>();

  /** A worker that polls keeps its file open: one that nobody uses any more and that has nothing left to do is let go. */
  function rest(database: Database): void {
    const timer = idleTimers.get(database);
    if (timer !== undefined) timer.refresh();
    else idleTimers.set(database, setTimeout(() => letGo(database), restMs).unref());
  }

  function letGo(database: Database): void {
    idleTimers.delete(database);
    if (isBusy(database)) rest(database);
    else forget(database);
  }

  function forget(database: Database): void {
    clearTimeout(idleTimers.get(database));
    idleTimers.delete(database);
    void queues.get(database)?.stop();
    queues.delete(database);
  }

  function start(database: Database): Queue {
    const queue = startQueue(database, handlersOf(database), clock, (job, error) => {
      report(database.ref, error);
      // Without a job the failure is the file's: it was closed under us, and whoever opens it again starts anew.
      if (job === null) forget(database);
    });
    queues.set(database, queue);
    return queue;
  }

  return {
    of(database) {
      rest(database);
      return queues.get(database) ?? start(database);
    },
    async stopAll() {
      const running = [...queues.values()];
      queues.clear();
      for (const timer of idleTimers.values()) clearTimeout(timer);
      idleTimers.clear();
      await Promise.all(running.map((queue) => queue.stop()));
    },
  };
}

function isBusy(database: Database): boolean {
  try {
    return database.read(hasUnfinishedJob);
  } catch {
    // Closed under us: there is nothing to keep open any more.
    return false;
  }
}
