/** The OpenAPI document, and that the client's copy of it is current (`npx vitest run openapi -u` renews it). */

import { expect, test } from 'vitest';
import { z } from 'zod';
import { route } from '#lib/control/platform-api/api-route.ts';
import { toOpenApi } from '#lib/control/platform-api/openapi.ts';
import { routes } from '#lib/control/platform-api/routes.ts';

const document = toOpenApi(routes);

test('the copy the client is typed by is current', async () => {
  const file = '../../../packages/client/generated/openapi.json';
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(file);
});

test('every reference leads somewhere', () => {
  const { components } = z.object({ components: z.object({ schemas: z.record(z.string(), z.unknown()) }) }).parse(document);
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]);
  expect(references.length).toBeGreaterThan(20);
  const known = Object.keys(components.schemas).map((name) => `#/components/schemas/${name}`);
  expect(references.filter((reference) => !known.includes(reference ?? ''))).toEqual([]);
});

test('ids are unique, and paths name their parameters', () => {
  expect(new Set(routes.map((one) => one.id)).size).toBe(routes.length);
  for (const one of routes) {
    const named = [...one.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    expect(Object.keys(one.params.shape).sort(), one.path).toEqual(named.sort());
  }
});

test('a route is written out with its parameters, body and answer', () => {
  const sample = route('POST', '/things/{ref}', {
    id: 'makeThing',
    summary: 'Make a thing',
    status: 201,
    params: z.object({ ref: z.string() }),
    query: z.object({ limit: z.coerce.number().default(5) }),
    body: z.object({ name: z.string(), size: z.number().default(1) }),
    response: z.object({ id: z.string(), size: z.bigint() }),
    handle: async () => ({ id: '', size: 1n }),
  });
  const { paths } = z.object({ paths: z.record(z.string(), z.unknown()) }).parse(toOpenApi([sample]));
  expect(paths['/things/{ref}']).toMatchObject({
    post: {
      operationId: 'makeThing',
      parameters: [
        { name: 'ref', in: 'path', required: true },
        { name: 'limit', in: 'query', required: false },
      ],
      requestBody: { content: { 'application/json': { schema: { required: ['name'] } } } },
      responses: {
        201: {
          content: { 'application/json': { schema: { properties: { id: { type: 'string' }, size: { type: 'integer' } } } } },
        },
      },
    },
  });
});
