/** A password thread that runs only while nothing else wants the processor, where the system can say so. */

import { spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';

export { check, hash } from '#lib/identity/password-work.ts';

/**
 * A thread of merely low priority keeps a processor for a millisecond or two after a data request has come in; an idle one gives
 * it back at once. `chrt` is of util-linux and of BusyBox; without it the thread stays what it is.
 */
if (process.platform === 'linux') {
  const id = readlinkSync('/proc/thread-self').split('/').at(-1) ?? '';
  spawnSync('chrt', ['-i', '-p', '0', id], { stdio: 'ignore', timeout: 5000 });
}
