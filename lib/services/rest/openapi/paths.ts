/** The operations of a table and of a function. */

import type { Catalog, FunctionArgument, SqlFunction, Table } from '#lib/engine/catalog/catalog.ts';
import { isWritable } from '#lib/services/rest/allow.ts';
import { toSchema } from '#lib/services/rest/openapi/definitions.ts';
import { refer } from '#lib/services/rest/openapi/parameters.ts';

export function toTablePath(catalog: Catalog, table: Table): Record<string, unknown> {
  const filters = table.columns.map((column) => `rowFilter.${table.name}.${column.name}`);
  const read = operation(table, {
    parameters: refer([...filters, 'select', 'order', 'range', 'rangeUnit', 'offset', 'limit', 'preferCount']),
    responses: {
      200: { description: 'OK', schema: { type: 'array', items: { $ref: `#/definitions/${table.name}` } } },
      206: { description: 'Partial Content' },
    },
  });
  if (!isWritable(catalog, table)) return { get: read };
  const gone = { 204: { description: 'No Content' } };
  return {
    get: read,
    post: operation(table, {
      parameters: refer([`body.${table.name}`, 'select', 'preferPost']),
      responses: { 201: { description: 'Created' } },
    }),
    delete: operation(table, { parameters: refer([...filters, 'preferReturn']), responses: gone }),
    patch: operation(table, { parameters: refer([...filters, `body.${table.name}`, 'preferReturn']), responses: gone }),
  };
}

function operation(table: Table, rest: Record<string, unknown>): Record<string, unknown> {
  return { tags: [table.name], ...(table.comment === null ? {} : { summary: table.comment }), ...rest };
}

export function toFunctionPath(fn: SqlFunction): Record<string, unknown> {
  const shared = {
    tags: [`(rpc) ${fn.name}`],
    ...(fn.comment === null ? {} : { summary: fn.comment }),
    produces: ['application/json', 'application/vnd.pgrst.object+json;nulls=stripped', 'application/vnd.pgrst.object+json'],
    responses: { 200: { description: 'OK' } },
  };
  const post = { ...shared, parameters: [toBody(fn.arguments), ...refer(['preferParams'])] };
  if (fn.volatility === 'volatile') return { post };
  return { get: { ...shared, parameters: fn.arguments.map(toQueryParameter) }, post };
}

function toBody(args: readonly FunctionArgument[]): Record<string, unknown> {
  const required = args.filter((argument) => argument.default === null && !argument.variadic).map((argument) => argument.name);
  const properties = args.map((argument) => [argument.name, { format: argument.type.name, ...toSchema(argument.type) }]);
  const schema = { ...(required.length === 0 ? {} : { required }), type: 'object', properties: Object.fromEntries(properties) };
  return { in: 'body', name: 'args', required: true, schema };
}

function toQueryParameter(argument: FunctionArgument): Record<string, unknown> {
  const required = argument.default === null && !argument.variadic;
  return { name: argument.name, in: 'query', required, format: argument.type.name, type: 'string', ...toSchema(argument.type) };
}
