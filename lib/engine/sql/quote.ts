/** Identifiers and literals: from SQL text to their value, and back. */

import type { Token } from '#lib/engine/sql/tokenize.ts';

/** `a"b` → `"a""b"`. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `it's` → `'it''s'`. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A bare identifier folded to lower case as PostgreSQL does, or the inside of a quoted one. */
export function toName(token: Token): string {
  return token.kind === 'quoted' ? unquoteName(token.text) : token.text.toLowerCase();
}

/** The inside of `"q"`, `` `q` `` or `[q]`; any other text as it is. */
export function unquoteName(text: string): string {
  const inside = text.slice(1, -1);
  if (text.startsWith('"')) return inside.replaceAll('""', '"');
  if (text.startsWith('`')) return inside.replaceAll('``', '`');
  if (text.startsWith('[')) return inside;
  return text;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/** The value of a string token: `'a''b'`, `E'a\n'` or `$tag$a$tag$`. */
export function toStringValue(text: string): string {
  if (text.startsWith('$')) {
    const open = text.indexOf('$', 1) + 1;
    return text.slice(open, -open);
  }
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  return text
    .slice(2, -1)
    .replaceAll("''", "'")
    .replace(
      /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{1,2})|([0-7]{1,3})|([\s\S]))/g,
      (_, u4, u8, hex, octal, other) => {
        const digits: string | undefined = u4 ?? u8 ?? hex;
        if (digits !== undefined) return fromCodePoint(Number.parseInt(digits, 16));
        if (octal !== undefined) return fromCodePoint(Number.parseInt(octal, 8));
        return escapes[other] ?? other;
      },
    );
}

function fromCodePoint(point: number): string {
  return point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point);
}
