/** Which columns are of a type, by the names a statement calls them. */

import type { Connection } from '#lib/engine/database.ts';
import { toName, unquoteName } from '#lib/engine/sql/quote.ts';
import { referencedNames } from '#lib/engine/sql/referenced-names.ts';
import { keywords } from '#lib/engine/sql/rewrite/keywords.ts';
import { isTrivia, tokenize } from '#lib/engine/sql/tokenize.ts';

/** For each table, in lower case, its columns and whether each is such a one. */
type Columns = ReadonlyMap<string, ReadonlyMap<string, boolean>>;

/** Whether this SQL is the name of such a column. */
export type IsColumn = (sql: string) => boolean;

export interface ColumnsOfType {
  /** For one statement or expression; `own` is the table an expression stands over. */
  within(sql: string, own?: string): IsColumn;
}

/** Null in a file that has no such column. */
export function readColumnsOfType(
  connection: Pick<Connection, 'all'>,
  isOfType: (typeText: string) => boolean,
): ColumnsOfType | null {
  const columns = new Map<string, Map<string, boolean>>();
  let found = false;
  const rows = connection.all(
    `SELECT m.name AS "table", x.name AS "column", x.type FROM main.sqlite_schema m JOIN pragma_table_xinfo(m.name) x WHERE m.type = 'table'`,
  );
  for (const row of rows) {
    const table = String(row.table).toLowerCase();
    const of = columns.get(table) ?? new Map<string, boolean>();
    const is = isOfType(String(row.type));
    found ||= is;
    columns.set(table, of.set(String(row.column).toLowerCase(), is));
  }
  return found ? { within: (sql, own) => within(columns, sql, own) } : null;
}

/** A name that could mean a column of another type as well is left alone. */
function within(columns: Columns, sql: string, own: string | undefined): IsColumn {
  const names = referencedNames(sql);
  const tables = [...columns.keys()].filter((table) => names.has(table) || table === own?.toLowerCase());
  const aliases = readAliases(sql, columns);
  return (text) => {
    const column = readColumn(text);
    if (column === null) return false;
    const { qualifier } = column;
    const candidates =
      qualifier === null ? tables : [...(aliases.get(qualifier) ?? []), ...(columns.has(qualifier) ? [qualifier] : [])];
    const kinds = candidates.map((table) => columns.get(table)?.get(column.name)).filter((is) => is !== undefined);
    return kinds.length > 0 && kinds.every((is) => is);
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

/** `o.total` or `"total"`; null for anything that is no bare name. */
export function readColumn(sql: string): { qualifier: string | null; name: string } | null {
  const match = /^(?:("(?:[^"]|"")*"|[\w$]+)\s*\.\s*)?("(?:[^"]|"")*"|[\w$]+)$/.exec(sql.trim());
  if (match?.[2] === undefined) return null;
  return {
    qualifier: match[1] === undefined ? null : unquoteName(match[1]).toLowerCase(),
    name: unquoteName(match[2]).toLowerCase(),
  };
}
