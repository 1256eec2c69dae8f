/** What a statement of a script runs with, and what each kind of statement is. */

import type { CachingConnection } from '#lib/engine/connection.ts';
import type { Cursor } from '#lib/engine/sql/cursor.ts';
import type { Statement } from '#lib/engine/sql/split-statements.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

export interface ScriptOptions {
  /** Rows kept of each result; 1,000 unless told. */
  maxRows?: number;
  /** What `:auth_uid` and its kin are bound to; the operator's own values otherwise. */
  named?: Readonly<Record<string, SqlValue>>;
  /**
   * Puts a data statement behind a caller's walls. With it, statements that change the schema are refused:
   * only the operator may run them.
   */
  wall?: (sql: string) => { sql: string; named: Readonly<Record<string, SqlValue>> };
  /** Hears which policies the statements set. */
  onTouch?: (touched: TouchedPolicy) => void;
}

/** A policy, or row-level security itself, that a statement set: what is said of it depends on how the script ends. */
export interface TouchedPolicy {
  /** Which statement of the script, from 0. */
  readonly statement: number;
  /** `schema.table`. */
  readonly table: string;
  /** Null: the table as a whole. */
  readonly policy: string | null;
}

export interface Script {
  readonly connection: CachingConnection;
  readonly options: ScriptOptions;
  /** To be called by the statement that sets a policy. */
  touch(table: { readonly schema: string; readonly name: string }, policy: string | null): void;
}

/** Runs one schema statement from its first word; returns the command's name as PostgreSQL tags it. */
export type StatementHandler = (script: Script, cursor: Cursor, statement: Statement) => string;
