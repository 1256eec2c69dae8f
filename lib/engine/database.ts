/** One open environment: what rooms outside the engine hold. Opened and pooled by `engine/engine.ts`. */

import type { Catalog } from '#lib/engine/catalog/catalog.ts';
import type { LargeWriteResult } from '#lib/engine/child/job.ts';
import type { Call, CallOutcome } from '#lib/engine/run/call.ts';
import type { LargeWrite } from '#lib/engine/run/large-write.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

export type Row = Record<string, SqlValue>;

/** A synchronous connection inside one read or write. Statements are prepared once and cached by their text. */
export interface Connection {
  /**
   * Positional `?` values, and optionally one object for `:named` ones as the last argument. A statement that returns
   * nothing is run and gives no rows.
   */
  all(sql: string, ...values: Bindable[]): Row[];
  /** Like `all`, prepared for this once: an EXPLAIN kept over a change of the schema reads memory that is gone. */
  once(sql: string, ...values: Bindable[]): Row[];
  get(sql: string, ...values: Bindable[]): Row | undefined;
  /** The first column of the first row. */
  value(sql: string, ...values: Bindable[]): SqlValue | undefined;
  /** The first row as an array of its columns. */
  tuple(sql: string, ...values: Bindable[]): SqlValue[] | undefined;
  run(sql: string, ...values: Bindable[]): { changes: number; lastInsertRowid: number | bigint };
  /** Several statements without values: DDL and migrations. */
  exec(sql: string): void;
}

export type Bindable = SqlValue | Readonly<Record<string, SqlValue>>;

export interface WriteOptions {
  /** `work` runs at most one statement that changes data: SQLite undoes that alone, so no savepoint is needed. */
  readonly oneStatement?: boolean;
}

export interface Database {
  readonly ref: string;
  readonly file: string;
  /** Current as of this call: reading it notices schema changes made by another connection. */
  readonly catalog: Catalog;
  /**
   * Resolves when `catalog` is at hand, or undefined when it is already: loading a large one takes long, and is done in steps
   * for who waits.
   */
  ready(): Promise<void> | undefined;
  /** Runs now, on the shared connection. Must not write. */
  read<T>(work: (connection: Connection) => T): T;
  /**
   * Queued, then run in a savepoint of the transaction that all writes of this tick share. Resolves after COMMIT has
   * reached the disk; a throw rolls back this work alone. `work` is synchronous: a write never spans an await.
   * Rejects with a 503 problem when another process holds the lock for longer than the retry time.
   */
  write<T>(work: (connection: Connection) => T, options?: WriteOptions): Promise<T>;
  /**
   * Like `write`, for work too long for one tick: it has a transaction of its own, and each `yield` lets reads go on.
   * Other writes wait until it has ended.
   */
  writeInSteps<T>(work: (connection: Connection) => Generator<void, T>): Promise<T>;
  /** Runs one read in a process that is killed when the time is up (57014); its first row as an array. */
  runElsewhere(sql: string, parameters: Readonly<Record<string, SqlValue>>, timeoutMs: number): Promise<SqlValue[]>;
  /** Runs guarded writes in such a process, in one transaction of their own. What it answers names the step that failed. */
  writeElsewhere(write: LargeWrite, timeoutMs: number): Promise<LargeWriteResult>;
  /** Runs one guarded function call in such a process, in a transaction of its own. */
  callElsewhere(call: Call, timeoutMs: number): Promise<CallOutcome>;
}

/** Tables a room adds to every environment file. Applied in order at open, once each, in one transaction. */
export interface SystemMigration {
  /** Never changes once released: `auth-0001-users`. */
  readonly id: string;
  readonly sql: string;
}
