/** Rows on the wire: status, `Content-Range`, and the document. */

import type { HttpResponse } from '#lib/http/exchange.ts';
import type { LexedQuery } from '#lib/services/rest/parse/lex-query.ts';
import type { MediaType } from '#lib/services/rest/parse/parse-accept.ts';
import { badRange, notSingular } from '#lib/services/rest/respond/rest-error.ts';

export interface RowsAnswer {
  readonly media: MediaType;
  readonly rows: number;
  readonly document: string;
  readonly total: number | null;
  readonly offset: number;
  readonly head: boolean;
  /** Added as they are. */
  readonly headers: readonly string[];
}

export function respondRows(answer: RowsAnswer): HttpResponse {
  const { media, rows, document, total, offset } = answer;
  if (total !== null && offset > total) {
    throw badRange(`An offset of ${offset} was requested, but there are only ${total} rows.`, ['Content-Range', `*/${total}`]);
  }
  if (media.kind === 'object' && rows !== 1) throw notSingular(rows);
  const status = total !== null && rows < total ? 206 : 200;
  const body = answer.head ? null : media.kind === 'object' ? document.slice(1, -1) : document;
  return {
    status,
    headers: ['Content-Type', media.contentType, 'Content-Range', toContentRange(offset, rows, total), ...answer.headers],
    body,
  };
}

/** The root's `offset`; a negative one is ignored. */
export function toOffset(lexed: LexedQuery): number {
  return Math.max(0, Number(lexed.parameters.find((parameter) => parameter.key === 'offset')?.value ?? 0));
}

export function toContentRange(offset: number, rows: number, total: number | null): string {
  const size = total === null ? '*' : String(total);
  return rows === 0 ? `*/${size}` : `${offset}-${offset + rows - 1}/${size}`;
}
