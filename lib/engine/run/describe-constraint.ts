/** A constraint failure as PostgreSQL words it: which constraint, and the caller's own values. */

import type { Catalog, ForeignKey, Key, Table } from '#lib/engine/catalog/catalog.ts';
import { identityOf } from '#lib/engine/compile/row-identity.ts';
import type { Connection } from '#lib/engine/database.ts';
import { quoteName } from '#lib/engine/plan/quote.ts';
import type { ProposedRow } from '#lib/engine/run/run-insert.ts';
import { toSqlError } from '#lib/engine/sql/to-sql-error.ts';
import { SqlError } from '#lib/engine/sql-error.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

/** `written`: the rows a change was about, as it was bound to it. */
export function describeConstraint(
  connection: Connection,
  catalog: Catalog,
  table: Table,
  row: ProposedRow,
  error: unknown,
  written: SqlValue = null,
): SqlError {
  const plain = toSqlError(error);
  const message = error instanceof Error ? error.message : '';
  switch (plain.sqlstate) {
    case '23505':
      return describeUnique(table, row, message, error) ?? plain;
    case '23502':
      return describeNotNull(table, row, message, error);
    case '23503':
      return describeForeignKey(connection, catalog, table, row, error, written) ?? plain;
    case '23514': {
      const name = message.replace(/^CHECK constraint failed: /, '');
      return new SqlError({
        sqlstate: '23514',
        message: `new row for relation "${table.name}" violates check constraint "${name}"`,
        details: failingRow(table, row),
        cause: error,
      });
    }
    default:
      return plain;
  }
}

function describeUnique(table: Table, row: ProposedRow, message: string, cause: unknown): SqlError | null {
  const columns = message
    .replace(/^UNIQUE constraint failed: /, '')
    .split(', ')
    .map((part) => part.slice(part.lastIndexOf('.') + 1));
  const keys: Key[] = table.primaryKey === null ? [...table.uniques] : [table.primaryKey, ...table.uniques];
  const key = keys.find(
    (item) => item.columns.length === columns.length && item.columns.every((column) => columns.includes(column)),
  );
  if (key === undefined) return null;
  return new SqlError({
    sqlstate: '23505',
    message: `duplicate key value violates unique constraint "${key.name}"`,
    details: `Key (${key.columns.join(', ')})=(${key.columns.map((column) => printValue(row.get(column))).join(', ')}) already exists.`,
    cause,
  });
}

function describeNotNull(table: Table, row: ProposedRow, message: string, cause: unknown): SqlError {
  const column = message.slice(message.lastIndexOf('.') + 1);
  return new SqlError({
    sqlstate: '23502',
    message: `null value in column "${column}" of relation "${table.name}" violates not-null constraint`,
    details: failingRow(table, row),
    cause,
  });
}

/** The caller's own row: values it sent, nulls for what it left out. */
function failingRow(table: Table, row: ProposedRow): string {
  return `Failing row contains (${table.columns.map((column) => printValue(row.get(column.name))).join(', ')}).`;
}

/** SQLite does not say which key failed, so each is tried: first the row's own, then those that point at its table. */
function describeForeignKey(
  connection: Connection,
  catalog: Catalog,
  table: Table,
  row: ProposedRow,
  cause: unknown,
  written: SqlValue,
): SqlError | null {
  for (const key of table.foreignKeys) {
    const target = catalog.tables.get(key.target);
    const values = key.columns.map((column) => row.get(column));
    if (target === undefined || values.some((value) => value === undefined || value === null)) continue;
    if (exists(connection, target, key.targetColumns, values)) continue;
    return new SqlError({
      sqlstate: '23503',
      message: `insert or update on table "${table.name}" violates foreign key constraint "${key.name}"`,
      details: `Key (${key.columns.join(', ')})=(${values.map(printValue).join(', ')}) is not present in table "${target.name}".`,
      cause,
    });
  }
  const inbound = findInbound(connection, catalog, table, written, row.size === 0 ? 'on_delete' : 'on_update');
  if (inbound === null) return null;
  const named = inbound.values === null ? '' : `=(${inbound.values.map(printValue).join(', ')})`;
  return new SqlError({
    sqlstate: '23503',
    message: `update or delete on table "${table.name}" violates foreign key constraint "${inbound.key.name}" on table "${inbound.holder.name}"`,
    details: `Key (${inbound.key.targetColumns.join(', ')})${named} is still referenced from table "${inbound.holder.name}".`,
    cause,
  });
}

function exists(
  connection: Connection,
  table: Table,
  columns: readonly string[],
  values: readonly (SqlValue | undefined)[],
): boolean {
  const where = columns.map((column) => `${quoteName(column)} = ?`).join(' AND ');
  const bound = values.map((value) => value ?? null);
  return connection.value(`SELECT 1 FROM main.${quoteName(table.stored)} WHERE ${where}`, ...bound) !== undefined;
}

interface Inbound {
  readonly holder: Table;
  readonly key: ForeignKey;
  /** What is still referenced. */
  readonly values: readonly SqlValue[] | null;
}

/** The key of the first written row that another still refers to. Takes what SQLite took to find that there is one. */
function findInbound(
  connection: Connection,
  catalog: Catalog,
  table: Table,
  written: SqlValue,
  event: 'on_delete' | 'on_update',
): Inbound | null {
  const inbound: Inbound[] = [];
  for (const holder of catalog.tables.values()) {
    for (const key of holder.foreignKeys) if (key.target === table.key) inbound.push({ holder, key, values: null });
  }
  for (const { holder, key } of written === null ? [] : inbound) {
    const action = `SELECT ${event} FROM pragma_foreign_key_list(?) WHERE "from" = ? COLLATE NOCASE AND "table" = ? COLLATE NOCASE`;
    const done = connection.value(action, holder.stored, key.columns[0] ?? '', table.stored);
    if (done !== 'NO ACTION' && done !== 'RESTRICT') continue;
    const target = key.targetColumns.map((column) => `"~row".${quoteName(column)}`);
    const pairs = key.columns.map((column, index) => `"~holder".${quoteName(column)} = ${target[index]}`);
    const values = connection.tuple(
      `SELECT ${target.join(', ')} FROM main.${quoteName(table.stored)} AS "~row" WHERE ${identityOf(table)} IN (SELECT value FROM json_each(:written))
       AND EXISTS (SELECT 1 FROM main.${quoteName(holder.stored)} AS "~holder" WHERE ${pairs.join(' AND ')}) LIMIT 1`,
      { written },
    );
    if (values !== undefined) return { holder, key, values };
  }
  return inbound[0] ?? null;
}

function printValue(value: SqlValue | undefined): string {
  if (value === undefined || value === null) return 'null';
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : String(value);
}
