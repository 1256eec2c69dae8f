/** An error with a SQLSTATE, as PostgreSQL would raise it. Services map the state to their status and wire shape. */

const brand = Symbol.for('koyalite.sql-error');

export interface SqlErrorFields {
  /** Five characters: `42501`, `22P02`, `23505`. */
  sqlstate: string;
  message: string;
  details?: string | null;
  hint?: string | null;
  /** Where in the statement, 1-based, for errors in SQL a person wrote. */
  line?: number;
  column?: number;
  /** Logged, never sent. */
  cause?: unknown;
}

export class SqlError extends Error {
  readonly [brand] = true;
  readonly sqlstate: string;
  readonly details: string | null;
  readonly hint: string | null;
  readonly line: number | null;
  readonly column: number | null;

  constructor(fields: SqlErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = 'SqlError';
    this.sqlstate = fields.sqlstate;
    this.details = fields.details ?? null;
    this.hint = fields.hint ?? null;
    this.line = fields.line ?? null;
    this.column = fields.column ?? null;
  }
}

export function isSqlError(error: unknown): error is SqlError {
  return typeof error === 'object' && error !== null && brand in error;
}
