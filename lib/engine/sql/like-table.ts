/** CREATE TABLE … (LIKE other INCLUDING …): columns, keys, checks and indexes taken from a table that is there. */

import type { CachingConnection } from '#lib/engine/connection.ts';
import { nameConstraints } from '#lib/engine/sql/constraint-names.ts';
import { Cursor } from '#lib/engine/sql/cursor.ts';
import type { CreateTable, LikeClause } from '#lib/engine/sql/parse-create-table.ts';
import { quoteName } from '#lib/engine/sql/quote.ts';
import { getRelation, type Relation, readEnums, toDefinition } from '#lib/engine/sql/schema-facts.ts';
import { duplicateColumn } from '#lib/engine/sql/sql-problems.ts';
import type { ColumnDefinition, TableConstraint, UnnamedConstraint } from '#lib/engine/sql/table-definition.ts';
import { tokenize } from '#lib/engine/sql/tokenize.ts';
import { SqlError } from '#lib/engine/sql-error.ts';
import { parseType } from '#lib/engine/types/declared-type.ts';
import { shortName } from '#lib/engine/types/type-names.ts';

/** The table with what its LIKE clauses take; foreign keys are never taken, as in PostgreSQL. Throws 42P01. */
export function expandLikes(connection: CachingConnection, written: CreateTable): CreateTable {
  if (written.likes.length === 0) return written;
  const columns = [...written.columns];
  const constraints = [...written.constraints];
  for (const clause of written.likes.toReversed()) {
    const source = getTable(connection, clause);
    const taken = toColumns(connection, source, clause.includes);
    for (const column of taken)
      if (columns.some((other) => other.name.toLowerCase() === column.name.toLowerCase())) throw duplicateColumn(column.name);
    columns.splice(clause.position, 0, ...taken);
    constraints.push(...toConstraints(written.name, source, clause.includes, constraints));
  }
  return { ...written, columns, constraints };
}

function getTable(connection: CachingConnection, clause: LikeClause): Relation {
  const source = getRelation(connection, clause.source);
  if (source.kind !== 'table') throw new SqlError({ sqlstate: '42809', message: `"${source.name}" is not a table` });
  return source;
}

function toColumns(connection: CachingConnection, source: Relation, includes: ReadonlySet<string>): ColumnDefinition[] {
  const enums = readEnums(connection);
  return toDefinition(source).columns.map((column) => {
    const note = connection.get(
      'SELECT type, default_sql, identity, domain FROM main._koyalite_columns WHERE schema_name = ? AND table_name = ? AND name = ?',
      source.schema,
      source.name,
      column.name,
    );
    const domain = typeof note?.domain === 'string' ? note.domain : null;
    const type =
      column.autoincrement && typeof note?.type === 'string' ? note.type : shortName(parseType(column.typeText, enums));
    const fallback = typeof note?.default_sql === 'string' ? note.default_sql : column.default;
    const identity = note?.identity === 'always' ? 'always' : column.autoincrement ? 'by default' : null;
    return {
      ...column,
      // Its checks come with the constraints, or else with the domain.
      typeText: domain !== null && !includes.has('constraints') ? domain : type,
      ...(domain !== null && includes.has('constraints') ? { domain } : {}),
      default: includes.has('defaults') ? fallback : null,
      generated: includes.has('generated') ? column.generated : null,
      identity: includes.has('identity') && includes.has('indexes') ? identity : null,
      autoincrement: false,
      primaryKey: false,
      unique: false,
      check: [],
      references: null,
    };
  });
}

/** Checks keep their names, keys get new ones. */
function toConstraints(
  table: string,
  source: Relation,
  includes: ReadonlySet<string>,
  taken: readonly TableConstraint[],
): TableConstraint[] {
  const copied = toDefinition(source).constraints.flatMap((constraint): UnnamedConstraint[] => {
    if (constraint.kind === 'check') return includes.has('constraints') ? [constraint] : [];
    if (constraint.kind === 'foreign key' || !includes.has('indexes')) return [];
    return [{ ...constraint, name: null }];
  });
  return nameConstraints(
    table,
    copied,
    taken.map((constraint) => constraint.name),
  );
}

/** Indexes and comments, once the new table is there. */
export function copyLikeExtras(connection: CachingConnection, written: CreateTable, stored: string): void {
  for (const clause of written.likes) {
    const source = getTable(connection, clause);
    if (clause.includes.has('indexes')) copyIndexes(connection, source, written.name, stored);
    if (!clause.includes.has('comments')) continue;
    connection.run(
      `UPDATE main._koyalite_columns AS made SET comment = (SELECT comment FROM main._koyalite_columns AS old
         WHERE old.schema_name = ? AND old.table_name = ? AND old.name = made.name)
       WHERE made.schema_name = ? AND made.table_name = ? AND made.comment IS NULL`,
      source.schema,
      source.name,
      written.schema,
      written.name,
    );
  }
}

function copyIndexes(connection: CachingConnection, source: Relation, table: string, stored: string): void {
  const rows = connection.all(
    `SELECT name, sql FROM main.sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL ORDER BY rowid`,
    source.stored,
  );
  for (const row of rows) {
    const cursor = new Cursor(tokenize(String(row.sql)), false);
    cursor.until((at) => at.at('on'));
    cursor.expect('on');
    cursor.name();
    const columns = connection.all('SELECT coalesce(name, ?) AS name FROM pragma_index_info(?)', 'expr', String(row.name));
    const base = `${table}_${columns.map((column) => column.name).join('_')}_idx`;
    let name = base;
    for (let number = 1; isTaken(connection, name); number += 1) name = `${base}${number}`;
    const unique = /^create\s+unique/i.test(String(row.sql)) ? 'UNIQUE ' : '';
    connection.exec(`CREATE ${unique}INDEX ${quoteName(name)} ON ${quoteName(stored)} ${cursor.rest()}`);
  }
}

function isTaken(connection: CachingConnection, name: string): boolean {
  return connection.get('SELECT 1 FROM main.sqlite_schema WHERE name = ? COLLATE NOCASE', name) !== undefined;
}
