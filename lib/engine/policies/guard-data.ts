/**
 * INSERT, UPDATE and DELETE a person wrote, behind a caller's policies. Each stays one statement: the rows it would write
 * are first a relation of their own, checked by `require_policy`, which raises 42501.
 */

import type { Catalog, Command, Table } from '#lib/engine/catalog/catalog.ts';
import { quoteName, quoteText } from '#lib/engine/plan/quote.ts';
import { readsColumns } from '#lib/engine/policies/columns-read.ts';
import { isUnwalled, type PolicyPart, toPredicate } from '#lib/engine/policies/predicate.ts';
import { requirePrivilege } from '#lib/engine/policies/privileges.ts';
import { type Conflict, type DataStatement, splitDataStatement } from '#lib/engine/policies/split-data-statement.ts';
import { wallsOf } from '#lib/engine/policies/walls.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

export type DataVerb = 'insert' | 'update' | 'delete';

interface Guarding {
  readonly catalog: Catalog;
  readonly role: string;
  readonly table: Table;
  readonly statement: DataStatement;
  /** The statement's own `WITH` entries, as written. */
  readonly entries: string;
}

/** `sql` without its WITH clause, whose entries are `entries`. */
export function guardData(catalog: Catalog, role: string, verb: DataVerb, sql: string, entries = ''): string {
  const statement = splitDataStatement(verb, sql);
  const table = [...catalog.tables.values()].find((item) => item.stored.toLowerCase() === statement.table.toLowerCase());
  if (table === undefined) throw new SqlError({ sqlstate: '42P01', message: `relation "${statement.table}" does not exist` });
  if (table.kind === 'view')
    throw new SqlError({ sqlstate: '0A000', message: `cannot write to view "${table.name}" in a statement` });
  requirePrivilege(catalog, table, role, verb, statement.columns);
  const guarding: Guarding = { catalog, role, table, statement, entries };
  const reads = readsTarget(guarding);
  if (reads) requirePrivilege(catalog, table, role, 'select', []);
  const updated = statement.conflict?.assignments;
  if (updated) requirePrivilege(catalog, table, role, 'update', updated.keys());
  if (isUnwalled(catalog, table, role)) return withWalls(guarding, entries + sql, []) + sql;
  switch (verb) {
    case 'delete':
      return guardDelete(guarding, reads);
    case 'update':
      return guardUpdate(guarding, reads);
    case 'insert':
      return guardInsert(guarding);
  }
}

function readsTarget({ table, statement }: Guarding): boolean {
  const texts = [statement.returning, statement.where, ...statement.assignments.values()];
  return texts.some((text) => readsColumns(text, table)) || (statement.conflict !== null && statement.conflict.target !== '');
}

/** `WITH …` for every relation the text reads, the statement's own entries, and the given ones. */
function withWalls({ catalog, role, entries }: Guarding, sql: string, more: readonly string[]): string {
  const walls = wallsOf(catalog, role);
  const own = entries.replace(/^\s*recursive\b/i, '').trim();
  const all = [...walls.around(walls.readBy(`${sql} ${entries}`)).map((wall) => wall.sql), ...(own === '' ? [] : [own]), ...more];
  const recursive = /^\s*recursive\b/i.test(entries) ? 'RECURSIVE ' : '';
  return all.length === 0 ? '' : `WITH ${recursive}${all.join(', ')} `;
}

function predicateOf({ catalog, role, table }: Guarding, command: Command, part: PolicyPart, reads: boolean): string {
  const own = toPredicate(catalog, table, role, command, part);
  wallsOf(catalog, role).readByBody(own);
  return reads ? `(${own}) AND (${toPredicate(catalog, table, role, 'select', 'using')})` : `(${own})`;
}

/** A predicate speaks of its table by the table's name; a statement may have given it another. */
function onTarget({ table, statement }: Guarding, predicate: string): string {
  if (statement.alias === null || statement.alias.toLowerCase() === table.stored.toLowerCase()) return predicate;
  const own = quoteName(table.stored);
  const same = identity(table).map((column) => `${own}.${column} = ${quoteName(statement.alias ?? '')}.${column}`);
  return `EXISTS (SELECT 1 FROM main.${own} AS ${own} WHERE ${same.join(' AND ')} AND (${predicate}))`;
}

function identity(table: Table): string[] {
  return table.withoutRowid ? (table.primaryKey?.columns ?? []).map(quoteName) : ['rowid'];
}

/** The statement's own WHERE is evaluated on no row that the policy hides. */
function toWhere({ statement }: Guarding, using: string): string {
  return statement.where === '' ? using : `CASE WHEN ${using} THEN (${statement.where}) END`;
}

function guardDelete(guarding: Guarding, reads: boolean): string {
  const { table, statement } = guarding;
  const using = onTarget(guarding, predicateOf(guarding, 'delete', 'using', reads));
  const sql = `DELETE FROM main.${quoteName(table.stored)} AS ${targetName(guarding)} WHERE ${toWhere(guarding, using)}${statement.returning}`;
  return withWalls(guarding, `${statement.where} ${using} ${statement.returning}`, []) + sql;
}

