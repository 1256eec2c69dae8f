/** PostgreSQL's text functions that SQLite lacks. Positions count characters from 1. */

import { define, type Registrar, toInteger, toText } from '#lib/engine/functions/define.ts';

/** Results are cut here, so that no call can ask for gigabytes. */
const maxCharacters = 1_000_000;

export function registerText(db: Registrar): void {
  define(db, 'left', [2], (text = '', count = 0n) => {
    const characters = Array.from(toText(text));
    return characters.slice(0, toInteger(count)).join('');
  });
  define(db, 'right', [2], (text = '', count = 0n) => {
    const characters = Array.from(toText(text));
    const wanted = toInteger(count);
    return wanted === 0 ? '' : characters.slice(-wanted).join('');
  });
  define(db, 'lpad', [2, 3], (text = '', length = 0n, fill = ' ') => {
    const { kept, padding } = fillTo(toText(text), toInteger(length), toText(fill));
    return padding + kept;
  });
  define(db, 'rpad', [2, 3], (text = '', length = 0n, fill = ' ') => {
    const { kept, padding } = fillTo(toText(text), toInteger(length), toText(fill));
    return kept + padding;
  });
  define(db, 'split_part', [3], (text = '', separator = '', index = 1n) => {
    const parts = toText(separator) === '' ? [toText(text)] : toText(text).split(toText(separator));
    const at = toInteger(index);
    return (at > 0 ? parts[at - 1] : at < 0 ? parts.at(at) : undefined) ?? '';
  });
  define(db, 'initcap', [1], (text = '') =>
    toText(text)
      .toLowerCase()
      .replace(/[\p{L}\p{N}]+/gu, (word) => word.replace(/^./u, (first) => first.toUpperCase())),
  );
  define(db, 'reverse', [1], (text = '') => Array.from(toText(text)).reverse().join(''));
  define(db, 'repeat', [2], (text = '', count = 0n) => {
    const once = toText(text);
    return once.repeat(Math.max(0, Math.min(toInteger(count), Math.floor(maxCharacters / Math.max(1, once.length)))));
  });
  define(db, 'translate', [3], (text = '', from = '', to = '') => {
    const targets = Array.from(toText(to));
    const table = new Map<string, string>();
    Array.from(toText(from)).forEach((character, index) => {
      if (!table.has(character)) table.set(character, targets[index] ?? '');
    });
    return Array.from(toText(text), (character) => table.get(character) ?? character).join('');
  });
  define(db, 'starts_with', [2], (text = '', prefix = '') => toText(text).startsWith(toText(prefix)));
  define(db, 'ascii', [1], (text = '') => BigInt(toText(text).codePointAt(0) ?? 0));
  define(db, 'chr', [1], (code = 0n) => {
    const point = toInteger(code);
    return point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff) ? String.fromCodePoint(point) : null;
  });
  define(db, 'to_hex', [1], (value = 0n) => (typeof value === 'bigint' ? BigInt.asUintN(64, value).toString(16) : null));
  define(db, 'quote_ident', [1], (text = '') =>
    /^[a-z_][a-z\d_]*$/.test(toText(text)) ? toText(text) : `"${toText(text).replaceAll('"', '""')}"`,
  );
  define(db, 'quote_literal', [1], (text = '') => `'${toText(text).replaceAll("'", "''")}'`);
}

function fillTo(text: string, length: number, fill: string): { kept: string; padding: string } {
  const characters = Array.from(text);
  const wanted = Math.max(0, Math.min(length, maxCharacters));
  if (characters.length >= wanted) return { kept: characters.slice(0, wanted).join(''), padding: '' };
  const unit = Array.from(fill);
  if (unit.length === 0) return { kept: text, padding: '' };
  const missing = wanted - characters.length;
  const padding = fill.repeat(Math.floor(missing / unit.length)) + unit.slice(0, missing % unit.length).join('');
  return { kept: text, padding };
}
