/** A type as it is written: `uuid`, `varchar(20)`, `timestamp with time zone`, `"My Enum"`, `public.status`, `text[]`. */

import type { Cursor } from '#lib/engine/sql/cursor.ts';
import { unquoteName } from '#lib/engine/sql/quote.ts';

const ends = new Set(
  'constraint primary not null unique check default collate references generated as on using set returns language immutable stable volatile strict security called rows cost parallel leakproof window external return begin support transform'.split(
    ' ',
  ),
);

/** Schemas whose types are known by their bare name. */
export const droppedSchemas: ReadonlySet<string> = new Set(['public', 'pg_catalog', 'extensions']);

/** Empty when no type comes next. Always unquoted; a leading `public.` or `pg_catalog.` is dropped. */
export function parseTypeText(cursor: Cursor): string {
  const parts: string[] = [];
  for (;;) {
    const token = cursor.peek();
    if (token === null) break;
    if (token.kind === 'word') {
      if (ends.has(token.text.toLowerCase())) break;
      if (parts.length > 0 && token.text.toLowerCase() === 'array') {
        cursor.next();
        parts.push('[]');
        continue;
      }
      cursor.next();
      parts.push(token.text);
    } else if (token.kind === 'quoted' || (token.kind === 'string' && token.text.startsWith("'") && parts.length === 0)) {
      cursor.next();
      parts.push(unquoteName(token.kind === 'string' ? `"${token.text.slice(1, -1)}"` : token.text));
    } else if (token.text === '.' && parts.length === 1) {
      cursor.next();
      const schema = parts.pop() ?? '';
      const name = cursor.name();
      parts.push(droppedSchemas.has(schema) ? name : `${schema}.${name}`);
    } else break;
    if (cursor.at('(') && !cursor.at('(', ')')) parts.push(`(${cursor.parenthesised().replace(/\s+/g, '')})`);
    while (cursor.at('[')) {
      cursor.next();
      if (cursor.peek()?.kind === 'number') cursor.next();
      cursor.expect(']');
      parts.push('[]');
    }
  }
  return parts.map((part, index) => (index === 0 || part === '[]' || part.startsWith('(') ? part : ` ${part}`)).join('');
}
