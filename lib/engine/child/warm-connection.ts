/** The child's connection to the last file it worked on, kept open: most jobs in a row are for one environment. */

import { statSync } from 'node:fs';
import { type CachingConnection, createConnection } from '#lib/engine/connection.ts';
import { openFile } from '#lib/engine/open-file.ts';

interface Warm {
  key: string;
  connection: CachingConnection;
}

/** A child may wait for a lock where the server must not: nothing else runs on its thread. */
const lockWaitMs = 5000;

let warm: Warm | null = null;

export function getConnection(file: string, options: { readOnly: boolean; durability: 'full' | 'fast' }): CachingConnection {
  // A restored or re-created environment is another file under the same name.
  const { dev, ino } = statSync(file);
  const key = [file, dev, ino, options.readOnly, options.durability].join('\n');
  if (warm?.key === key) return warm.connection;
  warm?.connection.handle.close();
  warm = null;
  warm = { key, connection: createConnection(openFile(file, { ...options, lockWaitMs })) };
  return warm.connection;
}
