/** GET and HEAD of a table: parse → plan → guard → compile once per shape, then run and respond. */

import type { Catalog, Table } from '#lib/engine/catalog/catalog.ts';
import { compileRead } from '#lib/engine/compile/compile-read.ts';
import type { Statement } from '#lib/engine/compile/statement.ts';
import type { ResultShape, SelectPlan } from '#lib/engine/plan/plan.ts';
import { guard } from '#lib/engine/policies/guard.ts';
import { isUnwalled } from '#lib/engine/policies/predicate.ts';
import { estimateRows } from '#lib/engine/run/estimate-rows.ts';
import { type ReadResult, runRead } from '#lib/engine/run/run-read.ts';
import type { HttpResponse } from '#lib/http/exchange.ts';
import { explain } from '#lib/services/rest/explain.ts';
import { applyRange } from '#lib/services/rest/parse/apply-range.ts';
import { type LexedQuery, lexQuery } from '#lib/services/rest/parse/lex-query.ts';
import { type MediaType, parseAccept } from '#lib/services/rest/parse/parse-accept.ts';
import { parsePrefer, toPreferenceApplied } from '#lib/services/rest/parse/parse-prefer.ts';
import { checkLimits, parseQuery } from '#lib/services/rest/parse/parse-request.ts';
import { getTable } from '#lib/services/rest/plan/find-table.ts';
import { createPlanContext, planSelect } from '#lib/services/rest/plan/plan-select.ts';
import { beforeRead } from '#lib/services/rest/pre-request.ts';
import { applySettings } from '#lib/services/rest/respond/apply-settings.ts';
import { respondRows, toOffset } from '#lib/services/rest/respond/respond-rows.ts';
import { noMediaType } from '#lib/services/rest/respond/rest-error.ts';
import { type RestContext, toRequestContext } from '#lib/services/rest/rest-context.ts';
import { parseProfile } from '#lib/services/rest/schema.ts';
import { createShapeCache } from '#lib/services/rest/shape-cache.ts';

/** All that is the same for every request of one shape. */
interface PreparedRead {
  readonly statement: Statement;
  readonly media: MediaType;
  readonly headers: readonly string[];
  /** `count=planned` of this table is a guess: no filter narrows it and no policy hides rows of it. */
  readonly planned: Table | null;
}

const shapesOf = createShapeCache<PreparedRead>();

export function readTable(asked: RestContext, table: string): HttpResponse | Promise<HttpResponse> {
  const { request, caller } = asked;
  const lexed = applyRange(lexQuery(asked.query), request.method === 'GET' ? request.header('range') : null);
  checkLimits(lexed);
  const catalog = asked.database.catalog;
  const key = `${caller.role} ${table}?${lexed.shape} ${request.header('accept')} ${request.header('prefer')} ${request.header('accept-profile')}`;
  const shapes = shapesOf(catalog, asked.settings);
  let read = shapes.get(key);
  if (read === undefined) {
    read = prepareRead(asked, catalog, table, lexed);
    shapes.set(key, read);
  }
  const prepared = read;
  const before = beforeRead(asked);
  return before instanceof Promise
    ? before.then((context) => answerRead(context, prepared, lexed))
    : answerRead(before, prepared, lexed);
}

function answerRead(context: RestContext, read: PreparedRead, lexed: LexedQuery): HttpResponse | Promise<HttpResponse> {
  if (read.media.plan !== null) return explain(context, read.media, read.statement.sql);
  const result = runRead(context.database, {
    statement: read.statement,
    caller: context.caller,
    request: toRequestContext(context),
    values: lexed.values,
    timeoutMs: context.settings.api.statementTimeoutMs,
    ...(context.set === undefined ? {} : { settings: context.set }),
  });
  return result instanceof Promise
    ? result.then((done) => respond(context, read, lexed, done))
    : respond(context, read, lexed, result);
}

function prepareRead(context: RestContext, catalog: Catalog, name: string, lexed: LexedQuery): PreparedRead {
  const { request, settings } = context;
  const media = parseAccept(request.header('accept'));
  const preferences = parsePrefer(request.header('prefer'));
  const profile = parseProfile(context);
  const query = parseQuery(lexed);
  const table = getTable(catalog, profile.schema, name);
  const root = { source: { kind: 'table', table } as const, table, maxRows: settings.api.maxRows };
  const select = planSelect(createPlanContext(catalog, settings.api.aggregates, settings.api.maxRows), root, query);
  const planned = preferences.count === 'planned' && isGuessable(catalog, table, select, context.caller.role) ? table : null;
  const plan = {
    kind: 'read',
    select,
    count: preferences.count !== null && planned === null,
    shape: toShape(media),
    timezone: preferences.timezone,
  } as const;
  const statement = compileRead(guard(plan, context.caller, catalog));
  const headers: string[] = ['Vary', 'Accept, Prefer, Range'];
  const applied = toPreferenceApplied({
    count: preferences.count,
    handling: preferences.handling,
    timezone: preferences.timezone,
  });
  if (applied !== null) headers.push('Preference-Applied', applied);
  if (profile.negotiated) headers.push('Content-Profile', profile.schema);
  return { statement, media, headers, planned };
}

/** Elsewhere a guess would tell of rows the caller cannot see, or be no better than counting. */
function isGuessable(catalog: Catalog, table: Table, select: SelectPlan, role: string): boolean {
  const narrowed = select.where !== null || select.fields.some((field) => field.kind !== 'value' && field.embed.inner);
  const grouped = select.fields.some((field) => field.kind === 'value' && field.value.kind === 'aggregate');
  return !narrowed && !grouped && table.kind === 'table' && !table.withoutRowid && isUnwalled(catalog, table, role);
}

/** How the rows become one document; `scalar` results may also be sent as they are. A plan is that of the JSON. */
export function toShape(media: MediaType, scalar = false): ResultShape {
  switch (media.kind) {
    case 'json':
    case 'object':
      return media.stripped ? 'json-stripped' : 'json';
    case 'csv':
    case 'geojson':
      return media.kind;
    case 'plan':
      return 'json';
    default:
      if (scalar && media.kind !== 'openapi') return 'json';
      throw noMediaType([media.contentType]);
  }
}

function respond(context: RestContext, read: PreparedRead, lexed: LexedQuery, result: ReadResult): HttpResponse {
  const offset = toOffset(lexed);
  const { planned } = read;
  const answer = respondRows({
    media: read.media,
    rows: result.rows,
    document: result.document,
    total: planned === null ? result.total : Math.max(offset + result.rows, estimateRows(context.database, planned)),
    offset,
    head: context.request.method === 'HEAD',
    headers: [...read.headers, 'Content-Location', toContentLocation(context)],
  });
  return applySettings(answer, context.set);
}

/** Clients take only so many bytes of headers: a longer URL is not sent back. */
const maxLocationLength = 2048;

/** The URL of what was sent, its parameters in one order. */
function toContentLocation({ path, query }: RestContext): string {
  if (query === '' || query.length > maxLocationLength) return path;
  return query.includes('&') ? `${path}?${query.split('&').sort().join('&')}` : `${path}?${query}`;
}
