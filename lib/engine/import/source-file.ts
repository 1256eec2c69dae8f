/** Takes a private copy of a foreign file after judging that it may be a database at all. The file may be hostile. */

import { closeSync, constants, copyFileSync, existsSync, openSync, readSync, rmSync } from 'node:fs';
import { keepPrivate } from '#lib/engine/private-file.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

const magic = 'SQLite format 3\0';
const companions = ['-wal', '-journal'];

/**
 * Copies the file, with what is not yet folded into it, to `copy`: opening it in place would write beside it, and it
 * could change under the reader. Throws 22P04 when it is no SQLite file.
 */
export function copySource(file: string, copy: string): void {
  removeCopy(copy);
  if (!readHeader(file).startsWith(magic)) throw notSqlite();
  for (const suffix of ['', ...companions]) {
    if (suffix === '' || existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix, constants.COPYFILE_FICLONE);
  }
  // A copy comes with the rights of what it was copied from.
  keepPrivate(copy);
}

export function removeCopy(copy: string): void {
  for (const suffix of ['', ...companions, '-shm']) rmSync(copy + suffix, { force: true });
}

function readHeader(file: string): string {
  const header = Buffer.alloc(magic.length);
  const descriptor = openSync(file, 'r');
  try {
    return header.toString('latin1', 0, readSync(descriptor, header, 0, header.length, 0));
  } finally {
    closeSync(descriptor);
  }
}

export function notSqlite(cause?: unknown): SqlError {
  return new SqlError({
    sqlstate: '22P04',
    message: 'the file is not a SQLite database',
    hint: 'Upload an unencrypted SQLite 3 file.',
    cause,
  });
}

export function damaged(details: string | null, cause?: unknown): SqlError {
  return new SqlError({
    sqlstate: 'XX001',
    message: 'the SQLite file is damaged',
    details,
    hint: 'Repair it with the sqlite3 command `.recover` and upload the result.',
    cause,
  });
}
