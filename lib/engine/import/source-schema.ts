/** Reads and vets what a foreign SQLite file defines: what is taken over, and with which SQL. */

import { nameConstraints } from '#lib/engine/import/name-constraints.ts';
import { quoteName, quoteString, type SqliteToken, toSqliteTokens, unquoteName } from '#lib/engine/import/sqlite-tokens.ts';
import type { SqliteHandle } from '#lib/engine/open-file.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

export type SourceKind = 'table' | 'virtual' | 'index' | 'view' | 'trigger';

export interface SourceObject {
  readonly kind: SourceKind;
  readonly name: string;
  /** One statement that makes it in the main database. */
  readonly sql: string;
}

interface SchemaRow {
  type: string;
  name: string;
  tbl_name: string;
  sql: string | null;
  shadow: number;
}

/** System tables, schema tables and pragma functions: nothing foreign may name them. */
const reserved = /\b(?:_koyalite_|sqlite_|pragma_)\w*/i;
const skipped = /^(?:_koyalite_|sqlite_)/i;

const schemaSql = `
SELECT type, name, tbl_name, sql,
  name IN (SELECT name FROM pragma_table_list WHERE schema = 'source' AND type = 'shadow') AS shadow
FROM source.sqlite_schema ORDER BY rowid`;

/** In the order they were made. `source` is the schema name the file is attached under. */
export function readSourceSchema(handle: SqliteHandle): SourceObject[] {
  const rows = handle.prepare(schemaSql).all() as SchemaRow[];
  return rows
    .filter((row) => row.sql !== null && row.shadow === 0 && !skipped.test(row.name) && !skipped.test(row.tbl_name))
    .map(toObject);
}

function toObject(row: SchemaRow): SourceObject {
  // `sqlite_sequence` and the like are skipped above; here somebody else's statement speaks of them.
  if (reserved.test(row.sql ?? '')) throw refused(row, `it refers to ${reserved.exec(row.sql ?? '')?.[0]}`);
  if (row.name.includes('.') || row.name.includes('\0')) throw refused(row, 'its name has a dot', '42602');
  const tokens = mendQuotes(toSqliteTokens(row.sql ?? ''));
  const kind = readKind(row, tokens);
  const text = tokens.map((token) => token.text).join('');
  if (kind === 'virtual' && !/\busing\s+fts5\b/i.test(text))
    throw refused(row, 'only FTS5 virtual tables can be imported', '0A000');
  return { kind, name: row.name, sql: kind === 'table' ? nameConstraints(row.name, tokens) : text };
}

/** The statement must open as its row says it does, so that it can make nothing else: no `AS SELECT`, no TEMP, no other name. */
function readKind(row: SchemaRow, tokens: readonly SqliteToken[]): SourceKind {
  const [create, ...rest] = tokens.filter((token) => token.kind !== 'blank');
  const words = rest.map((token) => (token.kind === 'word' ? token.text.toUpperCase() : token.text));
  const kind = row.type === 'table' && words[0] === 'VIRTUAL' ? 'virtual' : row.type;
  const opening = kind === 'virtual' ? 2 : kind === 'index' && words[0] === 'UNIQUE' ? 2 : 1;
  const conditional = words.slice(opening, opening + 3).join(' ') === 'IF NOT EXISTS' ? 3 : 0;
  const at = opening + conditional;
  const follows = words[at + 1] ?? '';
  const sound =
    create?.text.toUpperCase() === 'CREATE' &&
    isKind(kind) &&
    words[opening - 1] === (kind === 'virtual' ? 'TABLE' : kind.toUpperCase()) &&
    unquoteName(rest[at]?.text ?? '') === row.name &&
    (kind !== 'table' || follows === '(');
  if (!sound) throw refused(row, 'its definition is not an ordinary CREATE statement');
  return kind;
}

function isKind(kind: string): kind is SourceKind {
  return ['table', 'virtual', 'index', 'view', 'trigger'].includes(kind);
}

/** Brackets and backticks become standard quotes; `DEFAULT "text"`, which old SQLite took for a string, becomes one. */
function mendQuotes(tokens: readonly SqliteToken[]): SqliteToken[] {
  let previous = '';
  return tokens.map((token) => {
    if (token.kind === 'blank') return token;
    const afterDefault = previous === 'DEFAULT';
    previous = token.kind === 'word' ? token.text.toUpperCase() : '';
    if (token.kind !== 'name') return token;
    const name = unquoteName(token.text);
    return afterDefault ? { kind: 'string', text: quoteString(name) } : { kind: 'name', text: quoteName(name) };
  });
}

function refused(row: SchemaRow, why: string, sqlstate = '42501'): SqlError {
  return new SqlError({
    sqlstate,
    message: `cannot import ${row.type} "${row.name}": ${why}`,
    hint: 'Drop or rename it in the source file and import again.',
  });
}

/** Throws 42P07 (42710 for a trigger) when a name is taken in the main database. */
export function requireFreeNames(handle: SqliteHandle, objects: readonly SourceObject[]): void {
  const taken = new Set(handle.prepare('SELECT lower(name) FROM main.sqlite_schema').pluck().all());
  for (const { kind, name } of objects) {
    if (!taken.has(name.toLowerCase())) continue;
    const trigger = kind === 'trigger';
    throw new SqlError({
      sqlstate: trigger ? '42710' : '42P07',
      message: trigger ? `trigger "${name}" already exists` : `relation "${name}" already exists`,
      hint: 'Rename or drop one of the two; nothing was imported.',
    });
  }
}
