/** The engine's door: one SQLite file per environment, opened on demand and pooled. */

import type { Caller } from '#lib/engine/caller.ts';
import type { Database, SystemMigration } from '#lib/engine/database.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

export interface EngineOptions {
  /** Most files open at once; the least recently used idle one is closed. */
  maxOpen?: number;
  /** Tables of the services, after the engine's own. */
  migrations?: readonly SystemMigration[];
}

export interface SqlResult {
  /** `SELECT`, `INSERT`, `CREATE TABLE`, … */
  command: string;
  columns: string[];
  /** PostgreSQL's name of each column's type; null where it cannot be told. */
  types: (string | null)[];
  rows: SqlValue[][];
  /** Rows returned or changed. */
  rowCount: number;
  /** True when `maxRows` cut the rows off. */
  truncated: boolean;
  /** What is unsafe about the policies this statement set; absent: nothing. */
  notices?: SqlNotice[] | undefined;
}

/** As PostgreSQL's NOTICE and WARNING: the statement ran all the same. */
export interface SqlNotice {
  level: 'error' | 'warning' | 'info';
  /** The lint's rule: `user-metadata`, `always-true`, … */
  code: string;
  message: string;
  hint: string;
}

export interface RunSqlOptions {
  /** Run behind this caller's walls; null = as the operator, without walls. */
  caller?: Caller | null;
  readOnly?: boolean;
  /** Runs everything and keeps nothing: what would happen, and what would be said of it. */
  dryRun?: boolean;
  timeoutMs?: number;
  maxRows?: number;
}

export interface ImportedTable {
  name: string;
  rows: number;
}

export interface Engine {
  /** Makes the file with all system tables. Idempotent: an existing environment file is brought up to date. */
  create(ref: string, file: string): Promise<void>;
  /** Opens on first use. Throws when the file is missing (never creates one by accident). */
  open(ref: string, file: string, options?: { durability?: 'full' | 'fast' }): Database;
  /** Waits for queued writes, then closes the file if it is open. */
  close(ref: string): Promise<void>;
  /** Closes and deletes the file with its -wal and -shm. Idempotent. */
  remove(ref: string, file: string): Promise<void>;
  /**
   * Runs KoyaLite SQL a person wrote, in a killable child process. All statements share one transaction; a failure
   * keeps nothing. Throws a SqlError (57014 on time-out).
   */
  runSql(database: Database, sql: string, options?: RunSqlOptions): Promise<SqlResult[]>;
  /** Copies every table, index, trigger and view of another SQLite file into this environment. */
  importSqlite(database: Database, sourceFile: string): Promise<ImportedTable[]>;
  /** Closes everything. */
  shutdown(): Promise<void>;
}
