/** `/rpc/<function>`: GET and HEAD run read-only, POST may write. */

import type { Catalog, Table } from '#lib/engine/catalog/catalog.ts';
import { compileFunction, type FunctionStatements } from '#lib/engine/compile/compile-function.ts';
import type { CallPlan, SelectPlan } from '#lib/engine/plan/plan.ts';
import { guard } from '#lib/engine/policies/guard.ts';
import { type FunctionResult, runFunction } from '#lib/engine/run/run-function.ts';
import { SqlError } from '#lib/engine/sql-error.ts';
import { emptyResponse, type HttpResponse } from '#lib/http/exchange.ts';
import { parseAccept, type MediaType } from '#lib/services/rest/parse/parse-accept.ts';
import { type Preferences, parsePrefer, toPreferenceApplied } from '#lib/services/rest/parse/parse-prefer.ts';
import { checkLimits, parseQuery } from '#lib/services/rest/parse/parse-request.ts';
import { createPlanContext, planSelect } from '#lib/services/rest/plan/plan-select.ts';
import { toShape } from '#lib/services/rest/read-table.ts';
import { respondRows } from '#lib/services/rest/respond/respond-rows.ts';
import { notSingular, restProblem } from '#lib/services/rest/respond/rest-error.ts';
import { type RestContext, toRequestContext } from '#lib/services/rest/rest-context.ts';
import { chooseFunction } from '#lib/services/rest/rpc/choose-function.ts';
import { encodeArguments, readArguments } from '#lib/services/rest/rpc/read-arguments.ts';
import { parseProfile } from '#lib/services/rest/schema.ts';

export async function callFunction(context: RestContext, name: string): Promise<HttpResponse> {
  const { request, database, caller, settings } = context;
  const reading = request.method === 'GET' || request.method === 'HEAD';
  const { given, values, lexed } = await readArguments(context, database.catalog.functions.get(`${parseProfile(context).schema}.${name}`) ?? []);
  checkLimits(lexed);
  const preferences = parsePrefer(request.header('prefer'));
  const media = parseAccept(request.header('accept'));
  const catalog = database.catalog;
  const profile = parseProfile(context);
  const chosen = chooseFunction(catalog, profile.schema, name, given);
  const { fn } = chosen;
  const query = parseQuery(lexed);
  const table = toResultTable(catalog, fn);
  const select = table === null ? null : planSelect(createPlanContext(catalog, settings.api.aggregates), { source: { kind: 'call', call: { fn, arguments: new Map() }, table }, table, maxRows: settings.api.maxRows }, query);
  const plan: CallPlan = { kind: 'call', call: { fn, arguments: new Map() }, select, count: preferences.count !== null, shape: media.kind === 'text' || media.kind === 'octets' || media.kind === 'xml' ? 'json' : toShape(media) };
  const statements = compileFunction(guard(plan, caller, catalog));
  if (reading && statements.writes) throw readOnly(statements);
  const result = await runFunction(database, {
    fn,
    statements,
    caller,
    request: toRequestContext(context),
    arguments: encodeArguments(chosen, values),
    values: lexed.values,
    timeoutMs: settings.api.statementTimeoutMs,
    rollback: preferences.tx === 'rollback' && settings.api.txOverride,
    check: (rows) => checkAffected(preferences, media, fn.returns.setof, rows),
  });
  return respond(context, { media, preferences, select, negotiated: profile.negotiated ? profile.schema : null, object: table !== null && !fn.returns.setof }, lexed.parameters.find((parameter) => parameter.key === 'offset')?.value ?? '0', result);
}

/** What the rows of a function look like: its table, its declared columns, or null for scalars. */
function toResultTable(catalog: Catalog, fn: CallPlan['call']['fn']): Table | null {
  if (fn.returns.table !== null) return catalog.tables.get(fn.returns.table) ?? null;
  if (fn.returns.columns.length === 0) return null;
  const columns = fn.returns.columns.map((column) => ({
    ...column, nullable: true, default: null, defaultSql: null, identity: false, generated: false, comment: null, source: null,
  }));
  return {
    key: `~${fn.schema}.${fn.name}`, schema: fn.schema, name: fn.name, stored: fn.name, kind: 'view', columns,
    columnsByName: new Map(columns.map((column) => [column.name, column])),
    primaryKey: null, uniques: [], foreignKeys: [], checks: [], withoutRowid: true, rls: false, policies: [], view: null, comment: null, estimatedRows: 0,
  };
}

function readOnly(statements: FunctionStatements): SqlError {
  const text = statements.gather ?? statements.before[0] ?? '';
  const verb = /\b(INSERT|UPDATE|DELETE)\b/i.exec(text)?.[1]?.toUpperCase() ?? 'UPDATE';
  return new SqlError({ sqlstate: '25006', message: `cannot execute ${verb} in a read-only transaction` });
}

function checkAffected(preferences: Readonly<Preferences>, media: MediaType, setof: boolean, rows: number): void {
  if (preferences.handling === 'strict' && preferences.maxAffected !== null) {
    if (!setof) throw restProblem(400, 'PGRST128', 'Function must return SETOF or TABLE when max-affected preference is used with handling=strict');
    if (rows > preferences.maxAffected) {
      throw restProblem(400, 'PGRST124', 'Query result exceeds max-affected preference constraint', { details: `The query affects ${rows} rows` });
    }
  }
  if (media.kind === 'object' && setof && rows !== 1) throw notSingular(rows);
}

interface Answer {
  readonly media: MediaType;
  readonly preferences: Readonly<Preferences>;
  readonly select: SelectPlan | null;
  readonly negotiated: string | null;
  /** One row as an object, not an array of one. */
  readonly object: boolean;
}

function respond(context: RestContext, answer: Answer, offset: string, result: FunctionResult | null): HttpResponse {
  const { media, preferences } = answer;
  const headers: string[] = [];
  const applied = toPreferenceApplied({ return: null, count: preferences.count, tx: context.settings.api.txOverride ? preferences.tx : null, handling: preferences.handling, timezone: preferences.timezone, maxAffected: preferences.handling === 'strict' ? preferences.maxAffected : null });
  if (applied !== null) headers.push('Preference-Applied', applied);
  if (answer.negotiated !== null) headers.push('Content-Profile', answer.negotiated);
  if (result === null) return emptyResponse(204, headers);
  if (preferences.return === 'minimal') return emptyResponse(204, headers);
  const scalar = answer.select === null || answer.object;
  const document = answer.object ? (result.rows === 0 ? 'null' : result.document.slice(1, -1)) : result.document;
  const total = preferences.count === null ? null : scalar ? 1 : result.total;
  const shown = scalar && media.kind === 'object' ? { ...media, kind: 'json' as const } : media;
  return respondRows({
    media: shown,
    rows: scalar && answer.select === null ? result.rows : result.rows,
    document: media.kind === 'text' || media.kind === 'octets' || media.kind === 'xml' ? toPlainText(document) : document,
    total,
    offset: Math.max(0, Number(offset)),
    head: context.request.method === 'HEAD',
    headers,
  });
}

/** A scalar for `Accept: text/plain`: a string without its quotes. */
function toPlainText(document: string): string {
  const value: unknown = JSON.parse(document);
  return typeof value === 'string' ? value : value === null ? '' : document;
}
