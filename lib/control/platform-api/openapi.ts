/** The OpenAPI 3.1 document of the Platform API, made from the schemas of its routes. */

import { z } from 'zod';
import type { Route } from '#lib/control/platform-api/api-route.ts';
import { schemaNames } from '#lib/control/platform-api/schema-names.ts';

type Json = Record<string, unknown>;

const problem = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().nullable(),
  details: z.unknown().optional(),
  line: z.number().nullable().optional(),
  column: z.number().nullable().optional(),
  request_id: z.string().optional(),
});

export function toOpenApi(routes: readonly Route[]): Json {
  const components: Json = {};
  const toSchema = (schema: z.ZodType, io: 'input' | 'output'): unknown => toJsonSchema(schema, io, components);
  components.Problem = toSchema(problem, 'output');
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: toOperation(route, toSchema) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'KoyaLite Platform API', version: '1' },
    servers: [{ url: '/api/platform/v1' }],
    security: [{ bearer: [] }, { session: [] }],
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'koyalite_session' },
      },
    },
  };
}

function toOperation(route: Route, toSchema: (schema: z.ZodType, io: 'input' | 'output') => unknown): Json {
  const parameters = [...toParameters(route.params, 'path'), ...toParameters(route.query, 'query')];
  const success = route.status === 204 ? {} : { content: { 'application/json': { schema: toSchema(route.response, 'output') } } };
  const failure = { content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } } };
  return {
    operationId: route.id,
    summary: route.summary,
    ...(route.access === 'public' ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === null ? {} : { requestBody: toRequestBody(route.body, toSchema) }),
    responses: {
      [route.status]: { description: 'Done', ...success },
      default: { description: 'Refused', ...failure },
    },
  };
}

function toRequestBody(body: NonNullable<Route['body']>, toSchema: (schema: z.ZodType, io: 'input') => unknown): Json {
  if (body === 'stream')
    return { required: true, content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } };
  return { required: true, content: { 'application/json': { schema: toSchema(body, 'input') } } };
}

function toParameters(schema: z.ZodObject, where: 'path' | 'query'): Json[] {
  const shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const required = new Set(shape.required ?? []);
  return Object.entries(shape.properties ?? {}).map(([name, one]) => ({
    name,
    in: where,
    required: where === 'path' || required.has(name),
    schema: one,
  }));
}

/** Named schemas go to `components`; the schema is wrapped so that one that is itself named becomes a reference too. */
function toJsonSchema(schema: z.ZodType, io: 'input' | 'output', components: Json): unknown {
  const { $defs = {}, properties } = z.toJSONSchema(z.object({ schema }), {
    io,
    metadata: schemaNames,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'bigint') jsonSchema.type = 'integer';
    },
  });
  for (const [name, one] of Object.entries($defs)) components[name] = toReferences(one);
  return toReferences(properties?.schema);
}

function toReferences(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'), (name, value) =>
    // The name is the key it stands under; `id` would be an address in JSON Schema.
    name === '$schema' || (name === 'id' && typeof value === 'string') ? undefined : value,
  );
}
