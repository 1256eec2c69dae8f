/**
 * A table made anew under its old name with its rows, indexes and triggers: what SQLite's ALTER TABLE cannot do.
 *
 * SQLite's documented procedure turns foreign keys off, which a running transaction cannot. Dropping a parent with them on
 * would delete its children's rows, so every table that references it, at any distance, is rebuilt along with it: new ones
 * reference new ones, old ones go from the leaves up, and at no moment does a row of one reference a row of the other.
 */

import type { CachingConnection } from '#lib/engine/connection.ts';
import { detachSelfReferences } from '#lib/engine/sql/alter/detach-self-references.ts';
import { parseCreateTable } from '#lib/engine/sql/parse-create-table.ts';
import { quoteName } from '#lib/engine/sql/quote.ts';
import { renderCreateTable } from '#lib/engine/sql/render-create-table.ts';
import type { TableDefinition } from '#lib/engine/sql/table-definition.ts';
import { toSqlError } from '#lib/engine/sql/to-sql-error.ts';
import { isSqlError, SqlError } from '#lib/engine/sql-error.ts';

interface Part {
  readonly stored: string;
  readonly temporary: string;
  readonly before: TableDefinition;
  readonly after: TableDefinition;
  /** Indexes, then triggers, in order of creation. */
  readonly attached: readonly string[];
  readonly sequence: unknown;
}

/** `copy` gives, for columns of the new table, the SQL over the old row that fills them; others keep their value or take their default. */
export function rebuildTable(
  connection: CachingConnection,
  stored: string,
  definition: TableDefinition,
  copy: ReadonlyMap<string, string> = new Map(),
): void {
  const parts = collectParts(connection, stored, definition);
  const renamed = new Map(parts.map((part) => [part.stored.toLowerCase(), part.temporary]));
  connection.exec('PRAGMA defer_foreign_keys = ON; PRAGMA legacy_alter_table = ON');
  try {
    for (const part of parts) connection.exec(renderCreateTable(part.temporary, redirect(part.after, renamed)));
    for (const part of parts) copyRows(connection, part, part.stored === stored ? copy : new Map());
    for (const part of leavesFirst(parts)) {
      detachSelfReferences(connection, part.stored, part.before);
      connection.exec(`DROP TABLE main.${quoteName(part.stored)}`);
    }
    for (const part of parts)
      connection.exec(`ALTER TABLE main.${quoteName(part.temporary)} RENAME TO ${quoteName(part.stored)}`);
    for (const part of parts) {
      if (part.sequence !== undefined)
        connection.run('UPDATE main.sqlite_sequence SET seq = ? WHERE name = ?', Number(part.sequence), part.stored);
      for (const sql of part.attached) attach(connection, sql, part);
    }
  } finally {
    connection.exec('PRAGMA legacy_alter_table = OFF');
  }
}

