/** ORDER BY as PostgreSQL orders NULLs: above every value, so last when ascending and first when descending. SQLite puts them below. */

import type { Piece } from '#lib/engine/sql/rewrite/piece.ts';

const ends = new Set(['limit', 'offset', 'fetch', 'for', 'union', 'except', 'intersect', 'window', 'returning', 'where']);

/** Says it at each ORDER BY term that leaves it open. */
export function orderNulls(pieces: readonly Piece[]): Piece[] {
  const ordered: Piece[] = [];
  let term: Piece[] | null = null;
  const finish = () => {
    if (term === null) return;
    ordered.push(...term);
    const words = term.map((piece) => (piece.kind === 'word' ? piece.text.toLowerCase() : ''));
    if (term.length > 0 && !words.includes('nulls'))
      ordered.push({ kind: 'word', lead: ' ', text: words.includes('desc') ? 'NULLS FIRST' : 'NULLS LAST' });
    term = null;
  };
  pieces.forEach((piece, at) => {
    const word = piece.kind === 'word' ? piece.text.toLowerCase() : '';
    const last = pieces[at - 1];
    if (term !== null && (ends.has(word.split(' ')[0] ?? '') || startsFrame(piece, last))) finish();
    if (term === null) {
      ordered.push(piece);
      if (word === 'by' && last?.kind === 'word' && last.text.toLowerCase() === 'order') term = [];
    } else if (piece.kind === 'operator' && piece.text === ',') {
      finish();
      ordered.push(piece);
      term = [];
    } else term.push(piece);
  });
  finish();
  return ordered;
}

/** `ROWS`, `RANGE` or `GROUPS` after a whole term. */
function startsFrame(piece: Piece, last: Piece | undefined): boolean {
  const whole = last?.kind === 'operand' || (last?.kind === 'word' && /^(?:asc|desc)$/i.test(last.text));
  return piece.kind === 'operand' && whole && /^(?:rows|range|groups)$/i.test(piece.text);
}
