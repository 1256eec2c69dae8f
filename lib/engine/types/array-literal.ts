/** PostgreSQL's array literals: `{1,NULL,"a b",{2,3}}` to nested lists of texts and back. */

import { SqlError } from '#lib/engine/sql-error.ts';

/** A text, NULL, or an inner array. */
export type Nested = string | null | Nested[];

const maxDepth = 6;

/** Elements as texts. Throws 22P02 `malformed array literal: "…"`. */
export function parseArrayLiteral(literal: string): Nested[] {
  const start = /^\s*(?:(?:\[[+-]?\d+(?::[+-]?\d+)?\])+\s*=\s*)?/.exec(literal)?.[0].length ?? 0;
  if (literal[start] !== '{') {
    throw malformed(literal, 'Array value must start with "{" or dimension information.');
  }
  let at = start;

  function list(depth: number): Nested[] {
    if (depth > maxDepth) {
      throw new SqlError({ sqlstate: '54000', message: `number of array dimensions exceeds the maximum allowed (${maxDepth})` });
    }
    at++;
    const items: Nested[] = [];
    skipSpace();
    if (literal[at] === '}') {
      at++;
      return items;
    }
    for (;;) {
      skipSpace();
      items.push(literal[at] === '{' ? list(depth + 1) : element());
      skipSpace();
      const next = literal[at++];
      if (next === '}') return items;
      if (next === undefined) throw malformed(literal, 'Unexpected end of input.');
      if (next !== ',') throw malformed(literal, `Unexpected array element.`);
    }
  }

  function element(): string | null {
    if (literal[at] === '"') return quoted();
    let text = '';
    let keep = 0;
    for (; at < literal.length; at++) {
      const char = literal[at] ?? '';
      if (char === ',' || char === '}') break;
      if (char === '{' || char === '"') throw malformed(literal, `Unexpected "${char}" character.`);
      if (char === '\\') {
        text += literal[++at] ?? '';
        keep = text.length;
      } else {
        text += char;
        if (!/\s/.test(char)) keep = text.length;
      }
    }
    text = text.slice(0, keep);
    if (text === '') throw malformed(literal, `Unexpected "${literal[at] ?? ''}" character.`);
    return text.toLowerCase() === 'null' ? null : text;
  }

  function quoted(): string {
    let text = '';
    for (at++; at < literal.length; at++) {
      const char = literal[at];
      if (char === '"') {
        at++;
        return text;
      }
      text += char === '\\' ? (literal[++at] ?? '') : char;
    }
    throw malformed(literal, 'Unexpected end of input.');
  }

  function skipSpace(): void {
    while (/\s/.test(literal[at] ?? '')) at++;
  }

  const items = list(1);
  if (literal.slice(at).trim() !== '') throw malformed(literal, 'Junk after closing right brace.');
  if (!isRectangular(items)) throw malformed(literal, 'Multidimensional arrays must have sub-arrays with matching dimensions.');
  return items;
}

function isRectangular(items: Nested[]): boolean {
  const [first] = items;
  if (!Array.isArray(first)) return !items.some(Array.isArray);
  return items.every((item) => Array.isArray(item) && item.length === first.length && isRectangular(item));
}

/** The literal PostgreSQL would print. */
export function printArrayLiteral(items: readonly Nested[]): string {
  return `{${items.map((item) => (item === null ? 'NULL' : Array.isArray(item) ? printArrayLiteral(item) : quoteElement(item))).join(',')}}`;
}

function quoteElement(text: string): string {
  const plain = text !== '' && !/[\s{},"\\]/.test(text) && text.toLowerCase() !== 'null';
  return plain ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function malformed(literal: string, details: string): SqlError {
  return new SqlError({ sqlstate: '22P02', message: `malformed array literal: "${literal}"`, details });
}
