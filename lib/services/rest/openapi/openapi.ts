/** `GET /`: what this role may call, as Swagger 2.0, the way PostgREST describes itself. */

import { LRUCache } from 'lru-cache';
import type { Catalog, SqlFunction, Table } from '#lib/engine/catalog/catalog.ts';
import { requireExecute } from '#lib/engine/policies/execute-privilege.ts';
import { columnsFor } from '#lib/engine/policies/privileges.ts';
import { inSteps } from '#lib/engine/run/in-steps.ts';
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

/** Of one catalog: a document of many tables is megabytes, and is made once for each role. */
const documents = new WeakMap<Catalog, LRUCache<string, { readonly text: string | Promise<string> }>>();
const maxDocuments = 8;

/** Throws 406 PGRST107 for a media type the root does not have. */
export function describeApi(context: RestContext): HttpResponse | Promise<HttpResponse> {
  const { request } = context;
  const media = parseAccept(request.header('accept'));
  if (media.kind !== 'json' && media.kind !== 'openapi') throw noMediaType([media.contentType]);
  const { schema } = parseProfile(context);
  const contentType = media.kind === 'openapi' ? media.contentType : 'application/openapi+json; charset=utf-8';
  const respond = (text: string | null) => ({ status: 200, headers: ['Content-Type', contentType], body: text });
  if (request.method === 'HEAD') return respond(null);
  const text = findOrPrint(context, schema);
  return typeof text === 'string' ? respond(text) : text.then(respond);
}

function findOrPrint({ database, caller, baseUrl }: RestContext, schema: string): string | Promise<string> {
  const { catalog } = database;
  const texts = documents.get(catalog) ?? new LRUCache<string, { text: string | Promise<string> }>({ max: maxDocuments });
  documents.set(catalog, texts);
  const key = [schema, caller.role, baseUrl].join('\0');
  const made = texts.get(key) ?? { text: inSteps(printDocument(catalog, schema, caller.role, new URL(baseUrl))) };
  texts.set(key, made);
  return made.text;
}

/** JSON text by key. */
type Printed = Map<string, string>;

/** Pauses between two tables. */
export function* printDocument(catalog: Catalog, schema: string, role: string, base: URL): Generator<void, string> {
  const paths: Printed = new Map([['/', JSON.stringify(root)]]);
  const definitions: Printed = new Map();
  const parameters: Printed = new Map(print(Object.entries(sharedParameters)));
  for (const table of catalog.tables.values()) {
    yield;
    if (table.schema !== schema || !isReadable(catalog, table, role)) continue;
    paths.set(`/${table.name}`, JSON.stringify(toTablePath(catalog, table)));
    definitions.set(table.name, JSON.stringify(toDefinition(catalog, table)));
    for (const [name, text] of print(toTableParameters(table))) parameters.set(name, text);
  }
  for (const fn of [...catalog.functions.values()].flat()) {
    yield;
    if (fn.schema === schema && isCallable(catalog, fn, role)) paths.set(`/rpc/${fn.name}`, JSON.stringify(toFunctionPath(fn)));
  }
  const document: Printed = new Map([
    ...print(Object.entries(toHead(schema, base))),
    ['paths', join(paths)],
    ['definitions', join(definitions)],
    ['parameters', join(parameters)],
    ['externalDocs', JSON.stringify(externalDocs)],
  ]);
  yield;
  return join(document);
}

function print(entries: readonly (readonly [string, unknown])[]): [string, string][] {
  return entries.map(([name, value]) => [name, JSON.stringify(value)]);
}

function join(printed: Printed): string {
  return `{${Array.from(printed, ([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
}

const root = {
  get: {
    tags: ['Introspection'],
    summary: 'OpenAPI description (this document)',
    produces: ['application/openapi+json', 'application/json'],
    responses: { 200: { description: 'OK' } },
  },
};
const externalDocs = {
  description: 'PostgREST Documentation',
  url: 'https://docs.postgrest.org/en/v14/references/api.html',
};

function toHead(schema: string, base: URL) {
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
