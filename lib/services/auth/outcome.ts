/** Writes that must be kept although the request fails: a counted wrong guess, a revoked family of tokens. */

import type { Connection, Database } from '#lib/engine/database.ts';
import { isProblem, type Problem } from '#lib/http/problem.ts';

/** Like `database.write`, but a problem that is *returned* is thrown after the commit; a thrown one rolls back as ever. */
export async function writeThenThrow<T>(database: Database, work: (connection: Connection) => T | Problem): Promise<T> {
  const outcome = await database.write(work);
  if (isProblem(outcome)) throw outcome;
  return outcome;
}
