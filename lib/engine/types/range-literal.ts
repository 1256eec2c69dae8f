/** PostgreSQL's range literals: `[1,5)`, `(,2024-01-01]`, `empty`. */

import { SqlError } from '#lib/engine/sql-error.ts';

/** A bound of null is infinite (and never inclusive). */
export interface Range {
  readonly empty: boolean;
  readonly lower: string | null;
  readonly upper: string | null;
  readonly lowerInclusive: boolean;
  readonly upperInclusive: boolean;
}

export const emptyRange: Range = { empty: true, lower: null, upper: null, lowerInclusive: false, upperInclusive: false };

/** Bounds as texts, not yet checked. Null when the text is no range. */
export function findRange(literal: string): Range | null {
  if (/^\s*empty\s*$/i.test(literal)) return emptyRange;
  const parts =
    /^\s*([[(])((?:"(?:[^"\\]|\\.|"")*"|\\.|[^",\\()[\]])*),((?:"(?:[^"\\]|\\.|"")*"|\\.|[^",\\()[\]])*)([\])])\s*$/s.exec(
      literal,
    );
  if (!parts) return null;
  const lower = boundText(parts[2] ?? '');
  const upper = boundText(parts[3] ?? '');
  return {
    empty: false,
    lower,
    upper,
    lowerInclusive: parts[1] === '[' && lower !== null,
    upperInclusive: parts[4] === ']' && upper !== null,
  };
}

/** Throws 22P02 `malformed range literal: "…"`. */
export function parseRange(literal: string): Range {
  const range = findRange(literal);
  if (range) return range;
  throw new SqlError({
    sqlstate: '22P02',
    message: `malformed range literal: "${literal}"`,
    details: /^\s*[[(]/.test(literal) ? 'Unexpected end of input.' : 'Missing left parenthesis or bracket.',
  });
}

function boundText(raw: string): string | null {
  if (raw === '') return null;
  return raw.replace(/"((?:[^"\\]|\\.|"")*)"|\\(.)/gs, (_all, quoted: string | undefined, escaped: string | undefined) =>
    quoted === undefined
      ? (escaped ?? '')
      : quoted.replace(/""|\\(.)/gs, (pair, inner: string | undefined) => inner ?? pair[0] ?? ''),
  );
}

export function printRange(range: Range): string {
  if (range.empty) return 'empty';
  return `${range.lowerInclusive ? '[' : '('}${printBound(range.lower)},${printBound(range.upper)}${range.upperInclusive ? ']' : ')'}`;
}

function printBound(text: string | null): string {
  if (text === null) return '';
  return text === '' || /[\s,"\\()[\]]/.test(text) ? `"${text.replace(/["\\]/g, '$&$&')}"` : text;
}
