/** The body of a SQL function as it stands inside a guarded statement. */

import type { Catalog, SqlFunction, Table } from '#lib/engine/catalog/catalog.ts';
import { inlineFunctions } from '#lib/engine/catalog/inline-functions.ts';
import { toInlineContext } from '#lib/engine/catalog/load-catalog.ts';
import { quoteName, quoteText } from '#lib/engine/plan/quote.ts';
import { qualifyTables } from '#lib/engine/sql/qualify-tables.ts';
import { toArgument } from '#lib/engine/sql/rewrite/rewriter.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

/** Parameters are `:arg_<name>`. An invoker's body names walled tables; a definer's reads the file itself. */
export function toBody(catalog: Catalog, fn: SqlFunction, statement: string): string {
  const context = toInlineContext(catalog.tables, catalog.functions);
  const inlined = inlineFunctions(statement, context).trim().replace(/;$/, '');
  return fn.security === 'definer' ? qualifyTables(inlined, context.stored) : inlined;
}

/** The body of a function of one row, with that row's fields taken from `alias`. Throws 0A000 unless it is one SELECT. */
export function toRowBody(catalog: Catalog, fn: SqlFunction, table: Table, alias: string): string {
  const [only] = fn.statements;
  if (fn.statements.length !== 1 || only === undefined || !isQuery(only)) {
    throw new SqlError({
      sqlstate: '0A000',
      message: `function ${fn.name} must be a single SELECT to be used as a column or relationship`,
    });
  }
  const argument = fn.arguments[0];
  const parameter = toArgument(argument === undefined || argument.name === '' ? '$1' : argument.name);
  let body = toBody(catalog, fn, only);
  for (const column of table.columns) {
    body = body.replaceAll(`(${parameter} ->> ${quoteText(column.name)})`, `${quoteName(alias)}.${quoteName(column.name)}`);
  }
  if (!body.includes(parameter)) return body;
  const row = table.columns.map((column) => `${quoteText(column.name)}, ${quoteName(alias)}.${quoteName(column.name)}`);
  return body.replaceAll(parameter, `json_object(${row.join(', ')})`);
}

export function isQuery(sql: string): boolean {
  return /^\s*(?:--[^\n]*\n\s*)*(select|values|with\b(?![\s\S]*\b(?:insert\s+(?:or\s+\w+\s+)?into|replace\s+into|update|delete\s+from)\b))/i.test(
    sql,
  );
}

/** A function that returns one row returns a row of nulls where its query finds none. */
export function toOneRow(body: string): string {
  return `SELECT "~row".* FROM (SELECT 1) LEFT JOIN (SELECT * FROM (${body}) LIMIT 1) AS "~row"`;
}

/** The parameters a body reads its arguments from, without the colon. */
export function toParameterNames(fn: SqlFunction): string[] {
  return fn.arguments.map((argument, index) => toArgument(argument.name === '' ? `$${index + 1}` : argument.name).slice(1));
}
