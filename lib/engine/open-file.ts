/** Opens one SQLite file with the settings every connection must have. The only importer of the driver outside tests. */

import SQLite from 'better-sqlite3';
import { registerFunctions } from '#lib/engine/functions/register-functions.ts';
import { createPrivateFile, keepPrivate } from '#lib/engine/private-file.ts';

export type SqliteHandle = SQLite.Database;
export type SqliteStatement = SQLite.Statement<unknown[], unknown>;

export interface OpenFileOptions {
  readOnly?: boolean;
  /** `full` (default): a commit is on disk when it returns. `fast`: the last ones may be lost to a power cut. */
  durability?: 'full' | 'fast';
  /** Make the file when it is missing; otherwise a missing file throws. */
  create?: boolean;
  /** How long SQLite itself waits for a lock. Keep it tiny on the event loop: the wait blocks the whole server. */
  lockWaitMs?: number;
  /** Without our SQL functions, which take a few milliseconds to register: for work that runs no expression. */
  bare?: boolean;
}

/**
 * A reopened WAL file silently falls back to NORMAL, so the level is set and read back on every open
 * (the driver is compiled with DEFAULT_WAL_SYNCHRONOUS=1).
 */
export function openFile(file: string, options: OpenFileOptions = {}): SqliteHandle {
  if (options.create === true && file !== ':memory:') createPrivateFile(file);
  if (!options.readOnly) keepPrivate(file);
  const handle = new SQLite(file, {
    readonly: options.readOnly ?? false,
    fileMustExist: !(options.create ?? false),
    timeout: options.lockWaitMs ?? 20,
  });
  try {
    configure(handle, options);
  } catch (error) {
    handle.close();
    throw error;
  }
  return handle;
}

function configure(handle: SqliteHandle, options: OpenFileOptions): void {
  if (!options.readOnly) handle.pragma('journal_mode = WAL');
  setDurability(handle, options.durability ?? 'full');
  handle.pragma('foreign_keys = ON');
  handle.pragma('trusted_schema = OFF');
  handle.pragma('recursive_triggers = ON');
  handle.pragma('cache_size = -32768');
  handle.pragma('mmap_size = 268435456');
  handle.pragma('temp_store = MEMORY');
  handle.pragma('journal_size_limit = 67108864');
  if (options.bare !== true) registerFunctions(handle);
}

/** Outside a transaction only: SQLite refuses it inside one. */
export function setDurability(handle: SqliteHandle, durability: 'full' | 'fast'): void {
  const level = durability === 'fast' ? 1 : 2;
  handle.pragma(`synchronous = ${level}`);
  if (handle.pragma('synchronous', { simple: true }) !== level) throw new Error('SQLite did not accept the synchronous level');
}
