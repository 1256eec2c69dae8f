/** An exclusive lock on a folder, held by the operating system: it ends with the process, however that ends. */

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { isBusy } from '#lib/engine/group-commit.ts';
import { openFile } from '#lib/engine/open-file.ts';

export interface FileLock {
  release(): void;
}

/** Null when another process holds it. SQLite's write lock is the portable spelling of an OS file lock. */
export function takeFileLock(file: string): FileLock | null {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    const handle = openFile(file, { create: true, lockWaitMs: 0 });
    try {
      handle.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      handle.close();
      throw error;
    }
    return { release: () => handle.close() };
  } catch (error) {
    if (isBusy(error)) return null;
    throw error;
  }
}
