/** Text to tsvector: words, numbers, addresses and hyphenated compounds, each with its position. */

import { getConfiguration, type Normalize } from '#lib/engine/functions/stemming.ts';
import type { Lexemes } from '#lib/engine/types/tsvector-literal.ts';

interface Token {
  readonly text: string;
  /** Words are stemmed; numbers, addresses and mixed words are kept. */
  readonly word: boolean;
}

const part = String.raw`[\p{L}\p{N}\p{M}]+`;
const tokens = new RegExp(
  [
    String.raw`(?<email>[\w.+-]+@[a-z\d-]+(?:\.[a-z\d-]+)+)`,
    String.raw`(?:https?:\/\/)?(?<host>(?=[\d.]*(?:\p{L}|\.\d+\.))${part}(?:-${part})*(?:\.${part}(?:-${part})*)+(?::\d+)?)(?<path>\/[^\s"'<>]*)?`,
    String.raw`(?<number>-?\d+(?:\.\d+)?(?:e-?\d+)?(?![\p{L}\p{N}]))`,
    `(?<word>${part}(?:-${part})*)`,
  ].join('|'),
  'giu',
);

function tokenize(text: string): Token[] {
  const found: Token[] = [];
  for (const match of text.toLowerCase().matchAll(tokens)) {
    const { email, host, path, number, word } = match.groups ?? {};
    if (email !== undefined) found.push({ text: email, word: false });
    else if (host !== undefined) {
      if (path !== undefined && path.length > 1) found.push({ text: host + path, word: false });
      found.push({ text: host, word: false });
      if (path !== undefined && path.length > 1) found.push({ text: path, word: false });
    } else if (number !== undefined) found.push({ text: number, word: false });
    else if (word !== undefined) {
      found.push({ text: word, word: isWord(word) });
      if (word.includes('-')) for (const part of word.split('-')) found.push({ text: part, word: isWord(part) });
    }
  }
  return found;
}

function isWord(text: string): boolean {
  return !/\p{N}/u.test(text);
}

/** The lexeme at each position (from 1); null where a stop word stood. */
export function toPositions(text: string, config: string): (string | null)[] {
  const normalize: Normalize = getConfiguration(config);
  return tokenize(text).map((token) => (token.word ? normalize(token.text) : token.text));
}

/** What `to_tsvector(config, text)` keeps. Throws 42704 for an unknown configuration. */
export function toLexemes(text: string, config: string): Lexemes {
  const lexemes: Lexemes = new Map();
  toPositions(text, config).forEach((lexeme, index) => {
    if (lexeme === null) return;
    const positions = lexemes.get(lexeme) ?? [];
    if (positions.length < 256) positions.push({ position: Math.min(index + 1, 16_383), weight: 'D' });
    lexemes.set(lexeme, positions);
  });
  return lexemes;
}
