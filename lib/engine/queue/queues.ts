/** The job queues of all environments in use: one worker each, started by the first job and stopped when idle. */

import type { Database } from '#lib/engine/database.ts';
import { type JobHandler, type Queue, startQueue } from '#lib/engine/queue/queue.ts';

export interface Queues {
  /** There may be work in this environment: look now. */
  wake(database: Database): void;
  stop(): Promise<void>;
}

export interface QueuesOptions {
  handlersFor(database: Database): Readonly<Record<string, JobHandler>>;
  report(ref: string, error: unknown): void;
}

const idleMs = 5 * 60_000;

export function createQueues(options: QueuesOptions): Queues {
  const running = new Map<string, { database: Database; queue: Queue; idleTimer: NodeJS.Timeout }>();

  function retire(ref: string): void {
    const entry = running.get(ref);
    running.delete(ref);
    void entry?.queue.stop();
  }

  return {
    wake(database) {
      const { ref } = database;
      const known = running.get(ref);
      if (known !== undefined && known.database === database) {
        known.idleTimer.refresh();
        known.queue.wake();
        return;
      }
      if (known !== undefined) retire(ref);
      const queue = startQueue(database, options.handlersFor(database), undefined, (_job, error) => options.report(ref, error));
      running.set(ref, { database, queue, idleTimer: setTimeout(() => retire(ref), idleMs).unref() });
      queue.wake();
    },
    async stop() {
      const entries = [...running.values()];
      running.clear();
      for (const entry of entries) clearTimeout(entry.idleTimer);
      await Promise.all(entries.map((entry) => entry.queue.stop()));
    },
  };
}
