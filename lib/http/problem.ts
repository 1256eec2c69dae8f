/** The one error that means "answer the client with this"; each service renders it in its own wire shape. */

const brand = Symbol.for('koyalite.problem');

export interface ProblemFields {
  status: number;
  /** The service's own error code: `PGRST100`, `validation_failed`, `not_found`. */
  code: string;
  message: string;
  details?: unknown;
  hint?: string | null;
  /** Flat header list added to the answer. */
  headers?: string[];
  /** Logged, never sent. */
  cause?: unknown;
}

export class Problem extends Error {
  readonly [brand] = true;
  readonly status: number;
  readonly code: string;
  readonly details: unknown;
  readonly hint: string | null;
  readonly headers: string[];

  constructor(fields: ProblemFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = 'Problem';
    this.status = fields.status;
    this.code = fields.code;
    this.details = fields.details ?? null;
    this.hint = fields.hint ?? null;
    this.headers = fields.headers ?? [];
  }
}

/** Recognised by brand: Next and the custom server load this module twice, so `instanceof` would miss half of them. */
export function isProblem(error: unknown): error is Problem {
  return typeof error === 'object' && error !== null && brand in error;
}