function targetName({ table, statement }: Guarding): string {
  return quoteName(statement.alias ?? table.stored);
}

function guardUpdate(guarding: Guarding, reads: boolean): string {
  const { table, statement } = guarding;
  const using = onTarget(guarding, predicateOf(guarding, 'update', 'using', reads));
  const check = predicateOf(guarding, 'update', 'check', reads);
  const name = targetName(guarding);
  const keys = identity(table);
  const ids = keys.map((column, index) => `${name}.${column} AS "~k${index}"`);
  const proposed = table.columns
    .filter((column) => !column.generated)
    .map((column) => {
      const set = statement.assignments.get(column.name.toLowerCase());
      return `${set ?? `${name}.${quoteName(column.name)}`} AS ${quoteName(column.name)}`;
    });
  const from = `main.${quoteName(table.stored)} AS ${name}${statement.from === '' ? '' : `, ${statement.from}`}`;
  const rows = `"~new" AS MATERIALIZED (SELECT ${[...ids, ...proposed].join(', ')} FROM ${from} WHERE ${toWhere(guarding, using)})`;
  const checked = `(SELECT * FROM "~new" AS ${quoteName(table.stored)} WHERE require_policy((${check}) IS TRUE, ${quoteText(table.name)}))`;
  const set = [...statement.assignments.keys()].map((column) => `${quoteName(column)} = "~row".${quoteName(column)}`);
  const same = keys.map((column, index) => `${name}.${column} = "~row"."~k${index}"`);
  const sql = `UPDATE main.${quoteName(table.stored)} AS ${name} SET ${set.join(', ')} FROM ${checked} AS "~row" WHERE ${same.join(' AND ')}${statement.returning}`;
  return withWalls(guarding, `${statement.source} ${using} ${check}`, [rows]) + sql;
}

function guardInsert(guarding: Guarding): string {
  const { table, statement } = guarding;
  const { conflict } = statement;
  if (statement.alias !== null)
    throw new SqlError({ sqlstate: '0A000', message: 'INSERT with an alias cannot run as another role' });
  const check = predicateOf(
    guarding,
    'insert',
    'check',
    readsColumns(statement.returning, table) || (conflict !== null && conflict.target !== ''),
  );
  const own = table.columns.filter((column) => !column.generated);
  const given = statement.columns.length > 0 ? statement.columns : own.map((column) => column.name);
  const indexOf = (name: string) => given.findIndex((item) => item.toLowerCase() === name.toLowerCase());
  const proposed = own.map((column) => {
    const index = indexOf(column.name);
    return index >= 0
      ? `"~given".${quoteName(`c${index}`)} AS ${quoteName(column.name)}`
      : `${column.defaultSql ?? 'NULL'} AS ${quoteName(column.name)}`;
  });
  const written = own.filter((column) => column.defaultSql !== null || indexOf(column.name) >= 0);
  const names = written.map((column) => quoteName(column.name)).join(', ');
  const source = `"~given"(${given.map((_, index) => quoteName(`c${index}`)).join(', ')}) AS MATERIALIZED (${statement.rows})`;
  const rows = `"~new" AS MATERIALIZED (SELECT ${proposed.join(', ')} FROM "~given")`;
  const onConflict = conflict === null ? '' : toConflict(guarding, conflict);
  const sql = `INSERT INTO main.${quoteName(table.stored)}(${names}) SELECT ${names} FROM "~new" AS ${quoteName(table.stored)} WHERE require_policy((${check}) IS TRUE, ${quoteText(table.name)})${onConflict}${statement.returning}`;
  return withWalls(guarding, `${statement.source} ${check} ${onConflict}`, [source, rows]) + sql;
}

/** DO UPDATE never skips a row it may not change: the row in the way and the row it becomes are both required to pass. */
function toConflict(guarding: Guarding, conflict: Conflict): string {
  const { table } = guarding;
  const target = conflict.target === '' ? '' : ` ${conflict.target}`;
  const { assignments } = conflict;
  if (assignments === null) return ` ON CONFLICT${target} DO NOTHING`;
  const name = quoteName(table.stored);
  const require = (predicate: string) => `require_policy((${predicate}) IS TRUE, ${quoteText(table.name)})`;
  const result = table.columns
    .filter((column) => !column.generated)
    .map(
      (column) =>
        `${assignments.get(column.name.toLowerCase()) ?? `${name}.${quoteName(column.name)}`} AS ${quoteName(column.name)}`,
    );
  const existing = require(predicateOf(guarding, 'update', 'using', true));
  const becomes = `(SELECT ${require(predicateOf(guarding, 'update', 'check', true))} FROM (SELECT ${result.join(', ')}) AS ${name})`;
  const allowed = `CASE WHEN ${existing} THEN ${becomes} END`;
  const set = [...assignments].map(([column, value]) => `${quoteName(column)} = ${value}`);
  const where = conflict.where === '' ? allowed : `CASE WHEN (${conflict.where}) THEN ${allowed} END`;
  return ` ON CONFLICT${target} DO UPDATE SET ${set.join(', ')} WHERE ${where}`;
}
