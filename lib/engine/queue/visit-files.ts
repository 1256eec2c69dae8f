/** Looks into environment files one after the other, and opens only those that need something done. */

import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from '#lib/engine/connection.ts';
import type { Connection, Database } from '#lib/engine/database.ts';
import { openFile } from '#lib/engine/open-file.ts';

export interface VisitOptions<E extends { readonly file: string }> {
  readonly environments: readonly E[];
  open(environment: E): Database;
  report(environment: E, error: unknown): void;
  /** Asked of a file that may not be open, and may be of an earlier version. */
  isNeeded(connection: Connection, environment: E): boolean;
  give(database: Database, environment: E): Promise<void>;
  /** Between two files, so that requests go first. */
  readonly pauseMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A file that needs nothing is only looked into, not kept open. Resolves when every one was seen, or at the signal. */
export async function visitFiles<E extends { readonly file: string }>(options: VisitOptions<E>): Promise<void> {
  for (const environment of options.environments) {
    await pause(options);
    if (options.signal?.aborted) return;
    try {
      if (look(options, environment)) await options.give(options.open(environment), environment);
    } catch (error) {
      options.report(environment, error);
    }
  }
}

/** Ends at the signal too, so that closing never waits for a timer that keeps nothing alive. */
async function pause({ pauseMs = 10, signal }: Pick<VisitOptions<never>, 'pauseMs' | 'signal'>): Promise<void> {
  await sleep(pauseMs, undefined, { ref: false, ...(signal === undefined ? {} : { signal }) }).catch(() => {});
}

function look<E extends { readonly file: string }>(options: VisitOptions<E>, environment: E): boolean {
  const handle = openFile(environment.file, { readOnly: true });
  try {
    return options.isNeeded(createConnection(handle), environment);
  } finally {
    handle.close();
  }
}
