/** The engine: a pool of open environment files over the system migrations of every room. */

import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { engineMigrations } from '#lib/engine/system-tables.ts';
import type { Database } from '#lib/engine/database.ts';
import type { Engine, EngineOptions } from '#lib/engine/engine.ts';
import { type OpenDatabase, openDatabase } from '#lib/engine/open-database.ts';
import { openFile } from '#lib/engine/open-file.ts';
import { migrateSystemTables } from '#lib/engine/system-migrate.ts';
import { Problem } from '#lib/http/problem.ts';

const defaultMaxOpen = 256;

export function createEngine(options: EngineOptions = {}): Engine {
  const migrations = [...engineMigrations, ...(options.migrations ?? [])];
  const maxOpen = options.maxOpen ?? defaultMaxOpen;
  const open = new Map<string, OpenDatabase>();
  const temporary = new Map<string, string>();

  /** An in-memory database is a file on a temporary disk: child processes must be able to open it too. */
  function resolveFile(ref: string, file: string): string {
    if (file !== ':memory:') return file;
    const known = temporary.get(ref);
    if (known !== undefined) return known;
    const made = join(mkdtempSync(join(tmpdir(), 'koyalite-')), 'data.db');
    temporary.set(ref, made);
    return made;
  }

  function evictOldest(): void {
    let oldest: OpenDatabase | null = null;
    for (const database of open.values()) {
      if (oldest === null || database.lastUsedMs < oldest.lastUsedMs) oldest = database;
    }
    if (oldest === null) return;
    open.delete(oldest.ref);
    void oldest.close();
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
        return known;
      }
      const path = resolveFile(ref, file);
      if (open.size >= maxOpen) evictOldest();
      const handle = openExisting(path);
      try {
        migrateSystemTables(handle, migrations);
      } finally {
        handle.close();
      }
      const database = openDatabase(ref, path, openOptions?.durability ?? 'full');
      open.set(ref, database);
      return database;
    },

    close,

    async remove(ref, file) {
      await close(ref);
      const path = resolveFile(ref, file);
      for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(path + suffix, { force: true });
      temporary.delete(ref);
    },

    runSql(_database: Database) {
      throw new Error('runSql is served by the child pool');
    },

    importSqlite(_database: Database) {
      throw new Error('importSqlite is served by the child pool');
    },

    async shutdown() {
      await Promise.all([...open.keys()].map(close));
      for (const path of temporary.values()) rmSync(dirname(path), { recursive: true, force: true });
    },
  };
}

function openExisting(path: string): ReturnType<typeof openFile> {
  try {
    return openFile(path);
  } catch (cause) {
    throw new Problem({ status: 503, code: 'database_unavailable', message: 'The database of this environment cannot be opened', cause });
  }
}
