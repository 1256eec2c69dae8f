/** The engine: a pool of open environment files over the system migrations of every room. */

import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createChildPool } from '#lib/engine/child/child-pool.ts';
import type { Engine, EngineOptions } from '#lib/engine/engine.ts';
import { type OpenDatabase, type OpenDatabaseOptions, openDatabase } from '#lib/engine/open-database.ts';
import { openFile } from '#lib/engine/open-file.ts';
import { migrateSystemTables } from '#lib/engine/system-migrate.ts';
import { engineMigrations } from '#lib/engine/system-tables.ts';
import { Problem } from '#lib/http/problem.ts';

const defaultMaxOpen = 256;
const restMs = 5000;
/** How far a burst may exceed the limit before files in recent use are closed too. */
const burstFactor = 4;
const importTimeoutMs = 15 * 60_000;

export function createEngine(options: EngineOptions = {}): Engine {
  const migrations = [...engineMigrations, ...(options.migrations ?? [])];
  const maxOpen = options.maxOpen ?? defaultMaxOpen;
  const pool = createChildPool();
  const open = new Map<string, OpenDatabase>();
  const temporary = new Map<string, string>();
  const durabilities = new Map<string, 'full' | 'fast'>();

  /** An in-memory database is a file on a temporary disk: child processes must be able to open it too. */
  function resolveFile(ref: string, file: string): string {
    if (file !== ':memory:') return file;
    const known = temporary.get(ref);
    if (known !== undefined) return known;
    const made = join(mkdtempSync(join(tmpdir(), 'koyalite-')), 'data.db');
    temporary.set(ref, made);
    return made;
  }

  /**
   * Down to the limit, least recently used first. A file used moments ago may be in the middle of a request: it stays,
   * until there are so many that descriptors matter more.
   */
  function makeRoom(): void {
    if (open.size < maxOpen) return;
    const byAge = [...open.values()].sort((a, b) => a.lastUsedMs - b.lastUsedMs);
    const ceiling = maxOpen * burstFactor;
    for (const database of byAge) {
      if (open.size < maxOpen) return;
      const resting = performance.now() - database.lastUsedMs >= restMs;
      if (!resting && open.size < ceiling) return;
      open.delete(database.ref);
      void database.close();
    }
  }

  async function close(ref: string): Promise<void> {
    const database = open.get(ref);
    open.delete(ref);
    await database?.close();
  }

  return {
    async create(ref, file) {
      const path = resolveFile(ref, file);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const handle = openFile(path, { create: true });
      try {
        migrateSystemTables(handle, migrations);
      } finally {
        handle.close();
      }
    },

    open(ref, file, openOptions) {
      const known = open.get(ref);
      if (known !== undefined) {
        known.lastUsedMs = performance.now();
        const wanted = openOptions?.durability;
        if (wanted !== undefined && wanted !== durabilities.get(ref)) {
          durabilities.set(ref, wanted);
          known.setDurability(wanted);
        }
        return known;
      }
      const path = resolveFile(ref, file);
      makeRoom();
      durabilities.set(ref, openOptions?.durability ?? 'full');
      const database = openExisting(ref, path, {
        durability: openOptions?.durability ?? 'full',
        pool,
        prepare: (handle) => migrateSystemTables(handle, migrations),
      });
      open.set(ref, database);
      return database;
    },

    close,

    async remove(ref, file) {
      const path = resolveFile(ref, file);
      await pool.release(path);
      await close(ref);
      for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(path + suffix, { force: true });
      if (temporary.delete(ref)) await rm(dirname(path), { recursive: true, force: true });
      durabilities.delete(ref);
    },

    runSql(database, sql, runOptions = {}) {
      const { caller = null, readOnly = false, dryRun = false, maxRows = 1000, timeoutMs = 10_000 } = runOptions;
      const job = {
        kind: 'script',
        file: database.file,
        sql,
        readOnly,
        dryRun,
        maxRows,
        caller,
        durability: durabilities.get(database.ref) ?? 'full',
      } as const;
      return pool.run(job, { timeoutMs });
    },

    importSqlite(database, source) {
      return pool.run({ kind: 'import', file: database.file, source }, { timeoutMs: importTimeoutMs });
    },

    async shutdown() {
      await pool.shutdown();
      await Promise.all([...open.keys()].map(close));
      for (const path of temporary.values()) rmSync(dirname(path), { recursive: true, force: true });
    },
  };
}

function openExisting(ref: string, path: string, options: OpenDatabaseOptions): OpenDatabase {
  try {
    return openDatabase(ref, path, options);
  } catch (cause) {
    throw new Problem({
      status: 503,
      code: 'database_unavailable',
      message: 'The database of this environment cannot be opened',
      cause,
    });
  }
}
