/** After a start: finds the environments that the last run left with work, one file at a time, and wakes their workers. */

import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from '#lib/engine/connection.ts';
import type { Database } from '#lib/engine/database.ts';
import { openFile } from '#lib/engine/open-file.ts';
import { hasUnfinishedJob, releaseJobsOfLastRun } from '#lib/engine/queue/jobs.ts';

export interface ResumeOptions<E extends { readonly file: string }> {
  readonly environments: readonly E[];
  open(environment: E): Database;
  wake(database: Database): void;
  report(environment: E, error: unknown): void;
  /** When this process began: whatever ran before then runs no more. */
  readonly startedMs: number;
  /** Between two files, so that requests go first. */
  readonly pauseMs?: number;
  readonly signal?: AbortSignal;
}

/** A file without work is only looked into, not kept open. Resolves when every one was seen, or at the signal. */
export async function resumeQueues<E extends { readonly file: string }>(options: ResumeOptions<E>): Promise<void> {
  for (const environment of options.environments) {
    await pause(options);
    if (options.signal?.aborted) return;
    try {
      if (!hasWork(environment.file)) continue;
      const database = options.open(environment);
      await database.write((connection) => releaseJobsOfLastRun(connection, options.startedMs));
      options.wake(database);
    } catch (error) {
      options.report(environment, error);
    }
  }
}

/** Ends at the signal too, so that closing never waits for a timer that keeps nothing alive. */
async function pause({ pauseMs = 10, signal }: { readonly pauseMs?: number; readonly signal?: AbortSignal }): Promise<void> {
  await sleep(pauseMs, undefined, { ref: false, ...(signal === undefined ? {} : { signal }) }).catch(() => {});
}

function hasWork(file: string): boolean {
  const handle = openFile(file, { readOnly: true });
  try {
    return hasUnfinishedJob(createConnection(handle));
  } finally {
    handle.close();
  }
}
