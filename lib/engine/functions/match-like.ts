/** PostgreSQL's LIKE: `%`, `_`, and `\` before a literal character, over Unicode characters. */

import { LRUCache } from 'lru-cache';

/** A run between two `%`: characters, null for `_`. */
type Run = readonly (string | null)[];

interface Pattern {
  readonly runs: readonly Run[];
  /** The runs' texts where they hold no `_`: these are searched for natively. */
  readonly texts: readonly (string | null)[];
  readonly wide: boolean;
}

const compiled = new LRUCache<string, Pattern>({ max: 500 });

export function matchLike(text: string, pattern: string): boolean {
  let known = compiled.get(pattern);
  if (!known) {
    known = compile(pattern);
    compiled.set(pattern, known);
  }
  return match(text, known);
}

/** Case-insensitive, each character folded by itself. */
export function matchIlike(text: string, pattern: string): boolean {
  return matchLike(fold(text), fold(pattern));
}

export function fold(text: string): string {
  const lower = text.toLowerCase();
  // A character whose lower case is two (İ) would shift what `_` stands for.
  return lower.length === text.length
    ? lower
    : Array.from(text, (character) =>
        character.toLowerCase().length === character.length ? character.toLowerCase() : character,
      ).join('');
}

function compile(pattern: string): Pattern {
  const runs: (string | null)[][] = [[]];
  const characters = Array.from(pattern);
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? '';
    const run = runs.at(-1);
    if (character === '%') runs.push([]);
    else if (character === '_') run?.push(null);
    else if (character === '\\' && at + 1 < characters.length) run?.push(characters[++at] ?? '');
    else run?.push(character);
  }
  const [first = [], ...rest] = runs;
  const last = rest.pop();
  const kept = last === undefined ? [first] : [first, ...rest.filter((run) => run.length > 0), last];
  return {
    runs: kept,
    texts: kept.map((run) => (run.includes(null) ? null : run.join(''))),
    wide: kept.some((run) => run.includes(null)),
  };
}

function match(text: string, pattern: Pattern): boolean {
  const [first = null] = pattern.texts;
  if (pattern.runs.length === 1 && first !== null) return text === first;
  // `_` counts characters, so with a `_` the text is compared character by character.
  const characters = pattern.wide ? Array.from(text) : null;
  return characters === null ? matchTexts(text, pattern.texts) : matchRuns(characters, pattern.runs);
}

function matchTexts(text: string, texts: readonly (string | null)[]): boolean {
  const first = texts[0] ?? '';
  const last = texts.at(-1) ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (let index = 1; index < texts.length - 1; index++) {
    const run = texts[index] ?? '';
    const found = text.indexOf(run, at);
    if (found < 0) return false;
    at = found + run.length;
  }
  return at <= text.length - last.length;
}

function matchRuns(text: readonly string[], runs: readonly Run[]): boolean {
  const first = runs[0] ?? [];
  const last = runs.at(-1) ?? [];
  if (runs.length === 1) return text.length === first.length && runAt(text, 0, first);
  const end = text.length - last.length;
  if (end < first.length || !runAt(text, 0, first) || !runAt(text, end, last)) return false;
  let at = first.length;
  for (const run of runs.slice(1, -1)) {
    while (at + run.length <= end && !runAt(text, at, run)) at++;
    if (at + run.length > end) return false;
    at += run.length;
  }
  return true;
}

function runAt(text: readonly string[], at: number, run: Run): boolean {
  for (let index = 0; index < run.length; index++) {
    const character = run[index];
    if (character !== null && character !== text[at + index]) return false;
  }
  return true;
}
