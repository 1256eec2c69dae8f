/** A cursor over one query parameter that fails the way PostgREST's parser does. */

import { readQuoted } from '#lib/services/rest/parse/parse-list.ts';
import { badQuery, type QueryPart } from '#lib/services/rest/respond/rest-error.ts';

export interface Scanner {
  readonly text: string;
  position: number;
  peek(): string;
  /** Moves past the given text if it comes next. */
  take(text: string): boolean;
  expect(text: string): void;
  /** Moves past a match of a sticky pattern. */
  match(pattern: RegExp): string | null;
  fail(expecting: string): never;
  atEnd(): boolean;
}

export function createScanner(text: string, part: QueryPart): Scanner {
  const scanner: Scanner = {
    text,
    position: 0,
    peek: () => text[scanner.position] ?? '',
    take(piece) {
      if (!text.startsWith(piece, scanner.position)) return false;
      scanner.position += piece.length;
      return true;
    },
    expect(piece) {
      if (!scanner.take(piece)) scanner.fail(JSON.stringify(piece));
    },
    match(pattern) {
      pattern.lastIndex = scanner.position;
      const found = pattern.exec(text)?.[0];
      if (found === undefined) return null;
      scanner.position += found.length;
      return found;
    },
    fail(expecting) {
      const next = text[scanner.position];
      const unexpected = next === undefined ? 'unexpected end of input' : `unexpected ${JSON.stringify(next)}`;
      throw badQuery(part, text, scanner.position + 1, `${unexpected} expecting ${expecting}`);
    },
    atEnd: () => scanner.position >= text.length,
  };
  return scanner;
}

const bareName = /[\p{L}\p{N}_$ ]+(?:-(?!>)[\p{L}\p{N}_$ ]+)*/uy;

/** A name: quoted, or letters, digits, `_`, `$`, spaces and inner dashes. */
export function parseName(scanner: Scanner, expecting = 'field name (* or [a..z0..9_$])'): string {
  if (scanner.peek() === '"') {
    const quoted = readQuoted(scanner.text, scanner.position);
    if (quoted === null) return scanner.fail('closing "\\""');
    scanner.position = quoted.end;
    return quoted.item;
  }
  const name = scanner.match(bareName)?.trim();
  return name === undefined || name === '' ? scanner.fail(expecting) : name;
}
