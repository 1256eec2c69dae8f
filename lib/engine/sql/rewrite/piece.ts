/** A piece of rewritten SQL: an operand that stands as one, an operator, or a keyword between them. */

import { quoteText } from '#lib/engine/sql/quote.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

/** Some rewrites repeat an operand: nesting them must not grow without end. */
const maxLength = 64_000_000;

export interface Piece {
  readonly kind: 'operand' | 'operator' | 'word';
  readonly lead: string;
  readonly text: string;
  /** An `=` that sets a column. */
  readonly assigns?: boolean;
  /** Of a string literal: its value. */
  readonly literal?: string;
  /** Of an interval literal: its text. */
  readonly interval?: string;
  /** Known to be 1, 0 or NULL that mean a boolean. */
  readonly isBoolean?: boolean;
  /** Of `ARRAY[a, b]`: its elements as SQL. */
  readonly elements?: readonly string[];
}

export function operand(lead: string, text: string): Piece {
  return { kind: 'operand', lead, text };
}

export function literalPiece(lead: string, value: string): Piece {
  return { kind: 'operand', lead, text: quoteText(value), literal: value };
}

export function renderPieces(pieces: readonly Piece[]): string {
  let text = '';
  for (const piece of pieces) {
    // A rewritten piece may stand where the person needed no space.
    const glued = piece.lead === '' && /[\w$"']$/.test(text) && /^[\w$"':]/.test(piece.text);
    if (text.length > maxLength) throw new SqlError({ sqlstate: '54001', message: 'statement is too complex' });
    text += `${glued ? ' ' : piece.lead}${piece.text}`;
  }
  return text;
}
