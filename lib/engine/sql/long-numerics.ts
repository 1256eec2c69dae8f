/** Which columns keep decimals beyond a double's 15 digits, by the names a statement calls them. */

import type { Connection } from '#lib/engine/database.ts';
import { type ColumnsOfType, readColumn, readColumnsOfType } from '#lib/engine/sql/columns-of-type.ts';
import type { IsLongNumeric } from '#lib/engine/sql/rewrite/exact-numeric.ts';
import type { ColumnDefinition } from '#lib/engine/sql/table-definition.ts';
import { isExactAsDouble, parseType } from '#lib/engine/types/declared-type.ts';

const none = new Map<string, readonly string[]>();

function isLong(typeText: string): boolean {
  const type = parseType(typeText, none);
  return type.kind === 'numeric' && !isExactAsDouble(type);
}

/** Inside one table: what its CHECKs mean. */
export function inTable(columns: readonly Pick<ColumnDefinition, 'name' | 'typeText'>[]): IsLongNumeric {
  const long = new Set(columns.filter((column) => isLong(column.typeText)).map((column) => column.name.toLowerCase()));
  return (sql) => long.size > 0 && long.has(readColumn(sql)?.name ?? '');
}

/** Null in a file that has no such column. */
export function readLongNumerics(connection: Pick<Connection, 'all' | 'value'>): ColumnsOfType | null {
  const mentions = `SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND sql LIKE '%numeric%' LIMIT 1`;
  return connection.value(mentions) === undefined ? null : readColumnsOfType(connection, isLong);
}
