/** One open environment: a read-only connection for reads, a writing one for group commits, and the catalog they share. */

import { watchCatalog } from '#lib/engine/catalog/watch-catalog.ts';
import { createCheckpoints } from '#lib/engine/checkpoint/checkpoints.ts';
import type { ChildPool } from '#lib/engine/child/child-pool.ts';
import type { ChildJob, JobResult } from '#lib/engine/child/job.ts';
import { createTurns } from '#lib/engine/child/turns.ts';
import { createConnection } from '#lib/engine/connection.ts';
import type { Connection, Database } from '#lib/engine/database.ts';
import { createGroupCommit } from '#lib/engine/group-commit.ts';
import { createLogSync } from '#lib/engine/log-sync.ts';
import { openFile, type SqliteHandle } from '#lib/engine/open-file.ts';

export interface OpenDatabase extends Database {
  /** Milliseconds (monotonic) of the last use; the pool closes the least recent. */
  lastUsedMs: number;
  /** Holds from the next transaction on. */
  setDurability(durability: 'full' | 'fast'): void;
  close(): Promise<void>;
}

export interface OpenDatabaseOptions {
  durability: 'full' | 'fast';
  pool: ChildPool;
  /** Brings the system tables up to date before anything else uses the file. */
  prepare(handle: SqliteHandle): void;
}

export function openDatabase(ref: string, file: string, options: OpenDatabaseOptions): OpenDatabase {
  const { pool } = options;
  let { durability } = options;
  const writer = createConnection(openFile(file, { durability }));
  options.prepare(writer.handle);
  const reader = createConnection(openFile(file, { readOnly: true, durability }));
  const watch = watchCatalog(reader);
  const checkpoints = createCheckpoints(file, writer);
  const sync = createLogSync(file, writer, reader, durability);
  const commits = createGroupCommit(writer, {
    sync,
    afterBegin: watch.ready,
    afterCommit() {
      watch.mayHaveChanged();
      checkpoints.afterCommit();
    },
  });
  const turns = createTurns({ maxWaiting: 64, waitTimeoutMs: 10_000 });

  /**
   * One at a time, so that a file never holds more than one process for its writes, and between two transactions of this
   * process, so that neither waits for a lock of the other.
   */
  function runWriting<J extends ChildJob>(job: J, timeoutMs: number): Promise<JobResult<J>> {
    database.lastUsedMs = performance.now();
    return turns(() => pool.run(job, { timeoutMs, turn: commits.alone }));
  }

  const database: OpenDatabase = {
    ref,
    file,
    lastUsedMs: performance.now(),
    get catalog() {
      return watch.current();
    },
    ready: watch.ready,
    read<T>(work: (connection: Connection) => T) {
      database.lastUsedMs = performance.now();
      return work(reader);
    },
    write(work, options) {
      database.lastUsedMs = performance.now();
      return commits.write(work, options);
    },
    writeInSteps(work) {
      database.lastUsedMs = performance.now();
      return commits.writeInSteps(work);
    },
    async runElsewhere(sql, parameters, timeoutMs) {
      const job = { kind: 'statement', file, sql, values: [], named: parameters, readOnly: true, result: 'raw rows' } as const;
      return (await pool.run(job, { timeoutMs })).rows[0] ?? [];
    },
    writeElsewhere(write, timeoutMs) {
      return runWriting({ kind: 'write', file, durability, write }, timeoutMs);
    },
    callElsewhere(call, timeoutMs) {
      const job = { kind: 'call', file, durability, call } as const;
      return call.writes ? runWriting(job, timeoutMs) : pool.run(job, { timeoutMs });
    },
    setDurability(next) {
      durability = next;
      sync.setDurability(next);
    },
    async close() {
      await commits.drain();
      await checkpoints.close();
      sync.close();
      reader.handle.close();
      writer.handle.close();
    },
  };
  return database;
}
