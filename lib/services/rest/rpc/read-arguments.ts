/** The arguments of a call: from the query on GET, from the body on POST. */

import type { SqlValue } from '#lib/engine/types/semantic-type.ts';
import { type LexedQuery, lexQuery } from '#lib/services/rest/parse/lex-query.ts';
import { encodeLargeCall, isLargeBody, readLargeCall } from '#lib/services/rest/payload/payload-threads.ts';
import type { RestContext } from '#lib/services/rest/rest-context.ts';
import { type ArgumentSpec, encodeArguments } from '#lib/services/rest/rpc/encode-arguments.ts';
import { type Given, isWholeText, readArgumentsBody } from '#lib/services/rest/rpc/read-arguments-body.ts';

type Encoded = ReadonlyMap<string, SqlValue>;

export interface ReadArguments {
  readonly given: Given;
  /** By parameter name without the colon; an absent argument is left to its default. */
  encode(specs: readonly ArgumentSpec[], whole: boolean): Encoded | Promise<Encoded>;
  /** What is left of the query: select, filters, order, limits. */
  readonly lexed: LexedQuery;
}

const reservedKey = /(?:^|\.)(?:select|columns|on_conflict|order|limit|offset|and|or)$/;
const filterValue =
  /^(?:not\.)?(?:eq|neq|gte?|lte?|i?like|i?match|isdistinct|is|in|(?:pl|ph|w)?fts|cs|cd|ov|sl|sr|nx[lr]|adj)(?:\([^)]*\))?\./;

export async function readArguments(context: RestContext): Promise<ReadArguments> {
  const { request, query, settings } = context;
  if (request.method === 'GET' || request.method === 'HEAD') return readQuery(query);
  const body = await request.body(settings.api.bodyLimitBytes);
  const type = request.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? 'application/json';
  const lexed = lexQuery(query);
  if (!isLargeBody(body) || isWholeText(type)) {
    const { given, values } = readArgumentsBody(body, type);
    return { given, lexed, encode: (specs, whole) => encodeArguments(specs, whole, values) };
  }
  const call = { body, contentType: type };
  const given = await readLargeCall(call);
  return { given, lexed, encode: (specs, whole) => encodeLargeCall({ ...call, specs, whole }) };
}

/** Whatever looks like a filter is one, as in PostgREST; the other parameters are arguments. */
function readQuery(query: string): ReadArguments {
  const byName = new Map<string, unknown>();
  const rest: string[] = [];
  for (const pair of query.split('&').filter((item) => item !== '')) {
    const [key, value] = decodePair(pair);
    const isFilter = reservedKey.test(key) || filterValue.test(value) || key.includes('.') || key === 'apikey';
    if (isFilter) {
      if (key !== 'apikey') rest.push(pair);
    } else byName.set(key, byName.has(key) ? [byName.get(key), value].flat() : value);
  }
  return {
    given: { names: [...byName.keys()], whole: null },
    encode: (specs, whole) => encodeArguments(specs, whole, { literal: true, byName, whole: null }),
    lexed: lexQuery(rest.join('&')),
  };
}

function decodePair(pair: string): [string, string] {
  const pairs = [...new URLSearchParams(pair)];
  return pairs[0] ?? ['', ''];
}
