/** What the Platform API says when it says no, as an error the interface can show. */

export interface PlatformErrorFields {
  status: number;
  code: string;
  message: string;
  hint: string | null;
  /** Where in a sent SQL text the error lies, from 1. */
  place?: { line: number; column: number } | null;
  /** What the answer adds, such as the second factors that are accepted. */
  details?: unknown;
}

/** Status 0 means the server was not reached. */
export class PlatformError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | null;
  readonly place: { line: number; column: number } | null;
  readonly details: unknown;

  constructor(fields: PlatformErrorFields) {
    super(fields.message);
    this.name = 'PlatformError';
    this.status = fields.status;
    this.code = fields.code;
    this.hint = fields.hint;
    this.place = fields.place ?? null;
    this.details = fields.details;
  }
}

/** The HTTP status behind an error, or null when it did not come from the Platform API. */
export function toStatus(error: unknown): number | null {
  return error instanceof PlatformError ? error.status : null;
}

/** A sentence for a toast or an error panel. */
export function toMessage(error: unknown): string {
  if (!(error instanceof PlatformError)) return 'Something unexpected happened. Reload the page and try again.';
  return error.hint ? `${error.message} ${error.hint}` : error.message;
}

/** The place in the SQL text that an error points to. */
export function findPlace(error: unknown): { line: number; column: number } | null {
  return error instanceof PlatformError ? error.place : null;
}
