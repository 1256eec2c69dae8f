/** Whether an expression could raise an error on some row: the line between a flattened wall and a fenced one. */

import { pureFunctions } from '#lib/engine/functions/functions-list.ts';
import { tokenize } from '#lib/engine/sql/tokenize.ts';

const keywordsBeforeParenthesis = new Set([
  'and',
  'or',
  'not',
  'in',
  'exists',
  'select',
  'from',
  'where',
  'on',
  'when',
  'then',
  'else',
  'case',
  'as',
  'values',
  'join',
  'union',
  'all',
  'using',
  'between',
  'is',
  'by',
  'having',
  'distinct',
  'like',
  'filter',
  'over',
  'except',
  'intersect',
  'with',
]);

/** Operators that raise on malformed JSON text. */
const raisingOperators = new Set(['->', '->>']);
const raisingWords = new Set(['match', 'glob', 'regexp', 'raise']);

export function mayRaise(sql: string): boolean {
  const tokens = tokenize(sql).filter((token) => token.kind !== 'space' && token.kind !== 'comment');
  return tokens.some((token, index) => {
    if (token.kind === 'operator') return raisingOperators.has(token.text) && !startsAtClaim(tokens, index);
    if (token.kind !== 'word' && token.kind !== 'quoted') return false;
    const word = token.text.toLowerCase();
    if (raisingWords.has(word)) return true;
    const argument = tokens[index + 2]?.text ?? '';
    const called = tokens[index + 1]?.text === '(' && !argument.startsWith(':auth_') && !argument.startsWith(':request_');
    return called && !keywordsBeforeParenthesis.has(word) && !pureFunctions.has(word) && !isTableAlias(tokens[index - 1]?.text);
  });
}

/** Reading the claims never raises on a row: `:auth_jwt -> 'app_metadata' ->> 'team'`, grouped or not. */
function startsAtClaim(tokens: readonly { kind: string; text: string }[], operator: number): boolean {
  let index = operator - 1;
  for (let token = tokens[index]; token !== undefined; token = tokens[--index]) {
    const passed =
      token.kind === 'string' ||
      token.kind === 'number' ||
      raisingOperators.has(token.text) ||
      /^(\(|\)|select)$/i.test(token.text);
    if (!passed) return token.text.startsWith(':auth_') || token.text.startsWith(':request_');
  }
  return false;
}

function isTableAlias(previous: string | undefined): boolean {
  return previous?.toLowerCase() === 'as';
}
