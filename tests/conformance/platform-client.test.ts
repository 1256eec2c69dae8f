/** The typed client against the real Platform API. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPlatformClient, type PlatformClient } from '@koyalite/client';
import SQLite from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Control, createControl } from '#lib/control/control.ts';
import { createEngine } from '#lib/engine/create-engine.ts';
import type { Engine } from '#lib/engine/engine.ts';
import { fromFetch, toFetch } from '#lib/http/fetch-exchange.ts';

let home: string;
let engine: Engine;
let control: Control;
let client: PlatformClient;

function connect(token?: string): PlatformClient {
  return createPlatformClient({
    url: 'http://localhost:3000/',
    ...(token === undefined ? {} : { token }),
    fetch: async (request) => toFetch(await control.platformApi(fromFetch(request))),
  });
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'koyalite-client-'));
  engine = createEngine({});
  control = await createControl({ config: { home, masterKey: null, publicUrl: null }, engine });
  await control.firstStart({ demo: false });
  client = connect(await control.operators.renewLocalToken());
});
afterAll(async () => {
  await control.close();
  await engine.shutdown();
  rmSync(home, { recursive: true, force: true });
});

test('without a token nobody is let in, and the error says so', async () => {
  const { data, error, response } = await connect().GET('/projects');
  expect(data).toBeUndefined();
  expect(error?.code).toBe('not_signed_in');
  expect(response.status).toBe(401);
});

test('a project, its keys, a query, an import, and its end', async () => {
  const created = await client.POST('/projects', { body: { name: 'Shop' } });
  expect(created.data?.ref).toBe('shop');
  const path = { ref: 'shop' };
  const keys = await client.GET('/projects/{ref}/api-keys', { params: { path, query: { reveal: 'true' } } });
  expect(keys.data?.map((key) => typeof key.api_key)).toEqual(['string', 'string', 'string', 'string']);

  const file = join(home, 'boats.db');
  const source = new SQLite(file);
  source.exec("CREATE TABLE boats (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO boats (name) VALUES ('Argo')");
  const bytes = source.serialize();
  source.close();
  const imported = await client.importDatabase('shop', new Blob([new Uint8Array(bytes)]));
  expect(imported.data).toEqual({ tables: [{ name: 'boats', rows: 1 }] });

  const rows = await client.POST('/projects/{ref}/database/query', {
    params: { path },
    body: { query: 'select name from boats' },
  });
  expect(rows.data).toEqual([{ name: 'Argo' }]);
  const wrong = await client.POST('/projects/{ref}/database/query', { params: { path }, body: { query: 'select * from ships' } });
  expect(wrong.error).toMatchObject({ code: '42P01', line: 1 });

  expect((await client.DELETE('/projects/{ref}', { params: { path } })).data?.ref).toBe('shop');
  expect((await client.GET('/projects/{ref}', { params: { path } })).error?.code).toBe('project_not_found');
});
