/** Everything about a write that is the same for each request of its shape: plan, guard and compiled statements. */

import type { Table } from '#lib/engine/catalog/catalog.ts';
import { type ChangeStatements, compileDelete, compileUpdate } from '#lib/engine/compile/compile-change.ts';
import { compileReturning } from '#lib/engine/compile/compile-returning.ts';
import type { Statement } from '#lib/engine/compile/statement.ts';
import type { DeletePlan, InsertPlan, UpdatePlan } from '#lib/engine/plan/plan.ts';
import { type Guarded, guard } from '#lib/engine/policies/guard.ts';
import type { InsertVariants } from '#lib/engine/run/run-insert.ts';
import { staleCatalog } from '#lib/engine/run/stale-catalog.ts';
import { SqlError } from '#lib/engine/sql-error.ts';
import type { LexedQuery } from '#lib/services/rest/parse/lex-query.ts';
import { type MediaType, parseAccept } from '#lib/services/rest/parse/parse-accept.ts';
import type { Payload } from '#lib/services/rest/parse/parse-body.ts';
import { type Preferences, parsePrefer } from '#lib/services/rest/parse/parse-prefer.ts';
import type { Query } from '#lib/services/rest/parse/parse-request.ts';
import { toFields } from '#lib/services/rest/payload/fields.ts';
import { getTable } from '#lib/services/rest/plan/find-table.ts';
import { planDelete, planInsert, planUpdate, type WriteInput } from '#lib/services/rest/plan/plan-write.ts';
import { findBase } from '#lib/services/rest/plan/write-target.ts';
import { toShape } from '#lib/services/rest/read-table.ts';
import { badBody } from '#lib/services/rest/respond/rest-error.ts';
import type { RestContext } from '#lib/services/rest/rest-context.ts';
import { type Profile, parseProfile } from '#lib/services/rest/schema.ts';
import { createShapeCache } from '#lib/services/rest/shape-cache.ts';

export type WriteMethod = 'POST' | 'PATCH' | 'PUT' | 'DELETE';

export interface PreparedWrite {
  readonly method: WriteMethod;
  readonly table: Table;
  readonly profile: Profile;
  readonly preferences: Readonly<Preferences>;
  readonly media: MediaType;
  readonly returning: Statement | null;
  /** Whether any policy or default involved reads `current_setting('request.…')`. */
  readonly readsRequest: boolean;
  readonly insert: { readonly guarded: Guarded<InsertPlan>; readonly variants: InsertVariants } | null;
  readonly change: { readonly guarded: Guarded<UpdatePlan | DeletePlan>; readonly statements: ChangeStatements } | null;
}

const shapesOf = createShapeCache<PreparedWrite>();

/** Throws 40001 when the payload was encoded for columns that have changed since. */
export function prepareWrite(
  context: RestContext,
  name: string,
  method: WriteMethod,
  lexed: LexedQuery,
  query: Query,
  payload: Payload,
): PreparedWrite {
  const write = findOrPrepare(context, name, method, lexed, query, payload);
  if (payload.encoded !== null && payload.encoded.fields !== toFields(write.table).text) throw staleCatalog();
  return write;
}

function findOrPrepare(
  context: RestContext,
  name: string,
  method: WriteMethod,
  lexed: LexedQuery,
  query: Query,
  payload: Payload,
): PreparedWrite {
  const { request, caller, database, settings } = context;
  const catalog = database.catalog;
  const keys = toKeys(method, query, payload);
  const key = [
    method,
    caller.role,
    name,
    lexed.shape,
    keys.join('\n'),
    request.header('accept'),
    request.header('prefer'),
    request.header('content-profile'),
  ].join('\0');
  const shapes = shapesOf(catalog, settings);
  const known = shapes.get(key);
  if (known !== undefined) return known;

  const profile = parseProfile(context);
  const table = getTable(catalog, profile.schema, name);
  const parsed = parsePrefer(request.header('prefer'));
  const preferences = method === 'PUT' ? { ...parsed, resolution: 'merge-duplicates' as const } : parsed;
  const media = parseAccept(request.header('accept'));
  const input: WriteInput = { catalog, table, query, preferences, aggregates: settings.api.aggregates, shape: toShape(media) };
  const base = { method, table, profile, preferences, media, readsRequest: readsRequest(findBase(catalog, table) ?? table) };
  const made = method === 'POST' || method === 'PUT' ? prepareInsert() : prepareChange();
  shapes.set(key, made);
  return made;

  function prepareInsert(): PreparedWrite {
    const guarded = guard(planInsert(input, keys), caller, catalog);
    return { ...base, returning: compileReturning(guarded), insert: { guarded, variants: new Map() }, change: null };
  }

  function prepareChange(): PreparedWrite {
    if (method === 'PATCH') {
      const guarded = guard(planUpdate(input, keys), caller, catalog);
      requireWhere(guarded.plan, settings.api.safeUpdate);
      return {
        ...base,
        returning: compileReturning(guarded),
        insert: null,
        change: { guarded, statements: compileUpdate(guarded) },
      };
    }
    const guarded = guard(planDelete(input), caller, catalog);
    requireWhere(guarded.plan, settings.api.safeUpdate);
    return {
      ...base,
      returning: compileReturning(guarded),
      insert: null,
      change: { guarded, statements: compileDelete(guarded) },
    };
  }
}

/** A policy may reach others' through sub-selects, so any mention in the table's own counts, and any sub-select does. */
function readsRequest(table: Table): boolean {
  const texts = [
    ...table.policies.flatMap((policy) => [policy.usingSql, policy.checkSql]),
    ...table.columns.map((column) => column.defaultSql),
  ];
  return texts.some((text) => text !== null && (text.includes(':request_') || /\bselect\b/i.test(text)));
}

/** The columns a write sets: `columns=`, else the payload's own keys, which must agree across rows. */
function toKeys(method: WriteMethod, query: Query, payload: Payload): readonly string[] {
  if (query.columns !== null) return query.columns;
  if (!payload.uniform && method !== 'PATCH') throw badBody('All object keys must match');
  return payload.keys;
}

function requireWhere(plan: UpdatePlan | DeletePlan, safeUpdate: boolean): void {
  if (!safeUpdate || plan.where !== null) return;
  throw new SqlError({
    sqlstate: '21000',
    message: `${plan.kind.toUpperCase()} requires a WHERE clause`,
    hint: 'Add a filter, for example id=eq.1; to change every row use a filter that is always true.',
  });
}
