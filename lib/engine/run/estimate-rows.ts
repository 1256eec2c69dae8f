/** A planner's guess of a table's rows: from statistics after ANALYZE, else as PostgreSQL guesses for a table it never analysed. */

import type { Column, Table } from '#lib/engine/catalog/catalog.ts';
import type { Database } from '#lib/engine/database.ts';
import { quoteName } from '#lib/engine/plan/quote.ts';

/** PostgreSQL takes a table it knows nothing about for at least ten pages. */
const assumedBytes = 10 * (8192 - 24);
const rowHeaderBytes = 28;

/** Costs two probes, however large the table is. Only for callers whom no policy hides rows from. */
export function estimateRows(database: Database, table: Table): number {
  return database.read((connection) => {
    const analysed = connection.value(`SELECT 1 FROM main.sqlite_schema WHERE name = 'sqlite_stat1'`) === 1;
    const statistics = analysed
      ? connection.value('SELECT stat FROM main.sqlite_stat1 WHERE tbl = ? LIMIT 1', table.stored)
      : undefined;
    const known = typeof statistics === 'string' ? Number.parseInt(statistics, 10) : Number.NaN;
    if (Number.isFinite(known)) return known;
    const highest = Number(connection.value(`SELECT max(rowid) FROM main.${quoteName(table.stored)}`) ?? 0);
    return Math.max(highest, assumedRows(table.columns));
  });
}

function assumedRows(columns: readonly Column[]): number {
  const width = columns.reduce((sum, column) => sum + widthOf(column), 0);
  return Math.floor(assumedBytes / (rowHeaderBytes + width));
}

function widthOf({ type }: Column): number {
  switch (type.kind) {
    case 'boolean':
      return 1;
    case 'integer':
      return type.bytes ?? 8;
    case 'uuid':
    case 'interval':
      return 16;
    case 'float':
    case 'date':
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      return 8;
    default:
      return 32;
  }
}
