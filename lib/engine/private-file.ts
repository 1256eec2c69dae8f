/** Database files for their owner's eyes alone, whatever the umask says and however an earlier version left them. */

import { chmodSync, closeSync, openSync, statSync } from 'node:fs';

/** What SQLite keeps beside a file. It copies the file's mode to these when it makes them. */
const companions = ['', '-wal', '-shm', '-journal'];

/** Makes an empty file (mode 0600) where there is none: SQLite takes that for an empty database. */
export function createPrivateFile(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
}

/** Takes everybody else's rights away. Files of another owner are left: whoever gave them to us decides. */
export function keepPrivate(file: string): void {
  for (const suffix of companions) {
    const stats = statSync(file + suffix, { throwIfNoEntry: false });
    if (stats === undefined || (stats.mode & 0o077) === 0 || stats.uid !== process.getuid?.()) continue;
    chmodSync(file + suffix, 0o600);
  }
}
