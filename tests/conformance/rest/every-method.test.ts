/**
 * Every public method of the unmodified data client, called once against the real server: 63 of supabase-js 2.119. They are the 4
 * of the client itself that speak REST (its other 4 are Realtime's), the same 4 of what `schema()` gives, the 5 of what `from()`
 * gives, and the 50 of a query. (By class, with what three classes each declare anew, the last three are 62.)
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type RunningServer, startServer } from '../../faults/start-server.ts';
import { publicMethods, readHidden } from '../../support/public-methods.ts';
import { filterMethodCases } from './filter-method.cases.ts';
import { queryMethodCases } from './query-method.cases.ts';
import { fixture, restSettings } from './rest-environment.ts';

const home = mkdtempSync(join(tmpdir(), 'koyalite-methods-'));
const cases = [...queryMethodCases, ...filterMethodCases];
let server: RunningServer;
let client: SupabaseClient;

beforeAll(async () => {
  server = await startServer(home);
  const { ref } = z.object({ ref: z.string() }).parse(await server.platform('POST', '/projects', { name: 'Methods' }));
  await server.platform('POST', `/projects/${ref}/database/query`, { query: fixture });
  await server.platform('PATCH', `/projects/${ref}/settings`, { api: restSettings });
  const keys = z
    .array(z.object({ name: z.string(), api_key: z.string().nullable() }))
    .parse(await server.platform('GET', `/projects/${ref}/api-keys?reveal=true`));
  const key = keys.find(({ name }) => name === 'service_role')?.api_key ?? '';
  client = createClient(`${server.url}/api/${ref}`, key, { auth: { persistSession: false, autoRefreshToken: false } });
}, 120_000);

afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

test('no method of the client is without a case', () => {
  const hidden = readHidden('postgrest-js', 'supabase-js');
  const offline = createClient('http://localhost', 'key');
  const realtime = ['channel', 'getChannels', 'removeAllChannels', 'removeChannel'];
  const places: [string, object][] = [
    ['client', offline],
    ['schema()', offline.schema('public')],
    ['from()', offline.from('x')],
    ['query', offline.from('x').select()],
  ];
  const offered = places.flatMap(([place, value]) => publicMethods(value, hidden).map((name) => `${place}.${name}`));
  const methods = offered.filter((name) => !realtime.some((other) => name === `client.${other}`));
  expect(cases.map(({ method }) => method).sort()).toEqual(methods.sort());
  expect(methods).toHaveLength(63);
});

describe('answers', () => {
  test.each(cases.map((item) => [item.method, item] as const))('%s', async (_, { ask, gives }) => {
    const answer = z.record(z.string(), z.unknown()).parse(await ask(client));
    expect(Object.fromEntries(Object.keys(gives).map((name) => [name, answer[name]]))).toEqual(gives);
  });
});
