/** Patterns of a request, checked once before the statement runs, so that no row can make it raise. */

import { compileRegexp } from '#lib/engine/functions/match-regexp.ts';
import { parseTextQuery, type QueryKind } from '#lib/engine/functions/text-query.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

const maxBytes = 1024;

/** The pattern as it came. Throws 54000 when too long, 22025, 2201B or 42601 when malformed. */
export function checkPattern(kind: 'like' | 'regexp' | QueryKind, pattern: string, config: string | null = null): string {
  if (Buffer.byteLength(pattern) > maxBytes) {
    throw new SqlError({ sqlstate: '54000', message: 'pattern is too long', hint: `A pattern may have ${maxBytes} bytes.` });
  }
  if (kind === 'regexp') compileRegexp(pattern, '');
  else if (kind === 'like') requireWholeEscape(pattern);
  else parseTextQuery(pattern, config ?? 'english', kind);
  return pattern;
}

function requireWholeEscape(pattern: string): void {
  const backslashes = /\\*$/.exec(pattern)?.[0].length ?? 0;
  if (backslashes % 2 === 1)
    throw new SqlError({ sqlstate: '22025', message: 'LIKE pattern must not end with escape character' });
}
