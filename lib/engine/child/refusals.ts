/** The errors a job ends with when the pool, not its SQL, ends it. PostgreSQL's states and texts. */

import { SqlError } from '#lib/engine/sql-error.ts';
import { Problem } from '#lib/http/problem.ts';

export const outputLimitBytes = 32 << 20;

export function timedOut(): SqlError {
  return new SqlError({ sqlstate: '57014', message: 'canceling statement due to statement timeout' });
}

export function cancelled(): SqlError {
  return new SqlError({ sqlstate: '57014', message: 'canceling statement due to user request' });
}

export function terminated(): SqlError {
  return new SqlError({ sqlstate: '57P01', message: 'terminating connection due to administrator command' });
}

export function outOfMemory(): SqlError {
  return new SqlError({
    sqlstate: '53200',
    message: 'out of memory',
    hint: 'The statement needed more memory than it is allowed.',
  });
}

export function outputTooLarge(limitBytes: number): SqlError {
  return new SqlError({
    sqlstate: '54000',
    message: `the result is larger than ${limitBytes >> 20} MiB`,
    hint: 'Select fewer rows or columns.',
  });
}

/** The process died by itself; `cause` is for the log. */
export function crashed(cause: string): SqlError {
  return new SqlError({ sqlstate: '58000', message: 'the process running the statement ended unexpectedly', cause });
}

export function overloaded(): Problem {
  return new Problem({
    status: 503,
    code: 'overloaded',
    message: 'Too many long-running statements',
    hint: 'Try again in a moment.',
    headers: ['Retry-After', '1'],
  });
}
