/** PostgreSQL's tsvector text: sorted lexemes with positions and weights, `'cat':3 'fat':2A`. */

import { SqlError } from '#lib/engine/sql-error.ts';

/** Positions by lexeme; an empty list when none were given. A position is its number and a weight A to D. */
export type Lexemes = Map<string, { position: number; weight: string }[]>;

const token = /\s*(?:'((?:[^'\\]|''|\\.)*)'|((?:[^\s:'\\]|\\.)+))(?::((?:\d+[A-Da-d*]?)(?:,\d+[A-Da-d*]?)*))?(?=\s|$)/sy;

/** Null when the text does not read as a tsvector. */
export function findLexemes(text: string): Lexemes | null {
  const lexemes: Lexemes = new Map();
  token.lastIndex = 0;
  let at = 0;
  const end = text.trimEnd().length;
  while (at < end) {
    token.lastIndex = at;
    const found = token.exec(text);
    if (!found) return null;
    at = token.lastIndex;
    const word =
      found[1] === undefined
        ? (found[2] ?? '').replace(/\\(.)/gs, '$1')
        : found[1].replace(/''|\\(.)/gs, (pair, inner) => inner ?? pair[0]);
    if (word === '') return null;
    const positions = lexemes.get(word) ?? [];
    for (const part of found[3]?.split(',') ?? []) {
      const position = Math.min(Number.parseInt(part, 10), 16_383);
      const weight = /[A-C]$/i.test(part) ? part.slice(-1).toUpperCase() : 'D';
      if (!positions.some((known) => known.position === position)) positions.push({ position, weight });
    }
    lexemes.set(word, positions);
  }
  return lexemes;
}

/** Throws 42601 as PostgreSQL does. */
export function parseLexemes(text: string): Lexemes {
  const lexemes = findLexemes(text);
  if (!lexemes) throw new SqlError({ sqlstate: '42601', message: `syntax error in tsvector: "${text}"` });
  return lexemes;
}

/** In byte order, as PostgreSQL prints them. */
export function printLexemes(lexemes: Lexemes): string {
  const words = [...lexemes.keys()].sort(compareLexemes);
  return words
    .map((word) => {
      const positions = [...(lexemes.get(word) ?? [])].sort((a, b) => a.position - b.position).slice(0, 255);
      const tail = positions.map(({ position, weight }) => `${position}${weight === 'D' ? '' : weight}`).join(',');
      return `'${word.replace(/['\\]/g, '$&$&')}'${tail === '' ? '' : `:${tail}`}`;
    })
    .join(' ');
}

/** Byte order, a prefix first: what tsvector output shows. */
function compareLexemes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
