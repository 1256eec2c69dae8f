/** The arguments of a call: from the query on GET, from the body on POST. */

import { type LexedQuery, lexQuery } from '#lib/services/rest/parse/lex-query.ts';
import { decodeBody, parseJsonBody } from '#lib/services/rest/parse/parse-body.ts';
import { badBody } from '#lib/services/rest/respond/rest-error.ts';
import type { RestContext } from '#lib/services/rest/rest-context.ts';
import type { Given } from '#lib/services/rest/rpc/choose-function.ts';

export interface ReadArguments {
  readonly given: Given;
  /** Values by name; texts of a URL or JSON values of a body. */
  readonly values: CallValues;
  /** What is left of the query: select, filters, order, limits. */
  readonly lexed: LexedQuery;
}

export interface CallValues {
  readonly literal: boolean;
  readonly byName: ReadonlyMap<string, unknown>;
  /** The body as a whole, for a function of one unnamed argument. */
  readonly whole: unknown;
}

const reservedKey = /(?:^|\.)(?:select|columns|on_conflict|order|limit|offset|and|or)$/;
const filterValue =
  /^(?:not\.)?(?:eq|neq|gte?|lte?|i?like|i?match|isdistinct|is|in|(?:pl|ph|w)?fts|cs|cd|ov|sl|sr|nx[lr]|adj)(?:\([^)]*\))?\./;

export async function readArguments(context: RestContext): Promise<ReadArguments> {
  const { request, query, settings } = context;
  if (request.method === 'GET' || request.method === 'HEAD') return readQuery(query);
  const body = await request.body(settings.api.bodyLimitBytes);
  const type = request.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? 'application/json';
  return { ...readBody(body, type), lexed: lexQuery(query) };
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
    values: { literal: true, byName, whole: null },
    lexed: lexQuery(rest.join('&')),
  };
}

function decodePair(pair: string): [string, string] {
  const pairs = [...new URLSearchParams(pair)];
  return pairs[0] ?? ['', ''];
}

function readBody(body: Uint8Array, type: string): Omit<ReadArguments, 'lexed'> {
  switch (type) {
    case 'text/plain':
    case 'text/xml':
    case 'application/octet-stream': {
      const whole = type === 'application/octet-stream' ? `\\x${Buffer.from(body).toString('hex')}` : decodeBody(body);
      const kind = type === 'text/plain' ? 'text' : type === 'text/xml' ? 'xml' : 'bytea';
      return { given: { names: null, whole: kind }, values: { literal: true, byName: new Map(), whole } };
    }
    case 'application/x-www-form-urlencoded': {
      const byName = new Map<string, unknown>(new URLSearchParams(decodeBody(body)));
      return { given: { names: [...byName.keys()], whole: null }, values: { literal: true, byName, whole: null } };
    }
    case 'application/json':
    case '': {
      const text = decodeBody(body);
      const value = text.trim() === '' ? {} : parseJsonBody(text);
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        return { given: { names: null, whole: 'json' }, values: { literal: false, byName: new Map(), whole: value } };
      }
      const byName = new Map<string, unknown>(Object.entries(value));
      return { given: { names: [...byName.keys()], whole: 'json' }, values: { literal: false, byName, whole: value } };
    }
    default:
      throw badBody(`Content-Type not acceptable: ${type}`);
  }
}
