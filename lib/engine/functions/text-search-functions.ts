/** Full text search as SQL functions. */

import { define, defineNullable, type Registrar, toText } from '#lib/engine/functions/define.ts';
import { matchText } from '#lib/engine/functions/match-text.ts';
import { parseTextQuery, type QueryKind } from '#lib/engine/functions/text-query.ts';
import { toLexemes } from '#lib/engine/functions/text-search.ts';
import { findLexemes, type Lexemes, printLexemes } from '#lib/engine/types/tsvector-literal.ts';

const defaultConfig = 'english';

/** `to_tsvector([config,] text)`, `ts_match(vector_or_text, query, config, kind)`, `tsvector_concat(a, b)`. */
export function registerTextSearch(db: Registrar): void {
  define(db, 'to_tsvector', [1, 2], (...values) => {
    const [text = '', config = defaultConfig] = values.length === 1 ? values : [values[1], values[0]];
    return printLexemes(toLexemes(searchable(toText(text)), toText(config)));
  });
  defineNullable(db, 'ts_match', [4], (value, query, config, kind) => {
    if (value == null || query == null) return null;
    const name = config == null ? defaultConfig : toText(config);
    const tree = parseTextQuery(toText(query), name, toKind(kind == null ? '' : toText(kind)));
    return tree !== null && matchText(toVector(toText(value), name), tree);
  });
  define(db, 'tsvector_concat', [2], (a = '', b = '') =>
    printLexemes(concat(toVector(toText(a), 'simple'), toVector(toText(b), 'simple'))),
  );
  define(db, 'setweight', [2], (vector = '', weight = '') => {
    const letter = toText(weight).toUpperCase();
    const lexemes = toVector(toText(vector), 'simple');
    for (const [lexeme, positions] of lexemes)
      lexemes.set(
        lexeme,
        positions.map(({ position }) => ({ position, weight: letter })),
      );
    return printLexemes(lexemes);
  });
}

function toKind(kind: string): QueryKind {
  return kind === 'plfts' || kind === 'phfts' || kind === 'wfts' ? kind : 'fts';
}

/** A stored tsvector always starts with a quote; anything else is text to be searched. */
function toVector(text: string, config: string): Lexemes {
  const vector = text.startsWith("'") ? findLexemes(text) : null;
  return vector ?? toLexemes(searchable(text), config);
}

/** Of a JSON document, its strings. */
function searchable(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    const strings: string[] = [];
    collectStrings(JSON.parse(text), strings);
    return strings.join(' ');
  } catch {
    return text;
  }
}

function collectStrings(value: unknown, into: string[]): void {
  if (typeof value === 'string') into.push(value);
  else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) collectStrings(item, into);
}

/** The second vector's positions follow the first's. */
function concat(a: Lexemes, b: Lexemes): Lexemes {
  const last = Math.max(0, ...[...a.values()].flatMap((positions) => positions.map(({ position }) => position)));
  const joined: Lexemes = new Map([...a].map(([lexeme, positions]) => [lexeme, [...positions]]));
  for (const [lexeme, positions] of b) {
    const moved = positions.map(({ position, weight }) => ({ position: Math.min(position + last, 16_383), weight }));
    joined.set(lexeme, [...(joined.get(lexeme) ?? []), ...moved]);
  }
  return joined;
}
