/** PostgreSQL literals in `INSERT … VALUES` and `UPDATE … SET` as their columns store them: `'{a,b}'`, `'t'`, a moment without a zone. */

import type { CachingConnection } from '#lib/engine/connection.ts';
import { Cursor } from '#lib/engine/sql/cursor.ts';
import { toStringValue } from '#lib/engine/sql/quote.ts';
import { toLiteral } from '#lib/engine/sql/rewrite/cast.ts';
import { findRelation, type Relation } from '#lib/engine/sql/schema-facts.ts';
import { readSetClause } from '#lib/engine/sql/set-clause.ts';
import type { Statement } from '#lib/engine/sql/split-statements.ts';
import { isTrivia, type Token } from '#lib/engine/sql/tokenize.ts';
import { SqlError } from '#lib/engine/sql-error.ts';
import { canonicalExpression } from '#lib/engine/types/canonical-expression.ts';
import { parseType } from '#lib/engine/types/declared-type.ts';
import { encodeText } from '#lib/engine/types/encode.ts';
import type { SemanticType } from '#lib/engine/types/semantic-type.ts';

type Enums = ReadonlyMap<string, readonly string[]>;

interface Target {
  readonly relation: Relation;
  readonly types: ReadonlyMap<string, SemanticType>;
  readonly order: readonly string[];
  /** Columns GENERATED ALWAYS AS IDENTITY, in lower case. */
  readonly always: ReadonlySet<string>;
}

/** The statement's text with those literals replaced; throws PostgreSQL's class 22 errors for the ones that do not fit. */
export function encodeLiterals(connection: CachingConnection, statement: Statement, enums: Enums): string {
  const cursor = new Cursor(statement.tokens);
  const replaced = new Map<Token, string>();
  if (cursor.accept('with')) cursor.until((at) => at.at('insert') || at.at('replace') || at.at('update'));
  if (cursor.accept('insert')) {
    if (cursor.accept('or')) cursor.name();
  } else if (!cursor.accept('replace') && !cursor.at('update')) return statement.text;
  if (cursor.accept('into')) encodeInsert(connection, cursor, enums, replaced);
  else if (cursor.accept('update')) encodeUpdate(connection, cursor, enums, replaced);
  if (replaced.size === 0) return statement.text;
  return statement.tokens.map((token) => replaced.get(token) ?? token.text).join('');
}

function readTarget(connection: CachingConnection, cursor: Cursor, enums: Enums): Target | null {
  const relation = findRelation(connection, cursor.qualifiedName());
  if (relation === null || relation.kind !== 'table') return null;
  const rows = connection.all('SELECT name, type FROM pragma_table_xinfo(?) WHERE hidden <> 1', relation.stored);
  const types = new Map(rows.map((row) => [String(row.name).toLowerCase(), parseType(String(row.type), enums)]));
  const identities = connection.all(
    `SELECT name FROM main._koyalite_columns WHERE schema_name = ? AND table_name = ? AND identity = 'always'`,
    relation.schema,
    relation.name,
  );
  const always = new Set(identities.map((row) => String(row.name).toLowerCase()));
  return { relation, types, always, order: rows.map((row) => String(row.name).toLowerCase()) };
}

function encodeInsert(connection: CachingConnection, cursor: Cursor, enums: Enums, replaced: Map<Token, string>): void {
  const target = readTarget(connection, cursor, enums);
  if (target === null) return;
  if (cursor.accept('as')) cursor.name();
  const columns = cursor.at('(') ? cursor.nameList().map((name) => name.toLowerCase()) : target.order;
  const overrides = cursor.accept('overriding', 'system', 'value');
  const ignores = !overrides && cursor.accept('overriding', 'user', 'value');
  const given = overrides ? [] : columns.filter((column) => target.always.has(column));
  if (cursor.at('select') || cursor.at('with') || cursor.at('(')) {
    if (given[0] !== undefined) throw generatedAlways(given[0]);
    encodeQuery(cursor, target, columns, replaced);
    encodeSet(connection, cursor, target, replaced);
    return;
  }
  if (!cursor.accept('values')) return;
  do {
    const values = splitList(cursor.parenthesisedTokens());
    values.forEach((tokens, index) => {
      const column = columns[index];
      const only = tokens.filter((token) => !isTrivia(token));
      const isDefault = only.length === 1 && only[0]?.text.toLowerCase() === 'default';
      if (column !== undefined && given.includes(column) && !isDefault) {
        if (!ignores) throw generatedAlways(column);
        only.forEach((token, at) => {
          replaced.set(token, at === 0 ? 'NULL' : '');
        });
      } else if (column !== undefined) encodeValue(connection, target, column, tokens, replaced);
    });
  } while (cursor.accept(','));
  encodeSet(connection, cursor, target, replaced);
}

