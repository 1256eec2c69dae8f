/**
 * INSERT, UPDATE and DELETE a person wrote, behind a caller's policies. Each stays one statement: the rows it would write
 * are first a relation of their own, checked by `require_policy`, which raises 42501.
 */

import type { Catalog, Table } from '#lib/engine/catalog/catalog.ts';
import { splitDataStatement, type DataStatement } from '#lib/engine/policies/split-data-statement.ts';
import { isUnwalled, toPredicate } from '#lib/engine/policies/predicate.ts';
import { requirePrivilege } from '#lib/engine/policies/privileges.ts';
import { wallsOf } from '#lib/engine/policies/walls.ts';
import { quoteName, quoteText } from '#lib/engine/plan/quote.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

export function guardData(catalog: Catalog, role: string, verb: 'insert' | 'update' | 'delete', sql: string): string {
  const statement = splitDataStatement(verb, sql);
  const table = [...catalog.tables.values()].find((item) => item.stored.toLowerCase() === statement.table.toLowerCase());
  if (table === undefined) throw new SqlError({ sqlstate: '42P01', message: `relation "${statement.table}" does not exist` });
  if (table.kind === 'view') throw new SqlError({ sqlstate: '0A000', message: `cannot write to view "${table.name}" in a statement` });
  requirePrivilege(catalog, table, role, verb, statement.columns);
  const reads = statement.returning !== '' || statement.where !== '';
  if (reads) requirePrivilege(catalog, table, role, 'select', []);
  if (isUnwalled(catalog, table, role)) return withWalls(catalog, role, sql, []) + sql;
  switch (verb) {
    case 'delete':
      return guardDelete(catalog, role, table, statement, reads);
    case 'update':
      return guardUpdate(catalog, role, table, statement, reads);
    case 'insert':
      return guardInsert(catalog, role, table, statement);
  }
}

/** `WITH …` for every relation the text reads, and for the given extra expressions. */
function withWalls(catalog: Catalog, role: string, sql: string, more: readonly string[]): string {
  const walls = wallsOf(catalog, role);
  const all = [...walls.around(walls.readBy(sql)).map((wall) => wall.sql), ...more];
  return all.length === 0 ? '' : `WITH ${all.join(', ')} `;
}

function predicateOf(catalog: Catalog, role: string, table: Table, command: 'insert' | 'update' | 'delete', part: 'using' | 'check', reads: boolean): string {
  const own = toPredicate(catalog, table, role, command, part);
  return reads ? `(${own}) AND (${toPredicate(catalog, table, role, 'select', 'using')})` : `(${own})`;
}

function guardDelete(catalog: Catalog, role: string, table: Table, statement: DataStatement, reads: boolean): string {
  const using = predicateOf(catalog, role, table, 'delete', 'using', reads);
  const where = statement.where === '' ? using : `CASE WHEN ${using} THEN (${statement.where}) END`;
  const sql = `DELETE FROM main.${quoteName(table.stored)}${aliasOf(table, statement)} WHERE ${where}${statement.returning}`;
  return withWalls(catalog, role, `${statement.where} ${using} ${statement.returning}`, []) + sql;
}

function guardUpdate(catalog: Catalog, role: string, table: Table, statement: DataStatement, reads: boolean): string {
  if (table.withoutRowid) throw new SqlError({ sqlstate: '0A000', message: `cannot update "${table.name}" as another role: it has no rowid` });
  const using = predicateOf(catalog, role, table, 'update', 'using', reads);
  const check = predicateOf(catalog, role, table, 'update', 'check', reads);
  const name = quoteName(statement.alias ?? table.stored);
  const proposed = table.columns.filter((column) => !column.generated).map((column) => {
    const set = statement.assignments.get(column.name.toLowerCase());
    return `${set ?? `${name}.${quoteName(column.name)}`} AS ${quoteName(column.name)}`;
  });
  const where = statement.where === '' ? using : `CASE WHEN ${using} THEN (${statement.where}) END`;
  const from = `main.${quoteName(table.stored)} AS ${name}${statement.from === '' ? '' : `, ${statement.from}`}`;
  const rows = `"~new" AS MATERIALIZED (SELECT ${name}.rowid AS "~id", ${proposed.join(', ')} FROM ${from} WHERE ${where})`;
  const checked = `(SELECT * FROM "~new" AS ${quoteName(table.stored)} WHERE require_policy((${check}) IS TRUE, ${quoteText(table.name)}))`;
  const set = [...statement.assignments.keys()].map((column) => `${quoteName(column)} = "~row".${quoteName(column)}`);
  const sql = `UPDATE main.${quoteName(table.stored)} AS ${name} SET ${set.join(', ')} FROM ${checked} AS "~row" WHERE ${name}.rowid = "~row"."~id"${statement.returning}`;
  return withWalls(catalog, role, `${statement.source} ${using} ${check}`, [rows]) + sql;
}

function guardInsert(catalog: Catalog, role: string, table: Table, statement: DataStatement): string {
  if (/\bdo\s+update\b/i.test(statement.conflict)) {
    throw new SqlError({ sqlstate: '0A000', message: 'ON CONFLICT DO UPDATE cannot run as another role in SQL', hint: 'Use the REST API: Prefer: resolution=merge-duplicates.' });
  }
  const check = predicateOf(catalog, role, table, 'insert', 'check', statement.returning !== '' || statement.conflict !== '');
  const given = statement.columns.length > 0 ? statement.columns : table.columns.filter((column) => !column.generated).map((column) => column.name);
  const proposed = table.columns.filter((column) => !column.generated).map((column) => {
    const index = given.findIndex((item) => item.toLowerCase() === column.name.toLowerCase());
    return index >= 0 ? `"~given".${quoteName(`c${index}`)} AS ${quoteName(column.name)}` : `${column.defaultSql ?? 'NULL'} AS ${quoteName(column.name)}`;
  });
  const written = table.columns.filter((column) => !column.generated && (column.defaultSql !== null || given.some((item) => item.toLowerCase() === column.name.toLowerCase())));
  const names = written.map((column) => quoteName(column.name)).join(', ');
  const source = `"~given"(${given.map((_, index) => quoteName(`c${index}`)).join(', ')}) AS MATERIALIZED (${statement.rows})`;
  const rows = `"~new" AS MATERIALIZED (SELECT ${proposed.join(', ')} FROM "~given")`;
  const sql = `INSERT INTO main.${quoteName(table.stored)}(${names}) SELECT ${names} FROM "~new" AS ${quoteName(table.stored)} WHERE require_policy((${check}) IS TRUE, ${quoteText(table.name)})${statement.conflict}${statement.returning}`;
  return withWalls(catalog, role, `${statement.source} ${check}`, [source, rows]) + sql;
}

function aliasOf(table: Table, statement: DataStatement): string {
  return ` AS ${quoteName(statement.alias ?? table.stored)}`;
}
