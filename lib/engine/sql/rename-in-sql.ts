/** Names replaced inside SQL that is kept as text: policies and views follow a renamed table or column, as PostgreSQL's do. */

import type { QualifiedName } from '#lib/engine/sql/cursor.ts';
import { quoteName, toName } from '#lib/engine/sql/quote.ts';
import { isTrivia, type Token, tokenize } from '#lib/engine/sql/tokenize.ts';

/** Every mention of the table, as a relation or before a column's dot. */
export function replaceTableName(sql: string, from: QualifiedName, to: QualifiedName): string {
  return replaceTokens(sql, (tokens, at) => {
    if (nameAt(tokens, at) !== from.name) return null;
    const qualified = tokens[at - 1]?.text === '.';
    const schema = qualified ? nameAt(tokens, at - 2) : 'public';
    if (schema !== from.schema) return null;
    if (qualified || to.schema === from.schema) return quoteName(to.name);
    return `${quoteName(to.schema)}.${quoteName(to.name)}`;
  });
}

/** `table.from` everywhere, and a bare `from` where `bare` says the column is the only one meant. */
export function replaceColumnName(sql: string, table: string, from: string, to: string, bare: boolean): string {
  return replaceTokens(sql, (tokens, at) => {
    if (nameAt(tokens, at) !== from || tokens[at + 1]?.text === '(' || tokens[at + 1]?.text === '.') return null;
    if (tokens[at - 1]?.text === '.') return nameAt(tokens, at - 2) === table ? quoteName(to) : null;
    return bare ? quoteName(to) : null;
  });
}

function nameAt(tokens: readonly Token[], at: number): string | null {
  const token = tokens[at];
  return token?.kind === 'word' || token?.kind === 'quoted' ? toName(token) : null;
}

function replaceTokens(sql: string, change: (tokens: readonly Token[], at: number) => string | null): string {
  const all = tokenize(sql);
  const significant = all.filter((token) => !isTrivia(token));
  const changed = new Map<Token, string>();
  significant.forEach((token, at) => {
    const text = change(significant, at);
    if (text !== null) changed.set(token, text);
  });
  return all.map((token) => changed.get(token) ?? token.text).join('');
}
