/** LIKE, ILIKE and regular expressions as SQL functions. */

import { define, type Registrar, toText } from '#lib/engine/functions/define.ts';
import { matchIlike, matchLike } from '#lib/engine/functions/match-like.ts';
import { compileRegexp, matchRegexp } from '#lib/engine/functions/match-regexp.ts';

/** `like_sensitive(text, pattern)`, `ilike(text, pattern)`, `regexp_match(text, pattern[, flags])` and the REGEXP operator. */
export function registerPatterns(db: Registrar): void {
  define(db, 'like_sensitive', [2], (text = '', pattern = '') => matchLike(toText(text), toText(pattern)));
  define(db, 'ilike', [2], (text = '', pattern = '') => matchIlike(toText(text), toText(pattern)));
  define(db, 'regexp_match', [2, 3], (text = '', pattern = '', flags = '') =>
    matchRegexp(toText(text), toText(pattern), toText(flags)),
  );
  define(db, 'regexp_like', [2, 3], (text = '', pattern = '', flags = '') =>
    matchRegexp(toText(text), toText(pattern), toText(flags)),
  );
  define(db, 'regexp', [2], (pattern = '', text = '') => matchRegexp(toText(text), toText(pattern)));
  define(db, 'regexp_replace', [3, 4], (text = '', pattern = '', replacement = '', flags = '') => {
    const matcher = compileRegexp(toText(pattern), toText(flags)).matcher(toText(text));
    const put = toText(replacement).replace(/\$|\\([\d&\\])/g, (found, name: string | undefined) =>
      name === undefined ? '$$' : name === '\\' ? (found[0] ?? '') : `$${name}`,
    );
    return toText(flags).includes('g') ? matcher.replaceAll(put) : matcher.replaceFirst(put);
  });
}
