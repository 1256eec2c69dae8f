/** Reads a CREATE TABLE: what a person wrote and what `sqlite_schema` holds. */

import { nameConstraints, toCheckedColumns } from '#lib/engine/sql/constraint-names.ts';
import { Cursor, type QualifiedName } from '#lib/engine/sql/cursor.ts';
import { acceptNullsDistinct } from '#lib/engine/sql/nulls-distinct.ts';
import { acceptOnConflict, parseColumn } from '#lib/engine/sql/parse-column.ts';
import { parseReference } from '#lib/engine/sql/parse-reference.ts';
import { duplicateColumn, syntaxError, unsupported } from '#lib/engine/sql/sql-problems.ts';
import type { ColumnDefinition, TableDefinition, UnnamedConstraint } from '#lib/engine/sql/table-definition.ts';
import { type Token, tokenize } from '#lib/engine/sql/tokenize.ts';

export interface CreateTable extends TableDefinition {
  readonly ifNotExists: boolean;
  /** The query of CREATE TABLE … AS; then there are no columns. */
  readonly query: string | null;
  readonly likes: readonly LikeClause[];
}

/** `LIKE other INCLUDING DEFAULTS …` inside a CREATE TABLE. */
export interface LikeClause {
  readonly source: QualifiedName;
  /** In lower case: `defaults`, `constraints`, `indexes`, `identity`, `generated`, `comments`. */
  readonly includes: ReadonlySet<string>;
  /** How many columns are written before it. */
  readonly position: number;
}

const likeParts = [
  'comments',
  'compression',
  'constraints',
  'defaults',
  'generated',
  'identity',
  'indexes',
  'statistics',
  'storage',
];

/** `foldsCase`: bare names become lower case, as PostgreSQL reads what a person writes. */
export function parseCreateTable(sql: string | readonly Token[], options: { foldsCase?: boolean } = {}): CreateTable {
  const cursor = new Cursor(typeof sql === 'string' ? tokenize(sql) : sql, options.foldsCase ?? false);
  cursor.expect('create');
  if (cursor.accept('temp') || cursor.accept('temporary'))
    throw unsupported('CREATE TEMPORARY TABLE', 'Use a WITH query, or a table.');
  cursor.accept('unlogged');
  cursor.expect('table');
  const ifNotExists = cursor.accept('if', 'not', 'exists');
  const { schema, name } = cursor.qualifiedName();
  if (cursor.accept('as')) {
    const query = cursor.rest().replace(/\s+with\s+(no\s+)?data\s*$/i, '');
    return { schema, name, columns: [], constraints: [], strict: false, withoutRowid: false, ifNotExists, query, likes: [] };
  }
  if (cursor.at('partition'))
    throw unsupported('PARTITION OF', 'Keep the rows in the parent table: CREATE TABLE … PARTITION BY is taken as one table.');
  const { columns, constraints, likes } = parseBody(cursor);
  let strict = false;
  let withoutRowid = false;
  while (!cursor.done) {
    if (cursor.accept('strict')) strict = true;
    else if (cursor.accept('without', 'rowid')) withoutRowid = true;
    else if (cursor.accept('with') || cursor.accept('partition', 'by')) {
      // Storage parameters and partitioning change nothing that a query can see.
      if (!cursor.at('(')) cursor.name();
      cursor.parenthesised();
    } else if (cursor.accept('tablespace')) cursor.name();
    else if (cursor.at('inherits')) throw unsupported('INHERITS', 'Repeat the columns, or reference the parent table.');
    else if (!cursor.accept(',')) throw syntaxError(cursor.peek());
  }
  return {
    schema,
    name,
    columns,
    constraints: nameConstraints(name, constraints),
    strict,
    withoutRowid,
    ifNotExists,
    query: null,
    likes,
  };
}

