/** Which names in a statement could be relations: deliberately too many, so that no table escapes its wall. */

import { toName } from '#lib/engine/sql/quote.ts';
import { systemSchemas, toStoredName } from '#lib/engine/sql/stored-name.ts';
import { isTrivia, tokenize } from '#lib/engine/sql/tokenize.ts';

/** Every identifier in lower case, and for `schema.name` the stored name as well. */
export function referencedNames(sql: string): ReadonlySet<string> {
  const names = new Set<string>();
  const tokens = tokenize(sql).filter((token) => !isTrivia(token));
  tokens.forEach((token, index) => {
    // SQLite reads a double-quoted or single-quoted string as a name in some places.
    if (token.kind === 'string' && token.text.startsWith("'"))
      names.add(token.text.slice(1, -1).replaceAll("''", "'").toLowerCase());
    if (token.kind !== 'word' && token.kind !== 'quoted') return;
    const name = toName(token).toLowerCase();
    names.add(name);
    const next = tokens[index + 2];
    if (tokens[index + 1]?.text !== '.' || next === undefined || (next.kind !== 'word' && next.kind !== 'quoted')) return;
    const inner = toName(next).toLowerCase();
    names.add(`${name}.${inner}`);
    if (systemSchemas.has(name)) names.add(toStoredName(name, inner));
  });
  return names;
}