/** `INSERT … SELECT`: the rows pass through a query that makes each column canonical. */
function encodeQuery(cursor: Cursor, target: Target, columns: readonly string[], replaced: Map<Token, string>): void {
  const values = columns.map((column, index) => {
    const type = target.types.get(column);
    return type === undefined || keepsAnything(type) ? `c${index}` : toCanonical(type, `c${index}`);
  });
  const first = cursor.peek();
  const from = cursor.mark();
  cursor.until((at) => at.at('on', 'conflict') || at.at('returning'));
  const last = cursor.between(from, cursor.mark()).at(-1);
  if (first === null || last === undefined || values.every((value, index) => value === `c${index}`)) return;
  const names = columns.map((_, index) => `c${index}`).join(', ');
  // WHERE keeps SQLite from reading the ON of ON CONFLICT as that of a join.
  const head = `WITH "~rows" (${names}) AS (`;
  const tail = `) SELECT ${values.join(', ')} FROM "~rows" WHERE true`;
  replaced.set(first, first === last ? `${head}${first.text}${tail}` : `${head}${first.text}`);
  if (first !== last) replaced.set(last, `${last.text}${tail}`);
}

function encodeUpdate(connection: CachingConnection, cursor: Cursor, enums: Enums, replaced: Map<Token, string>): void {
  if (cursor.accept('or')) cursor.name();
  cursor.accept('only');
  const target = readTarget(connection, cursor, enums);
  if (target !== null) encodeSet(connection, cursor, target, replaced);
}

function encodeSet(connection: CachingConnection, cursor: Cursor, target: Target, replaced: Map<Token, string>): void {
  for (const { column, tokens } of readSetClause(cursor)) {
    if (target.always.has(column.toLowerCase()) && !/^\s*default\s*$/i.test(tokens.map((token) => token.text).join(''))) {
      throw new SqlError({
        sqlstate: '428C9',
        message: `column "${column}" can only be updated to DEFAULT`,
        details: `Column "${column}" is an identity column defined as GENERATED ALWAYS.`,
      });
    }
    encodeValue(connection, target, column.toLowerCase(), tokens, replaced);
  }
}

function encodeValue(
  connection: CachingConnection,
  target: Target,
  column: string,
  tokens: readonly Token[],
  replaced: Map<Token, string>,
): void {
  const significant = tokens.filter((token) => !isTrivia(token));
  const only = significant[0];
  const last = significant.at(-1);
  const type = target.types.get(column);
  if (only === undefined || last === undefined) return;
  if (significant.length > 1) {
    if (type !== undefined && !keepsAnything(type)) wrap(only, last, type, replaced);
    return;
  }
  if (only.kind === 'word' && only.text.toLowerCase() === 'default') {
    replaced.set(only, readDefault(connection, target, column));
    return;
  }
  if (type === undefined || type.kind === 'unknown') return;
  if (only.kind === 'string') replaced.set(only, toLiteral(encodeText(type, toStringValue(only.text))));
  // Digits beyond a double's, and a scale such as 1.10, live on as text.
  else if (only.kind === 'number' && type.kind === 'numeric') replaced.set(only, toLiteral(encodeText(type, only.text)));
}

/** Types whose columns SQLite's affinity already keeps as they should be. */
function keepsAnything(type: SemanticType): boolean {
  return (
    type.kind === 'unknown' ||
    type.kind === 'integer' ||
    type.kind === 'float' ||
    (type.kind === 'text' && type.length === undefined)
  );
}

/** An array made by an expression is JSON already; one that came as PostgreSQL's `{…}` is not. */
function toCanonical(type: SemanticType, sql: string): string {
  if (type.kind !== 'array') return canonicalExpression(type, sql);
  return `(SELECT CASE WHEN json_valid(v) AND json_type(v) = 'array' THEN v ELSE ${canonicalExpression(type, 'v')} END FROM (SELECT ${sql} AS v))`;
}

/** An expression is checked and made canonical when its value is known. */
function wrap(first: Token, last: Token, type: SemanticType, replaced: Map<Token, string>): void {
  const [before = '', after = ''] = toCanonical(type, '\0').split('\0');
  replaced.set(first, `${before}${first.text}`);
  replaced.set(last, first === last ? `${before}${first.text}${after}` : `${last.text}${after}`);
}

/** SQLite has no DEFAULT in VALUES; NULL stands for it where the rowid is assigned. */
function readDefault(connection: CachingConnection, target: Target, column: string): string {
  const { schema, name, stored } = target.relation;
  const note = connection.value(
    'SELECT default_sql FROM main._koyalite_columns WHERE schema_name = ? AND table_name = ? AND name = ? COLLATE NOCASE',
    schema,
    name,
    column,
  );
  const physical = connection.value('SELECT dflt_value FROM pragma_table_xinfo(?) WHERE name = ? COLLATE NOCASE', stored, column);
  const text = note ?? physical;
  return typeof text === 'string' ? `(${text})` : 'NULL';
}

function splitList(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.text === '(' || token.text === '[') depth += 1;
    if (token.text === ')' || token.text === ']') depth -= 1;
    if (depth === 0 && token.kind === 'operator' && token.text === ',') parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

function generatedAlways(column: string): SqlError {
  return new SqlError({
    sqlstate: '428C9',
    message: `cannot insert a non-DEFAULT value into column "${column}"`,
    details: `Column "${column}" is an identity column defined as GENERATED ALWAYS.`,
    hint: 'Use OVERRIDING SYSTEM VALUE to override.',
  });
}