function collectParts(connection: CachingConnection, stored: string, definition: TableDefinition): Part[] {
  const tables = connection.all(
    `SELECT name, sql FROM main.sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
  );
  const definitions = new Map(tables.map((row) => [String(row.name), parseCreateTable(String(row.sql))]));
  const reached = new Set([stored]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const [name, table] of definitions) {
      if (
        reached.has(name) ||
        !table.constraints.some((constraint) => constraint.references !== null && hasName(reached, constraint.references.table))
      )
        continue;
      reached.add(name);
      grew = true;
    }
  }
  const sequences = connection.get(`SELECT 1 FROM main.sqlite_schema WHERE name = 'sqlite_sequence'`) !== undefined;
  return [...reached].map((name) => {
    const before = definitions.get(name);
    if (before === undefined) throw new SqlError({ sqlstate: '42P01', message: `relation "${name}" does not exist` });
    return {
      stored: name,
      temporary: `${name}~new`,
      before,
      after: name === stored ? definition : before,
      attached: connection
        .all(
          `SELECT sql FROM main.sqlite_schema WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY type = 'trigger', rowid`,
          name,
        )
        .map((row) => String(row.sql)),
      sequence: sequences ? connection.value('SELECT seq FROM main.sqlite_sequence WHERE name = ?', name) : undefined,
    };
  });
}

function redirect(definition: TableDefinition, renamed: ReadonlyMap<string, string>): TableDefinition {
  const constraints = definition.constraints.map((constraint) => {
    const to = constraint.references === null ? undefined : renamed.get(constraint.references.table.toLowerCase());
    return constraint.references === null || to === undefined
      ? constraint
      : { ...constraint, references: { ...constraint.references, table: to } };
  });
  return { ...definition, constraints };
}

function copyRows(connection: CachingConnection, part: Part, copy: ReadonlyMap<string, string>): void {
  const old = new Map(part.before.columns.map((column) => [column.name.toLowerCase(), column]));
  const pairs: [string, string][] = [];
  for (const column of part.after.columns) {
    if (column.generated !== null) continue;
    const given = copy.get(column.name);
    if (given !== undefined) pairs.push([quoteName(column.name), given]);
    else if (old.has(column.name.toLowerCase())) pairs.push([quoteName(column.name), quoteName(column.name)]);
  }
  const hasRowid = (definition: TableDefinition) =>
    !definition.withoutRowid && !definition.columns.some((column) => column.name.toLowerCase() === 'rowid');
  const isAlias = part.after.columns.some(
    (column) => column.autoincrement || (column.typeText.toLowerCase() === 'integer' && isOnlyKey(part.after, column.name)),
  );
  // Without a rowid alias the hidden rowid is kept: it is the order rows are read in.
  if (hasRowid(part.before) && hasRowid(part.after) && !isAlias) pairs.push(['rowid', 'rowid']);
  const [columns, values] = [pairs.map(([column]) => column).join(', '), pairs.map(([, value]) => value).join(', ')];
  if (pairs.length === 0) return;
  try {
    connection.exec(
      `INSERT INTO main.${quoteName(part.temporary)} (${columns}) SELECT ${values} FROM main.${quoteName(part.stored)} ORDER BY ${hasRowid(part.before) ? 'rowid' : 1}`,
    );
  } catch (error) {
    throw toAlterError(error, part);
  }
}

function isOnlyKey(definition: TableDefinition, column: string): boolean {
  const key = definition.constraints.find((constraint) => constraint.kind === 'primary key');
  return key?.columns.length === 1 && key.columns[0]?.toLowerCase() === column.toLowerCase();
}

/** What PostgreSQL says when the rows there do not fit the new shape. */
function toAlterError(error: unknown, part: Part): SqlError {
  const made = toSqlError(error);
  const text = isSqlError(error) ? made.message : error instanceof Error ? error.message : '';
  if (made.sqlstate === '23502') {
    const column = /column "(.+?)"/.exec(made.message)?.[1] ?? '';
    return new SqlError({
      sqlstate: '23502',
      message: `column "${column}" of relation "${part.before.name}" contains null values`,
      cause: error,
    });
  }
  if (made.sqlstate === '23514') {
    const name = /failed: (.+)$/.exec(text)?.[1] ?? '';
    return new SqlError({
      sqlstate: '23514',
      message: `check constraint "${name}" of relation "${part.before.name}" is violated by some row`,
      cause: error,
    });
  }
  if (made.sqlstate === '23505') {
    const failed = (/failed: (.+)$/.exec(text)?.[1] ?? '')
      .split(', ')
      .map((column) => column.slice(column.lastIndexOf('.') + 1).toLowerCase());
    const key = part.after.constraints.find(
      (constraint) =>
        (constraint.kind === 'unique' || constraint.kind === 'primary key') &&
        constraint.columns.map((column) => column.toLowerCase()).join() === failed.join(),
    );
    return new SqlError({
      sqlstate: '23505',
      message: `could not create unique index "${key?.name ?? part.before.name}"`,
      details: `Key (${failed.join(', ')}) is duplicated.`,
      cause: error,
    });
  }
  return made;
}

/** Children before the parents they reference; where they reference each other, as they come. */
function leavesFirst(parts: readonly Part[]): Part[] {
  const left = new Map(parts.map((part) => [part.stored, part]));
  const order: Part[] = [];
  while (left.size > 0) {
    const isParent = (name: string) =>
      [...left.values()].some(
        (part) =>
          part.stored !== name &&
          part.before.constraints.some((constraint) => constraint.references?.table.toLowerCase() === name.toLowerCase()),
      );
    const next = [...left.values()].find((part) => !isParent(part.stored)) ?? [...left.values()][0];
    if (next === undefined) break;
    order.push(next);
    left.delete(next.stored);
  }
  return order;
}

/** An index goes with the column it was over, as in PostgreSQL. */
function attach(connection: CachingConnection, sql: string, part: Part): void {
  try {
    connection.exec(sql);
  } catch (error) {
    const lost = part.before.columns.length > part.after.columns.length;
    if (lost && /^create\s+(?:unique\s+)?index/i.test(sql) && toSqlError(error).sqlstate === '42703') return;
    throw error;
  }
}

function hasName(names: ReadonlySet<string>, name: string): boolean {
  return [...names].some((known) => known.toLowerCase() === name.toLowerCase());
}