function parseBody(cursor: Cursor): { columns: ColumnDefinition[]; constraints: UnnamedConstraint[]; likes: LikeClause[] } {
  const likes: LikeClause[] = [];
  const columns: ColumnDefinition[] = [];
  const constraints: UnnamedConstraint[] = [];
  cursor.expect('(');
  while (!cursor.accept(')')) {
    if (cursor.accept('like')) likes.push(parseLike(cursor, columns.length));
    else if (atTableConstraint(cursor)) constraints.push(parseTableConstraint(cursor));
    else {
      const parsed = parseColumn(cursor);
      if (columns.some((column) => column.name.toLowerCase() === parsed.column.name.toLowerCase()))
        throw duplicateColumn(parsed.column.name);
      columns.push(parsed.column);
      constraints.push(...parsed.constraints);
    }
    // SQLite lets table constraints follow one another without a comma.
    if (!cursor.accept(',') && !cursor.at(')') && !atTableConstraint(cursor)) throw syntaxError(cursor.peek());
  }
  const names = columns.map((column) => column.name);
  return {
    columns,
    likes,
    constraints: constraints.map((constraint) =>
      constraint.kind === 'check' && constraint.columns.length === 0
        ? { ...constraint, columns: toCheckedColumns(constraint.expression ?? '', names) }
        : constraint,
    ),
  };
}

function parseLike(cursor: Cursor, position: number): LikeClause {
  const source = cursor.qualifiedName();
  const includes = new Set<string>();
  while (cursor.at('including') || cursor.at('excluding')) {
    const adds = cursor.accept('including');
    if (!adds) cursor.expect('excluding');
    const at = cursor.peek();
    const word = cursor.name();
    if (word !== 'all' && !likeParts.includes(word)) throw syntaxError(at);
    for (const part of word === 'all' ? likeParts : [word]) adds ? includes.add(part) : includes.delete(part);
  }
  return { source, includes, position };
}

function atTableConstraint(cursor: Cursor): boolean {
  if (cursor.at('constraint')) return true;
  return (
    cursor.at('primary', 'key') ||
    cursor.at('foreign', 'key') ||
    cursor.at('unique', '(') ||
    cursor.at('check', '(') ||
    cursor.at('exclude') ||
    cursor.at('unique', 'nulls')
  );
}

/** `[CONSTRAINT n] PRIMARY KEY (…) | UNIQUE (…) | FOREIGN KEY (…) REFERENCES … | CHECK (…)`. */
export function parseTableConstraint(cursor: Cursor): UnnamedConstraint {
  const name = cursor.accept('constraint') ? cursor.name() : null;
  const empty = { name, references: null, expression: null };
  if (cursor.accept('primary', 'key'))
    return finishKey(cursor, { ...empty, kind: 'primary key', columns: parseKeyColumns(cursor) });
  if (cursor.accept('unique')) {
    acceptNullsDistinct(cursor);
    return finishKey(cursor, { ...empty, kind: 'unique', columns: parseKeyColumns(cursor) });
  }
  if (cursor.accept('foreign', 'key')) {
    const columns = cursor.nameList();
    cursor.expect('references');
    return { ...empty, kind: 'foreign key', columns, references: parseReference(cursor) };
  }
  if (cursor.accept('check')) {
    const expression = cursor.parenthesised();
    cursor.accept('no', 'inherit');
    cursor.accept('not', 'valid');
    return { ...empty, kind: 'check', columns: [], expression };
  }
  if (cursor.at('exclude')) throw unsupported('EXCLUDE', 'Use a UNIQUE constraint or a trigger.');
  throw syntaxError(cursor.peek());
}

function finishKey(cursor: Cursor, constraint: UnnamedConstraint): UnnamedConstraint {
  acceptOnConflict(cursor);
  while (cursor.accept('not', 'deferrable') || cursor.accept('deferrable') || cursor.accept('initially', 'immediate'));
  return constraint;
}

/** `(a, b COLLATE NOCASE DESC)`; SQLite also allows AUTOINCREMENT inside. */
function parseKeyColumns(cursor: Cursor): string[] {
  cursor.expect('(');
  const columns: string[] = [];
  do {
    columns.push(cursor.name());
    if (cursor.accept('collate')) cursor.name();
    if (!cursor.accept('asc')) cursor.accept('desc');
    cursor.accept('autoincrement');
  } while (cursor.accept(','));
  cursor.expect(')');
  return columns;
}
