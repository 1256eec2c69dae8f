/** The workers of all open environments: started when one is first used, forgotten when its file is closed. */

import type { Database } from '#lib/engine/database.ts';
import { type JobHandler, type Queue, type QueueClock, startQueue, systemClock } from '#lib/engine/queue/queue.ts';

export interface Queues {
  /** The environment's worker; starts it on first use. A database reopened after being closed gets a new one. */
  of(database: Database): Queue;
  stopAll(): Promise<void>;
}

export function createQueues(
  handlersOf: (database: Database) => Readonly<Record<string, JobHandler>>,
  report: (ref: string, error: unknown) => void = () => {},
  clock: QueueClock = systemClock,
): Queues {
  const queues = new Map<Database, Queue>();

  function start(database: Database): Queue {
    const queue = startQueue(database, handlersOf(database), clock, (job, error) => {
      report(database.ref, error);
      // Without a job the failure is the file's: it was closed under us, and whoever opens it again starts anew.
      if (job === null) {
        queues.delete(database);
        void queue.stop();
      }
    });
    queues.set(database, queue);
    return queue;
  }

  return {
    of: (database) => queues.get(database) ?? start(database),
    async stopAll() {
      const running = [...queues.values()];
      queues.clear();
      await Promise.all(running.map((queue) => queue.stop()));
    },
  };
}
