/** After a start: finds the environments that the last run left with work, one file at a time, and wakes their workers. */

import type { Database } from '#lib/engine/database.ts';
import { hasUnfinishedJob, releaseJobsOfLastRun } from '#lib/engine/queue/jobs.ts';
import { type VisitOptions, visitFiles } from '#lib/engine/queue/visit-files.ts';

export interface ResumeOptions<E extends { readonly file: string }> extends Omit<VisitOptions<E>, 'isNeeded' | 'give'> {
  wake(database: Database): void;
  /** When this process began: whatever ran before then runs no more. */
  readonly startedMs: number;
}

/** Resolves when every file was seen, or at the signal. */
export function resumeQueues<E extends { readonly file: string }>(options: ResumeOptions<E>): Promise<void> {
  return visitFiles({
    ...options,
    isNeeded: hasUnfinishedJob,
    async give(database) {
      await database.write((connection) => releaseJobsOfLastRun(connection, options.startedMs));
      options.wake(database);
    },
  });
}
