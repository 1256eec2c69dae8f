/** What a function call answers: rows, one object, one bare value, or nothing. */

import type { FunctionResult } from '#lib/engine/run/run-function.ts';
import { emptyResponse, type HttpResponse } from '#lib/http/exchange.ts';
import type { LexedQuery } from '#lib/services/rest/parse/lex-query.ts';
import { toPreferenceApplied } from '#lib/services/rest/parse/parse-prefer.ts';
import { respondRows, toOffset } from '#lib/services/rest/respond/respond-rows.ts';
import type { RestContext } from '#lib/services/rest/rest-context.ts';
import type { PreparedCall } from '#lib/services/rest/rpc/call-function.ts';

export function respondCall(
  context: RestContext,
  call: PreparedCall,
  schema: string | null,
  lexed: LexedQuery,
  result: FunctionResult | null,
): HttpResponse {
  const { media, preferences, scalar, object } = call;
  const headers: string[] = [];
  const applied = toPreferenceApplied({
    count: preferences.count,
    tx: context.settings.api.txOverride ? preferences.tx : null,
    handling: preferences.handling,
    timezone: preferences.timezone,
    maxAffected: preferences.handling === 'strict' ? preferences.maxAffected : null,
  });
  if (applied !== null) headers.push('Preference-Applied', applied);
  if (schema !== null) headers.push('Content-Profile', schema);
  if (result === null || preferences.return === 'minimal') return emptyResponse(204, headers);
  const single = scalar || object;
  return respondRows({
    media: single && media.kind === 'object' ? { ...media, kind: 'json' } : media,
    rows: result.rows,
    document: toDocument(call, result),
    total: preferences.count === null ? null : single ? 1 : result.total,
    offset: single ? 0 : toOffset(lexed),
    head: context.request.method === 'HEAD',
    headers,
  });
}

function toDocument({ media, object }: PreparedCall, result: FunctionResult): string {
  const document = !object ? result.document : result.rows === 0 ? 'null' : result.document.slice(1, -1);
  if (media.kind !== 'text' && media.kind !== 'octets' && media.kind !== 'xml') return document;
  // A scalar for `Accept: text/plain`: a string without its quotes.
  const value: unknown = JSON.parse(document);
  return typeof value === 'string' ? value : value === null ? '' : document;
}
