/** The child process: takes one job at a time from its parent, runs it synchronously, answers. */

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type ChildMessage, toWireError } from '#lib/engine/child/child-message.ts';
import type { ChildJob } from '#lib/engine/child/job.ts';
import { sendAhead } from '#lib/engine/child/long-texts.ts';
import { runCall } from '#lib/engine/child/run-call.ts';
import { runStatement } from '#lib/engine/child/run-statement.ts';
import { runWrite } from '#lib/engine/child/run-write.ts';
import { busyProblem, isBusy } from '#lib/engine/group-commit.ts';
import { toSqlError } from '#lib/engine/sql/to-sql-error.ts';

const rssLimitBytes = 512 << 20;

/** Told by the parent: by the time this thread or the watchdog could ask, the parent may be dead and another have its place. */
const parentPid = Number(process.argv[2]);

const watchdog = new Worker(new URL('./watchdog.ts', import.meta.url), {
  workerData: { rssLimitBytes, parentPid },
  execArgv: [],
});
/** No SQL runs unwatched: a thread that starts beside a busy one may need longer than a statement does to do harm. */
const watched = once(watchdog, 'message').then(() => watchdog.unref());

process.on('message', (job: ChildJob) => void run(job).then(tell));
process.on('disconnect', () => process.exit(0));

function tell(message: ChildMessage): void {
  process.send?.(message);
}

async function run(job: ChildJob): Promise<ChildMessage> {
  try {
    await watched;
    const value = await perform(job);
    if (job.kind === 'import') return { type: 'result', value };
    return { type: 'result', value: sendAhead(value, (text) => tell({ type: 'part', text })) };
  } catch (error) {
    return { type: 'error', error: toWireError(isBusy(error) ? busyProblem() : toSqlError(error)) };
  }
}

/** What most processes never need is loaded by the first job that does: it would double the time to the first answer. */
async function perform(job: ChildJob): Promise<unknown> {
  switch (job.kind) {
    case 'statement':
      return runStatement(job);
    case 'write':
      return runWrite(job);
    case 'call':
      return runCall(job);
    case 'script': {
      const { runScript } = await import('#lib/engine/child/run-script.ts');
      return runScript(job);
    }
    case 'import': {
      const { importSqlite } = await import('#lib/engine/import/import-sqlite.ts');
      return importSqlite(job.file, job.source);
    }
  }
}
