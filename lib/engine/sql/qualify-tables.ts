/** Points table names at the file itself (`main."t"`) where they stand as a table: what SECURITY DEFINER reads. */

import { quoteName, toName } from '#lib/engine/sql/quote.ts';
import { isTrivia, tokenize } from '#lib/engine/sql/tokenize.ts';

const beforeTable = new Set(['from', 'join', 'into', 'update']);
const endsFrom = new Set([
  'where',
  'group',
  'order',
  'having',
  'limit',
  'union',
  'except',
  'intersect',
  'returning',
  'set',
  'on',
  'using',
  'window',
]);

/** `stored`: lower-case names of the relations to qualify. */
export function qualifyTables(sql: string, stored: ReadonlySet<string>): string {
  const tokens = tokenize(sql);
  let previous = '';
  /** One entry per open parenthesis: whether a comma here separates tables. */
  const inFrom: boolean[] = [false];
  return tokens
    .map((token) => {
      if (isTrivia(token)) return token.text;
      const word = token.kind === 'word' ? token.text.toLowerCase() : '';
      const isTable = beforeTable.has(previous) || (previous === ',' && inFrom.at(-1) === true);
      if (token.text === '(') inFrom.push(false);
      else if (token.text === ')') inFrom.pop();
      else if (word === 'from' || word === 'join') inFrom[inFrom.length - 1] = true;
      else if (endsFrom.has(word)) inFrom[inFrom.length - 1] = word === 'on' || word === 'using';
      previous = token.kind === 'word' ? word : token.text;
      const name = token.kind === 'word' || token.kind === 'quoted' ? toName(token) : null;
      return isTable && name !== null && stored.has(name.toLowerCase()) ? `main.${quoteName(name)}` : token.text;
    })
    .join('');
}
