/** Runs SELECT, INSERT, UPDATE, DELETE and the like, rewritten for SQLite. */

import type { SqlResult } from '#lib/engine/engine.ts';
import { toBooleanColumns } from '#lib/engine/sql/boolean-columns.ts';
import { encodeLiterals } from '#lib/engine/sql/encode-literals.ts';
import { readLongNumerics } from '#lib/engine/sql/long-numerics.ts';
import { expandForOperator } from '#lib/engine/sql/operator-statement.ts';
import { toResultTypes } from '#lib/engine/sql/result-types.ts';
import { rewriteSql } from '#lib/engine/sql/rewrite-sql.ts';
import { readEnums } from '#lib/engine/sql/schema-facts.ts';
import type { Script } from '#lib/engine/sql/script.ts';
import type { Statement } from '#lib/engine/sql/split-statements.ts';
import { tokenize } from '#lib/engine/sql/tokenize.ts';
import { SqlError } from '#lib/engine/sql-error.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

const outputLimitBytes = 32 << 20;
const defaultMaxRows = 1000;

/** What the operator's own statements see for claims. */
const operatorValues: Readonly<Record<string, SqlValue>> = {
  auth_uid: null,
  auth_role: 'postgres',
  auth_jwt: '{}',
  request_method: null,
  request_path: null,
  request_headers: null,
  request_cookies: null,
  request_settings: null,
  realtime_topic: null,
  storage_operation: null,
};

export function runDataStatement(script: Script, statement: Statement, command: string): SqlResult {
  const { connection, options } = script;
  const enums = readEnums(connection);
  const source = command === 'INSERT' || command === 'UPDATE' ? encodeLiterals(connection, statement, enums) : statement.text;
  const isBoolean = toBooleanColumns(connection).within(source);
  let sql = rewriteSql(source, { enums, isLongNumeric: readLongNumerics(connection)?.within(source), isBoolean });
  let named = { ...operatorValues, ...options.named };
  if (options.wall !== undefined) {
    const walled = options.wall(sql);
    sql = walled.sql;
    named = { ...named, ...walled.named };
  } else if (options.wall === undefined) sql = expandForOperator(connection, sql, command === 'SELECT');
  const prepared = connection.handle.prepare<unknown[], unknown>(sql);
  const bound = bindNamed(sql, named);
  if (!prepared.reader) {
    const { changes } = prepared.run(...bound);
    return { command, columns: [], types: [], rows: [], rowCount: changes, truncated: false };
  }
  const described = prepared.columns();
  const columns = described.map((column) => column.name);
  const types = toResultTypes(connection, statement.tokens, described, enums);
  const maxRows = options.maxRows ?? defaultMaxRows;
  const rows: SqlValue[][] = [];
  let bytes = 0;
  let truncated = false;
  for (const row of prepared
    .raw()
    .safeIntegers()
    .iterate(...bound) as IterableIterator<SqlValue[]>) {
    if (rows.length >= maxRows) {
      truncated = true;
      break;
    }
    rows.push(row.map(toExactNumber));
    for (const value of row)
      bytes += typeof value === 'string' ? value.length : value instanceof Uint8Array ? value.byteLength : 8;
    if (bytes > outputLimitBytes) {
      throw new SqlError({
        sqlstate: '54000',
        message: `the result is larger than ${outputLimitBytes >> 20} MiB`,
        hint: 'Select fewer rows or columns.',
      });
    }
  }
  return { command, columns, types, rows, rowCount: rows.length, truncated };
}

/** The driver wants exactly the parameters a statement names; any other kind has no value here. */
function bindNamed(sql: string, named: Readonly<Record<string, SqlValue>>): Record<string, SqlValue>[] {
  const used = tokenize(sql).filter((token) => token.kind === 'param');
  for (const token of used) {
    if (!token.text.startsWith(':') || !Object.hasOwn(named, token.text.slice(1))) {
      throw new SqlError({
        sqlstate: '42P02',
        message: `there is no parameter ${token.text}`,
        hint: 'Write the value into the statement.',
      });
    }
  }
  return used.length === 0 ? [] : [named];
}

function toExactNumber(value: SqlValue): SqlValue {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
