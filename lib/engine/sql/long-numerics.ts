/** Which columns keep decimals beyond a double's 15 digits, by the names a statement calls them. */

import type { Connection } from '#lib/engine/database.ts';
import { toName, unquoteName } from '#lib/engine/sql/quote.ts';
import { referencedNames } from '#lib/engine/sql/referenced-names.ts';
import type { IsLongNumeric } from '#lib/engine/sql/rewrite/exact-numeric.ts';
import { keywords } from '#lib/engine/sql/rewrite/keywords.ts';
import type { ColumnDefinition } from '#lib/engine/sql/table-definition.ts';
import { isTrivia, tokenize } from '#lib/engine/sql/tokenize.ts';
import { isExactAsDouble, parseType } from '#lib/engine/types/declared-type.ts';

/** For each table, in lower case, its columns and whether each is such a one. */
type Columns = ReadonlyMap<string, ReadonlyMap<string, boolean>>;

const none = new Map<string, readonly string[]>();

function isLong(typeText: string): boolean {
  const type = parseType(typeText, none);
  return type.kind === 'numeric' && !isExactAsDouble(type);
}

/** Inside one table: what its CHECKs mean. */
export function inTable(columns: readonly Pick<ColumnDefinition, 'name' | 'typeText'>[]): IsLongNumeric {
  const long = new Set(columns.filter((column) => isLong(column.typeText)).map((column) => column.name.toLowerCase()));
  return (sql) => long.size > 0 && long.has(readColumn(sql)?.name ?? '');
}

export interface LongNumerics {
  /** For one statement or expression; `own` is the table an expression stands over. */
  within(sql: string, own?: string): IsLongNumeric;
}

/** Null in a file that has no such column. */
export function readLongNumerics(connection: Pick<Connection, 'all' | 'value'>): LongNumerics | null {
  const mentions = `SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND sql LIKE '%numeric%' LIMIT 1`;
  if (connection.value(mentions) === undefined) return null;
  const columns = new Map<string, Map<string, boolean>>();
  let found = false;
  const rows = connection.all(
    `SELECT m.name AS "table", x.name AS "column", x.type FROM main.sqlite_schema m JOIN pragma_table_xinfo(m.name) x WHERE m.type = 'table'`,
  );
  for (const row of rows) {
    const table = String(row.table).toLowerCase();
    const of = columns.get(table) ?? new Map<string, boolean>();
    const long = isLong(String(row.type));
    found ||= long;
    columns.set(table, of.set(String(row.column).toLowerCase(), long));
  }
  return found ? { within: (sql, own) => within(columns, sql, own) } : null;
}

/** A name that could mean a column of another type as well is left alone. */
function within(columns: Columns, sql: string, own: string | undefined): IsLongNumeric {
  const names = referencedNames(sql);
  const tables = [...columns.keys()].filter((table) => names.has(table) || table === own?.toLowerCase());
  const aliases = readAliases(sql, columns);
  return (text) => {
    const column = readColumn(text);
    if (column === null) return false;
    const { qualifier } = column;
    const candidates =
      qualifier === null ? tables : [...(aliases.get(qualifier) ?? []), ...(columns.has(qualifier) ? [qualifier] : [])];
    const kinds = candidates.map((table) => columns.get(table)?.get(column.name)).filter((long) => long !== undefined);
    return kinds.length > 0 && kinds.every((long) => long);
  };
}

/** `orders o`, `orders AS o`: what a table is called here, in lower case. */
function readAliases(sql: string, columns: Columns): Map<string, string[]> {
  const aliases = new Map<string, string[]>();
  const tokens = tokenize(sql).filter((token) => !isTrivia(token));
  tokens.forEach((token, at) => {
    if (token.kind !== 'word' && token.kind !== 'quoted') return;
    const table = toName(token).toLowerCase();
    if (!columns.has(table)) return;
    const next = tokens[at + 1]?.text.toLowerCase() === 'as' ? tokens[at + 2] : tokens[at + 1];
    if (next === undefined || (next.kind !== 'word' && next.kind !== 'quoted')) return;
    if (next.kind === 'word' && keywords.has(next.text.toLowerCase())) return;
    const alias = toName(next).toLowerCase();
    aliases.set(alias, [...(aliases.get(alias) ?? []), table]);
  });
  return aliases;
}

function readColumn(sql: string): { qualifier: string | null; name: string } | null {
  const match = /^(?:("(?:[^"]|"")*"|[\w$]+)\s*\.\s*)?("(?:[^"]|"")*"|[\w$]+)$/.exec(sql.trim());
  if (match?.[2] === undefined) return null;
  return {
    qualifier: match[1] === undefined ? null : unquoteName(match[1]).toLowerCase(),
    name: unquoteName(match[2]).toLowerCase(),
  };
}
