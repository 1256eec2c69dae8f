/**
 * All writes that arrive in one tick share a transaction, each in its own savepoint, and are answered when its commit is on
 * disk: that is several times the rate of a transaction each, and a failing write harms no other.
 */

import type { CachingConnection } from '#lib/engine/connection.ts';
import type { Connection, WriteOptions } from '#lib/engine/database.ts';
import type { LogSync } from '#lib/engine/log-sync.ts';
import { toSqlError } from '#lib/engine/sql/to-sql-error.ts';
import { isProblem, Problem } from '#lib/http/problem.ts';

interface Job {
  work: (connection: Connection) => unknown;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
  oneStatement: boolean;
  /** Set for work in steps, which runs alone. */
  steps: ((connection: Connection) => Generator<void, unknown>) | null;
  /** Set for work that writes through a connection of its own, while this one holds no lock. */
  alone: (() => Promise<unknown>) | null;
}

export interface GroupCommit {
  write<T>(work: (connection: Connection) => T, options?: WriteOptions): Promise<T>;
  writeInSteps<T>(work: (connection: Connection) => Generator<void, T>): Promise<T>;
  /** Runs between two transactions; the next one waits until it has ended. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when everything queued so far has been answered. */
  drain(): Promise<void>;
}

/** How long a write waits for another process's lock before it is refused with 503. */
const lockPatienceMs = 5000;

/** How a commit gets to the disk: see `log-sync.ts`. Without it COMMIT itself is trusted. */
export type CommitSync = Pick<LogSync, 'requireSound' | 'hold' | 'settle'>;

export interface CommitHooks {
  readonly sync?: CommitSync;
  /** Waited for with the lock held: from here on nobody else changes the schema. */
  afterBegin(): Promise<void> | undefined;
  afterCommit(): void;
}

export function createGroupCommit(connection: CachingConnection, hooks: CommitHooks): GroupCommit {
  let queue: Job[] = [];
  let scheduled = false;
  let drained: (() => void)[] = [];

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => void flush());
  }

  async function flush(): Promise<void> {
    const jobs = queue;
    queue = [];
    for (const batch of toBatches(jobs)) await runBatchSafely(batch);
    scheduled = false;
    if (queue.length > 0) return schedule();
    for (const done of drained) done();
    drained = [];
  }

  async function runBatchSafely(jobs: Job[]): Promise<void> {
    let settle = () => {};
    try {
      if (jobs[0]?.alone != null) jobs[0].resolve(await jobs[0].alone());
      else settle = await runInTransaction(jobs);
    } catch (error) {
      if (connection.handle.inTransaction) connection.run('ROLLBACK');
      settle = () => rejectAll(jobs, error);
    }
    hooks.afterCommit();
    settle();
  }

  /** Returns what answers the jobs. */
  async function runInTransaction(jobs: Job[]): Promise<() => void> {
    hooks.sync?.requireSound();
    if (!(await begin(connection))) throw busyProblem();
    const ready = hooks.afterBegin();
    if (ready !== undefined) await ready;
    if (jobs[0]?.steps != null) {
      const value = await runSteps(jobs[0].steps(connection));
      await commit(1);
      return () => jobs[0]?.resolve(value);
    }
    const outcomes = runJobs(connection, jobs);
    const onDisk = commit(jobs.length);
    if (onDisk !== undefined) await onDisk;
    return () => {
      for (const outcome of outcomes) {
        if ('error' in outcome) outcome.job.reject(outcome.error);
        else outcome.job.resolve(outcome.value);
      }
    };
  }

  /** Throws or rejects when nothing is to be acknowledged. */
  function commit(writes: number): Promise<void> | undefined {
    let committed = false;
    let onDisk: Promise<void> | undefined;
    hooks.sync?.hold(writes);
    try {
      connection.run('COMMIT');
      committed = true;
    } catch (error) {
      throw toSqlError(error);
    } finally {
      onDisk = hooks.sync?.settle(committed);
    }
    return onDisk;
  }

  function enqueue<T>(job: Pick<Job, 'work' | 'oneStatement' | 'steps' | 'alone'>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      queue.push({ ...job, resolve: resolve as (value: unknown) => void, reject });
      schedule();
    });
  }

  return {
    write: (work, options = {}) => enqueue({ work, oneStatement: options.oneStatement ?? false, steps: null, alone: null }),
    writeInSteps: (steps) => enqueue({ work: () => undefined, oneStatement: false, steps, alone: null }),
    alone: (alone) => enqueue({ work: () => undefined, oneStatement: false, steps: null, alone }),
    drain: () => (scheduled ? new Promise((resolve) => drained.push(resolve)) : Promise.resolve()),
  };
}

/** Work in steps and work of its own stand alone; everything between shares a transaction. */
function toBatches(jobs: readonly Job[]): Job[][] {
  const batches: Job[][] = [];
  let shared: Job[] | null = null;
  for (const job of jobs) {
    if (job.steps !== null || job.alone !== null) {
      batches.push([job]);
      shared = null;
    } else if (shared === null) {
      shared = [job];
      batches.push(shared);
    } else shared.push(job);
  }
  return batches;
}

async function runSteps<T>(steps: Generator<void, T>): Promise<T> {
  try {
    let step = steps.next();
    while (!step.done) {
      await new Promise((resolve) => setImmediate(resolve));
      step = steps.next();
    }
    return step.value;
  } catch (error) {
    throw isProblem(error) ? error : toSqlError(error);
  }
}

/** Takes the write lock without ever blocking the event loop; false when patience ran out. */
async function begin(connection: CachingConnection): Promise<boolean> {
  const deadline = performance.now() + lockPatienceMs;
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, 100)) {
    try {
      connection.run('BEGIN IMMEDIATE');
      return true;
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() + pauseMs > deadline) return false;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

type Outcome = { job: Job; value: unknown } | { job: Job; error: unknown };

/** Throws when nothing of them can be kept. */
function runJobs(connection: CachingConnection, jobs: readonly Job[]): Outcome[] {
  const outcomes: Outcome[] = [];
  for (const job of jobs) {
    try {
      outcomes.push({ job, value: runOne(connection, job) });
    } catch (error) {
      outcomes.push({ job, error });
      // A full disk or an I/O error ends the whole transaction: nothing of this batch was kept.
      if (!connection.handle.inTransaction) throw error;
    }
  }
  return outcomes;
}

function runOne(connection: CachingConnection, job: Job): unknown {
  if (job.oneStatement) return runPlain(connection, job);
  connection.run('SAVEPOINT job');
  try {
    const value = doWork(connection, job);
    connection.run('RELEASE job');
    return value;
  } catch (error) {
    if (connection.handle.inTransaction) {
      connection.run('ROLLBACK TO job');
      connection.run('RELEASE job');
    }
    throw isProblem(error) ? error : toSqlError(error);
  }
}

function doWork(connection: CachingConnection, job: Job): unknown {
  const value = job.work(connection);
  if (value instanceof Promise) throw new Error('A write must be synchronous: it may not span an await');
  return value;
}

function runPlain(connection: CachingConnection, job: Job): unknown {
  try {
    return doWork(connection, job);
  } catch (error) {
    throw isProblem(error) ? error : toSqlError(error);
  }
}

function rejectAll(jobs: Job[], error: unknown): void {
  for (const job of jobs) job.reject(error);
}

export function isBusy(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' && (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'));
}

export function busyProblem(): Problem {
  return new Problem({
    status: 503,
    code: '40001',
    message: 'The database is locked by another process',
    hint: 'Try again in a moment.',
    headers: ['Retry-After', '1'],
  });
}
