/** `GET /`: what this role may call, as Swagger 2.0, the way PostgREST describes itself. */

import type { Catalog, SqlFunction, Table } from '#lib/engine/catalog/catalog.ts';
import { requireExecute } from '#lib/engine/policies/execute-privilege.ts';
import { columnsFor } from '#lib/engine/policies/privileges.ts';
import type { HttpResponse } from '#lib/http/exchange.ts';
import { toDefinition } from '#lib/services/rest/openapi/definitions.ts';
import { sharedParameters, toTableParameters } from '#lib/services/rest/openapi/parameters.ts';
import { toFunctionPath, toTablePath } from '#lib/services/rest/openapi/paths.ts';
import { parseAccept } from '#lib/services/rest/parse/parse-accept.ts';
import { noMediaType } from '#lib/services/rest/respond/rest-error.ts';
import type { RestContext } from '#lib/services/rest/rest-context.ts';
import { parseProfile } from '#lib/services/rest/schema.ts';

const medias = [
  'application/json',
  'application/vnd.pgrst.object+json;nulls=stripped',
  'application/vnd.pgrst.object+json',
  'text/csv',
];

/** Throws 406 PGRST107 for a media type the root does not have. */
export function describeApi(context: RestContext): HttpResponse {
  const { request, database, caller, baseUrl } = context;
  const media = parseAccept(request.header('accept'));
  if (media.kind !== 'json' && media.kind !== 'openapi') throw noMediaType([media.contentType]);
  const { schema } = parseProfile(context);
  const document = toDocument(database.catalog, schema, caller.role, new URL(baseUrl));
  const contentType = media.kind === 'openapi' ? media.contentType : 'application/openapi+json; charset=utf-8';
  return {
    status: 200,
    headers: ['Content-Type', contentType],
    body: request.method === 'HEAD' ? null : JSON.stringify(document),
  };
}

function toDocument(catalog: Catalog, schema: string, role: string, base: URL): unknown {
  const tables = [...catalog.tables.values()].filter((table) => table.schema === schema && isReadable(catalog, table, role));
  const functions = [...catalog.functions.values()].flat().filter((fn) => fn.schema === schema && isCallable(catalog, fn, role));
  return {
    swagger: '2.0',
    info: {
      title: 'KoyaLite REST API',
      description: `The tables, views and functions of the schema ${schema}.`,
      version: '14.0',
    },
    host: base.host,
    basePath: `${base.pathname.replace(/\/$/, '')}/`,
    schemes: [base.protocol.replace(':', '')],
    consumes: medias,
    produces: medias,
    paths: Object.fromEntries([
      [
        '/',
        {
          get: {
            tags: ['Introspection'],
            summary: 'OpenAPI description (this document)',
            produces: ['application/openapi+json', 'application/json'],
            responses: { 200: { description: 'OK' } },
          },
        },
      ],
      ...tables.map((table) => [`/${table.name}`, toTablePath(catalog, table)]),
      ...functions.map((fn) => [`/rpc/${fn.name}`, toFunctionPath(fn)]),
    ]),
    definitions: Object.fromEntries(tables.map((table) => [table.name, toDefinition(catalog, table)])),
    parameters: { ...sharedParameters, ...Object.fromEntries(tables.flatMap(toTableParameters)) },
    externalDocs: { description: 'PostgREST Documentation', url: 'https://docs.postgrest.org/en/v14/references/api.html' },
  };
}

function isReadable(catalog: Catalog, table: Table, role: string): boolean {
  return (['select', 'insert', 'update', 'delete'] as const).some(
    (privilege) => columnsFor(catalog, table, role, privilege) !== 'none',
  );
}

function isCallable(catalog: Catalog, fn: SqlFunction, role: string): boolean {
  if (fn.arguments.some((argument) => argument.row !== null && argument.name === '')) return false;
  try {
    requireExecute(catalog, fn, role);
    return true;
  } catch {
    return false;
  }
}
