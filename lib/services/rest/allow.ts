/** `OPTIONS`: which methods a resource takes. */

import type { Catalog, Table } from '#lib/engine/catalog/catalog.ts';
import { emptyResponse, type HttpResponse } from '#lib/http/exchange.ts';
import { getTable } from '#lib/services/rest/plan/find-table.ts';
import { findBase } from '#lib/services/rest/plan/write-target.ts';
import type { RestContext } from '#lib/services/rest/rest-context.ts';
import { notFoundFunction } from '#lib/services/rest/rpc/choose-function.ts';
import { parseProfile } from '#lib/services/rest/schema.ts';

export function allowRoot(): HttpResponse {
  return toAnswer('OPTIONS,GET,HEAD');
}

/** Throws 404 PGRST205. */
export function allowTable(context: RestContext, name: string): HttpResponse {
  const { catalog } = context.database;
  const table = getTable(catalog, parseProfile(context).schema, name);
  const put = table.kind === 'table' && table.primaryKey !== null ? ',PUT' : '';
  return toAnswer(isWritable(catalog, table) ? `OPTIONS,GET,HEAD,POST${put},PATCH,DELETE` : 'OPTIONS,GET,HEAD');
}

/** Throws 404 PGRST202. */
export function allowFunction(context: RestContext, name: string): HttpResponse {
  const { schema } = parseProfile(context);
  const overloads = context.database.catalog.functions.get(`${schema}.${name}`) ?? [];
  if (overloads.length === 0) throw notFoundFunction(context.database.catalog, [], schema, name, { names: [], whole: null });
  return toAnswer(overloads.every((fn) => fn.volatility === 'volatile') ? 'OPTIONS,POST' : 'OPTIONS,GET,HEAD,POST');
}

export function isWritable(catalog: Catalog, table: Table): boolean {
  return table.kind !== 'view' || findBase(catalog, table) !== null;
}

function toAnswer(methods: string): HttpResponse {
  return emptyResponse(200, ['Allow', methods]);
}
