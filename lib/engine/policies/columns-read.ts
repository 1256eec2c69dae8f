/** Whether SQL reads a column of a table: then PostgreSQL asks for the SELECT policies of the rows it touches as well. */

import type { Table } from '#lib/engine/catalog/catalog.ts';
import { toName } from '#lib/engine/sql/quote.ts';
import { isTrivia, tokenize } from '#lib/engine/sql/tokenize.ts';

/** Errs on the strict side: a column of that name in a sub-query counts too. */
export function readsColumns(sql: string, table: Table): boolean {
  if (sql === '') return false;
  const names = new Set(table.columns.map((column) => column.name.toLowerCase()));
  const tokens = tokenize(sql).filter((token) => !isTrivia(token));
  return tokens.some((token, index) => {
    if (token.text === '*') return isStar(tokens[index - 1]?.text.toLowerCase());
    if (token.kind !== 'word' && token.kind !== 'quoted') return false;
    const name = toName(token).toLowerCase();
    return names.has(name) || /^(_?rowid_?|oid)$/.test(name);
  });
}

/** A star that stands for columns, not for multiplication. */
function isStar(previous: string | undefined): boolean {
  return previous === undefined || previous === ',' || previous === '.' || previous === 'returning' || previous === 'select';
}
