/** `in.(a,"b,c",d)` and `{a,b}`: lists of raw or quoted elements. */

import { badQuery } from '#lib/services/rest/respond/rest-error.ts';

/** The elements of `(a,"b,c")`; `in.()` matches nothing. `whole` is the filter as sent, for the error message. */
export function parseList(text: string, whole: string): string[] {
  if (!text.startsWith('(')) throw badQuery('filter', whole, 4, `unexpected ${describeCharacter(text[0])} expecting "("`);
  if (text === '()') return [];
  const items: string[] = [];
  let at = 1;
  for (;;) {
    const { item, end } = readElement(text, at, whole);
    items.push(item);
    if (text[end] === ')') {
      if (end !== text.length - 1)
        throw badQuery('filter', whole, end + 5, `unexpected ${describeCharacter(text[end + 1])} expecting end of input`);
      return items;
    }
    if (text[end] !== ',')
      throw badQuery('filter', whole, end + 4, `unexpected ${describeCharacter(text[end])} expecting "," or ")"`);
    at = end + 1;
  }
}

function readElement(text: string, start: number, whole: string): { item: string; end: number } {
  if (text[start] === '"') {
    const quoted = readQuoted(text, start);
    if (quoted !== null && /[,)]/.test(text[quoted.end] ?? '')) return quoted;
  }
  let end = start;
  while (end < text.length && text[end] !== ',' && text[end] !== ')') end += 1;
  if (end >= text.length) throw badQuery('filter', whole, whole.length + 1, 'unexpected end of input expecting "," or ")"');
  return { item: text.slice(start, end), end };
}

/** A double-quoted piece with backslash escapes; null when it never closes. */
export function readQuoted(text: string, start: number): { item: string; end: number } | null {
  let item = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '"') return { item, end: at + 1 };
    if (character === '\\' && at + 1 < text.length) {
      at += 1;
      item += text[at];
    } else item += character;
  }
  return null;
}

/** The elements of an array literal `{a,"b",c}`, for `op(any)` and `op(all)`. */
export function parseArrayLiteral(text: string): string[] | null {
  if (!text.startsWith('{') || !text.endsWith('}')) return null;
  const inner = text.slice(1, -1);
  if (inner === '') return [];
  const items: string[] = [];
  let at = 0;
  while (at <= inner.length) {
    if (inner[at] === '"') {
      const quoted = readQuoted(inner, at);
      if (quoted === null) return null;
      items.push(quoted.item);
      at = quoted.end + 1;
    } else {
      const comma = inner.indexOf(',', at);
      const end = comma < 0 ? inner.length : comma;
      items.push(inner.slice(at, end));
      at = end + 1;
    }
  }
  return items;
}

function describeCharacter(character: string | undefined): string {
  return character === undefined ? 'end of input' : JSON.stringify(character);
}
