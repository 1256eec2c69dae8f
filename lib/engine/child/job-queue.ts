/** Jobs waiting for a process: bounded in number and time, fair between files. */

import { cancelled, overloaded } from '#lib/engine/child/refusals.ts';

export interface Turn<T> {
  readonly file: string;
  start(turn: T): void;
}

export interface JobQueue<T> {
  /** Resolves when the job may start. Rejects with a 503 problem when the queue is full or the wait too long, 57014 on abort. */
  wait(file: string, signal: AbortSignal | null): Promise<T>;
  /** The oldest job whose file has nothing running, so that one environment cannot hold every process; else the oldest. */
  takeNext(busyFiles: ReadonlySet<string | null>): Turn<T> | null;
  refuseAll(error: Error): void;
}

interface Waiting<T> extends Turn<T> {
  refuse(error: Error): void;
}

export function createJobQueue<T>(options: { maxWaiting: number; waitTimeoutMs: number }): JobQueue<T> {
  const queue: Waiting<T>[] = [];

  return {
    wait(file, signal) {
      if (signal?.aborted) return Promise.reject(cancelled());
      if (queue.length >= options.maxWaiting) return Promise.reject(overloaded());
      return new Promise<T>((resolve, reject) => {
        const settle = () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', abort);
          const index = queue.indexOf(waiting);
          if (index >= 0) queue.splice(index, 1);
        };
        const waiting: Waiting<T> = {
          file,
          start(turn) {
            settle();
            resolve(turn);
          },
          refuse(error) {
            settle();
            reject(error);
          },
        };
        const abort = () => waiting.refuse(cancelled());
        const timer = setTimeout(() => waiting.refuse(overloaded()), options.waitTimeoutMs);
        signal?.addEventListener('abort', abort, { once: true });
        queue.push(waiting);
      });
    },

    takeNext(busyFiles) {
      return queue.find((waiting) => !busyFiles.has(waiting.file)) ?? queue[0] ?? null;
    },

    refuseAll(error) {
      for (const waiting of [...queue]) waiting.refuse(error);
    },
  };
}
