/** What the thread for checkpoints does: copies what the log of one file holds into the file, in nobody's way. */

import { openFile } from '#lib/engine/open-file.ts';

/** Neither waits for readers and writers nor makes them wait; what they hold is left for the next time. */
export function checkpoint(file: string): void {
  const handle = openFile(file, { bare: true });
  try {
    handle.pragma('wal_checkpoint(PASSIVE)');
  } finally {
    handle.close();
  }
}
