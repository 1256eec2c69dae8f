/** PostgreSQL's `~` and `~*` in linear time. The only importer of re2js. */

import { LRUCache } from 'lru-cache';
import { RE2JS } from 're2js';
import { SqlError } from '#lib/engine/sql-error.ts';

const compiled = new LRUCache<string, RE2JS>({ max: 200 });

/** Throws 2201B for a pattern that is malformed, or that a linear-time engine cannot run (back references, lookahead). */
export function compileRegexp(pattern: string, flags: string): RE2JS {
  const key = `${flags}/${pattern}`;
  const known = compiled.get(key);
  if (known) return known;
  if (pattern.length > 1024) {
    throw new SqlError({
      sqlstate: '54000',
      message: 'regular expression is too long',
      hint: 'A pattern may have 1024 characters.',
    });
  }
  try {
    const made = RE2JS.compile(toRe2(pattern), toFlags(flags));
    compiled.set(key, made);
    return made;
  } catch (cause) {
    throw new SqlError({ sqlstate: '2201B', message: `invalid regular expression: ${toReason(cause)}`, cause });
  }
}

/** PostgreSQL's words for what is wrong. */
function toReason(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : '';
  return reasons.find(([pattern]) => pattern.test(message))?.[1] ?? 'unsupported or malformed pattern';
}

const reasons: readonly [RegExp, string][] = [
  [/closing \)|unexpected \)/, 'parentheses () not balanced'],
  [/closing \]/, 'brackets [] not balanced'],
  [/repetition|repeat/, 'quantifier operand invalid'],
  [/class range/, 'invalid character range'],
  [/trailing backslash|escape sequence/, 'invalid escape \\ sequence'],
];

/** `flags`: `i` ignores case; `g`, `s` and `c` are the defaults here; `n` and `m` make `^`, `$` and `.` line-wise. */
export function matchRegexp(text: string, pattern: string, flags = ''): boolean {
  return compileRegexp(pattern, flags).matcher(text).find();
}

function toFlags(flags: string): number {
  let value = 0;
  if (flags.includes('i')) value |= RE2JS.CASE_INSENSITIVE;
  if (/[nm]/.test(flags)) value |= RE2JS.MULTILINE;
  else value |= RE2JS.DOTALL;
  return value;
}

/** PostgreSQL's escapes and classes that RE2 spells differently; letters are Unicode's, as in a UTF-8 database. */
function toRe2(pattern: string): string {
  const body = pattern.replace(/^\*\*\*:/, '').replace(/\[\[:[<>]:\]\]/g, '\\b');
  let inClass = false;
  return body.replace(
    /\\(.)|\[:(\^?)(\w+):\]|[[\]]/gs,
    (found, letter: string | undefined, negated: string, name: string | undefined) => {
      if (letter !== undefined) return (inClass ? classEscapes.get(letter) : escapes.get(letter)) ?? found;
      if (name !== undefined && inClass) return (negated === '' && classes.get(name)) || found;
      if (found === '[') inClass = true;
      else if (found === ']') inClass = false;
      return found;
    },
  );
}

const escapes = new Map([
  ['m', '\\b'],
  ['M', '\\b'],
  ['y', '\\b'],
  ['Y', '\\B'],
  ['Z', '\\z'],
  ['w', '[\\p{L}\\p{N}_]'],
  ['W', '[^\\p{L}\\p{N}_]'],
]);

const classEscapes = new Map([['w', '\\p{L}\\p{N}_']]);

const classes = new Map([
  ['alpha', '\\p{L}'],
  ['alnum', '\\p{L}\\p{N}'],
  ['upper', '\\p{Lu}'],
  ['lower', '\\p{Ll}'],
]);
