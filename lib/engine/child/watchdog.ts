/**
 * A thread beside the child's SQL: SQLite steps are synchronous, so nothing on the main thread could notice that the
 * parent is gone or that memory runs away. SQLite's own heap limit needs memory statistics, which the driver compiles out.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';

const { rssLimitBytes, parentPid } = z.object({ rssLimitBytes: z.number(), parentPid: z.number() }).parse(workerData);

setInterval(() => {
  if (process.ppid !== parentPid) process.kill(process.pid, 'SIGKILL');
  // The parent reads this signal as "out of memory"; it has no handler, so it ends the process at once.
  if (process.memoryUsage.rss() > rssLimitBytes) process.kill(process.pid, 'SIGUSR2');
}, 50);

parentPort?.postMessage('watching');
