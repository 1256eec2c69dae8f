/** What turned out to be too much for the event loop while it ran: undone, it runs again in a process of its own. */

import { isSqlError, SqlError } from '#lib/engine/sql-error.ts';

const tooMuchState = 'KL001';

export function tooMuch(message: string): SqlError {
  return new SqlError({ sqlstate: tooMuchState, message });
}

/** Nothing of it was kept, and the same is to be run elsewhere. */
export function isTooMuch(error: unknown): boolean {
  return isSqlError(error) && error.sqlstate === tooMuchState;
}
