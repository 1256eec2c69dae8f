/** The SQL inside a CREATE FUNCTION, however it is quoted. */

import { toStringValue } from '#lib/engine/sql/quote.ts';
import type { Token } from '#lib/engine/sql/tokenize.ts';

/** Null for any other statement, and for a language that is not SQL. `tokens` without space and comments. */
export function toFunctionBody(tokens: readonly Token[]): string | null {
  const words = tokens.map((token) => (token.kind === 'string' ? '' : token.text.toLowerCase()));
  const at = words[1] === 'or' ? 3 : 1;
  if (words[0] !== 'create' || words[at] !== 'function') return null;
  const language = tokens[words.indexOf('language') + 1];
  if (words.includes('language') && language !== undefined && !/^'?sql'?$/i.test(language.text)) return null;
  const atomic = words.findIndex((word, index) => word === 'atomic' && words[index - 1] === 'begin');
  if (atomic !== -1) {
    const end = words.lastIndexOf('end');
    return tokens
      .slice(atomic + 1, end === -1 ? undefined : end)
      .map((token) => token.text)
      .join(' ');
  }
  const body = tokens.find((token, index) => token.kind === 'string' && words[index - 1] === 'as');
  return body === undefined ? null : toStringValue(body.text);
}
