/** Runs one compiled read in the child. */

import type { RawRows, StatementJob } from '#lib/engine/child/job.ts';
import { outputLimitBytes, outputTooLarge } from '#lib/engine/child/refusals.ts';
import { getConnection } from '#lib/engine/child/warm-connection.ts';
import type { SqliteStatement } from '#lib/engine/open-file.ts';
import { setsAnything } from '#lib/engine/settings.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

/** The text of a `single text` job is handed on as SQLite built it: never parsed, never joined again. */
export function runStatement(job: StatementJob): RawRows | string | null {
  const { handle } = getConnection(job.file, { readOnly: true, durability: 'full' });
  // What an earlier job's functions set is not this one's.
  if (setsAnything(job.sql)) handle.prepare('SELECT koyalite_take_settings()').get();
  const statement = handle.prepare(job.sql);
  const bound = Object.keys(job.named).length > 0 ? [...job.values, job.named] : [...job.values];
  if (job.result === 'raw rows') return toRawRows(statement, bound);
  const text = statement.pluck().get(...bound);
  if (typeof text === 'string' && text.length > outputLimitBytes) throw outputTooLarge(outputLimitBytes);
  return text === undefined || text === null ? null : String(text);
}

function toRawRows(statement: SqliteStatement, bound: unknown[]): RawRows {
  const columns = statement.columns().map((column) => column.name);
  const rows: SqlValue[][] = [];
  let bytes = 0;
  for (const row of statement
    .raw()
    .safeIntegers()
    .iterate(...bound) as IterableIterator<SqlValue[]>) {
    rows.push(row.map(toExactNumber));
    bytes += byteSize(row);
    if (bytes > outputLimitBytes) throw outputTooLarge(outputLimitBytes);
  }
  return { columns, rows };
}

/** Integers stay exact: a number where one can hold it, a bigint beyond 2^53. */
function toExactNumber(value: SqlValue): SqlValue {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function byteSize(row: readonly SqlValue[]): number {
  let bytes = 0;
  for (const value of row) bytes += typeof value === 'string' ? value.length : value instanceof Uint8Array ? value.byteLength : 8;
  return bytes;
}
