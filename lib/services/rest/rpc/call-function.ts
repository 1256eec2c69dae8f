/** `/rpc/<function>`: GET and HEAD run read-only, POST may write. */

import type { SqlFunction } from '#lib/engine/catalog/catalog.ts';
import { compileFunction, type FunctionStatements } from '#lib/engine/compile/compile-function.ts';
import type { CallPlan, Page } from '#lib/engine/plan/plan.ts';
import { guard } from '#lib/engine/policies/guard.ts';
import type { RowLimits } from '#lib/engine/run/call.ts';
import { runFunction } from '#lib/engine/run/run-function.ts';
import { retryStale } from '#lib/engine/run/stale-catalog.ts';
import { SqlError } from '#lib/engine/sql-error.ts';
import type { HttpResponse } from '#lib/http/exchange.ts';
import { explain } from '#lib/services/rest/explain.ts';
import type { LexedQuery } from '#lib/services/rest/parse/lex-query.ts';
import { type MediaType, parseAccept } from '#lib/services/rest/parse/parse-accept.ts';
import { type Preferences, parsePrefer } from '#lib/services/rest/parse/parse-prefer.ts';
import { checkLimits, parseQuery, type Query } from '#lib/services/rest/parse/parse-request.ts';
import { createPlanContext, planSelect } from '#lib/services/rest/plan/plan-select.ts';
import { beforeRead, findPreRequest } from '#lib/services/rest/pre-request.ts';
import { toShape } from '#lib/services/rest/read-table.ts';
import { applySettings, checkSettings } from '#lib/services/rest/respond/apply-settings.ts';
import { notSingular, restProblem, tooManyAffected } from '#lib/services/rest/respond/rest-error.ts';
import { type RestContext, toRequestContext } from '#lib/services/rest/rest-context.ts';
import { chooseFunction } from '#lib/services/rest/rpc/choose-function.ts';
import { toSpecs } from '#lib/services/rest/rpc/encode-arguments.ts';
import { type ReadArguments, readArguments } from '#lib/services/rest/rpc/read-arguments.ts';
import { readOnly } from '#lib/services/rest/rpc/read-only.ts';
import { respondCall } from '#lib/services/rest/rpc/respond-call.ts';
import { toResultTable } from '#lib/services/rest/rpc/result-table.ts';
import { type Profile, parseProfile } from '#lib/services/rest/schema.ts';
import { createShapeCache } from '#lib/services/rest/shape-cache.ts';

/** All that is the same for every call of one shape. */
export interface PreparedCall {
  readonly fn: SqlFunction;
  readonly statements: FunctionStatements;
  readonly media: MediaType;
  readonly preferences: Readonly<Preferences>;
  /** One bare value, not rows. */
  readonly scalar: boolean;
  /** One row as an object, not an array of one. */
  readonly object: boolean;
}

const shapesOf = createShapeCache<PreparedCall>();

export async function callFunction(context: RestContext, name: string): Promise<HttpResponse> {
  const read = await readArguments(context);
  checkLimits(read.lexed);
  return retryStale(context.database, () => answerCall(context, name, read));
}

async function answerCall(context: RestContext, name: string, { given, encode, lexed }: ReadArguments): Promise<HttpResponse> {
  const { request, database, caller, settings } = context;
  const profile = parseProfile(context);
  const { catalog } = database;
  const chosen = chooseFunction(catalog, profile.schema, name, given);
  const call = prepareCall(context, chosen.fn, lexed);
  const { fn, statements, media, preferences } = call;
  if (request.method !== 'POST' && statements.writes) throw readOnly(statements);
  const encoded = await encode(toSpecs(catalog, chosen.fn), chosen.whole);
  const first = findPreRequest(context);
  if (request.method !== 'POST' && first?.statements.writes) throw readOnly(first.statements);
  if (media.plan !== null) return explain(await beforeRead(context), media, statements.result?.sql ?? null);
  const limits = toLimits(call);
  const { result, settings: set } = await runFunction(database, {
    fn,
    statements,
    catalog,
    caller,
    request: toRequestContext(context),
    arguments: encoded,
    values: lexed.values,
    timeoutMs: settings.api.statementTimeoutMs,
    rollback: preferences.tx === 'rollback' && settings.api.txOverride,
    first,
    limits,
    refuse(rows, outcome) {
      checkSettings(outcome);
      return limits.maxRows !== null && rows > limits.maxRows ? tooManyAffected(rows) : notSingular(rows);
    },
  });
  return applySettings(respondCall(context, call, negotiatedSchema(profile), lexed, result), set);
}

function prepareCall(context: RestContext, fn: SqlFunction, lexed: LexedQuery): PreparedCall {
  const { request, database, caller, settings } = context;
  const { catalog } = database;
  const overload = (catalog.functions.get(`${fn.schema}.${fn.name}`) ?? []).indexOf(fn);
  const key = [caller.role, fn.schema, fn.name, overload, lexed.shape, request.header('accept'), request.header('prefer')].join(
    '\0',
  );
  const shapes = shapesOf(catalog, settings);
  const known = shapes.get(key);
  if (known !== undefined) return known;
  const preferences = parsePrefer(request.header('prefer'));
  const media = parseAccept(request.header('accept'));
  const table = toResultTable(catalog, fn);
  const invocation = { fn, arguments: new Map() };
  const root =
    table === null ? null : { source: { kind: 'call', call: invocation, table } as const, table, maxRows: settings.api.maxRows };
  const query = parseQuery(lexed);
  const select =
    root === null ? null : planSelect(createPlanContext(catalog, settings.api.aggregates, settings.api.maxRows), root, query);
  if (select === null) refuseFilters(fn, query);
  const plan: CallPlan = {
    kind: 'call',
    call: invocation,
    select,
    ...(select === null && fn.returns.setof ? { page: toPage(query, settings.api.maxRows) } : {}),
    count: preferences.count !== null,
    shape: toShape(media, table === null),
    timezone: preferences.timezone,
  };
  const statements = compileFunction(guard(plan, caller, catalog));
  const made = {
    fn,
    statements,
    media,
    preferences,
    scalar: select === null && !fn.returns.setof,
    object: select !== null && !fn.returns.setof,
  };
  shapes.set(key, made);
  return made;
}

function toPage(query: Query, maxRows: number): Page {
  return { limit: query.limits.at(-1)?.item ?? null, offset: query.offsets.at(-1)?.item ?? null, maxRows };
}

/** Scalars have no columns to filter or order by. */
function refuseFilters(fn: SqlFunction, query: Query): void {
  const [filter] = query.filters;
  const name = filter?.item.kind === 'filter' ? filter.item.name : query.orders[0]?.item[0]?.name;
  if (name !== undefined) throw new SqlError({ sqlstate: '42703', message: `column ${fn.name}.${name} does not exist` });
}

function negotiatedSchema(profile: Profile): string | null {
  return profile.negotiated ? profile.schema : null;
}

function toLimits({ fn, media, preferences }: PreparedCall): RowLimits {
  const maxRows = preferences.handling === 'strict' ? preferences.maxAffected : null;
  if (maxRows !== null && !fn.returns.setof) {
    throw restProblem(
      400,
      'PGRST128',
      'Function must return SETOF or TABLE when max-affected preference is used with handling=strict',
    );
  }
  return { maxRows, exactly: media.kind === 'object' && fn.returns.setof ? 1 : null };
}
