/** One table of requests, and one of flows through the auth client, on every host: in process, through `server.ts`, and through Next's route file. */

import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authCases, openAuthWorld } from './auth-cases.ts';
import { type HostCase, hostCases } from './host-cases.ts';
import { byRouteFile, byServer, type Host, inProcess, users } from './hosts.ts';

function toRequest(host: Host, item: HostCase): Request {
  const { as = 'anon', body } = item;
  const headers = new Headers(as === 'nobody' ? {} : { apikey: as === 'service' ? host.keys.service : host.keys.anon });
  if (as !== 'nobody' && as !== 'anon') headers.set('authorization', `Bearer ${host.keys[as]}`);
  if (body !== undefined) headers.set('content-type', 'application/json');
  for (const [name, value] of Object.entries(item.headers ?? {})) headers.set(name, value);
  const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
  return new Request(host.url + item.path, { method: item.method ?? 'GET', headers, body: text });
}

async function check(item: HostCase, answer: Response): Promise<void> {
  const text = await answer.text();
  expect([answer.status, answer.status === item.status ? '' : text]).toEqual([item.status, '']);
  for (const [name, value] of Object.entries(item.expect ?? {})) {
    const found = answer.headers.get(name);
    if (value instanceof RegExp) expect(found).toMatch(value);
    else expect(found).toBe(value);
  }
  if (item.answer !== undefined) expect(text === '' ? '' : JSON.parse(text)).toEqual(item.answer);
  if (item.contains !== undefined) expect(text).toContain(item.contains);
  if (item.not !== undefined) expect(text).not.toContain(item.not);
  expect(text).not.toMatch(/node_modules|\.ts:\d+|_koyalite_/);
}

describe.each([
  ['in process', inProcess],
  ['server.ts', byServer],
  ['the route file', byRouteFile],
])('%s', (_, start) => {
  let host: Host;
  beforeAll(async () => {
    host = await start();
  });
  afterAll(() => host.close());

  test.each(hostCases.map((item) => [item.name, item] as const))('%s', async (_name, item) => {
    await check(item, await host.fetch(toRequest(host, item)));
  });

  test.each(authCases.map((item) => [item.name, item] as const))('auth: %s', async (_name, item) => {
    await item.check(openAuthWorld(host));
    expect.hasAssertions();
  });

  test('supabase-js reads, embeds and writes as two users who do not see each other', async () => {
    const connect = (token: string): SupabaseClient =>
      createClient(`${host.url}/api/shop`, host.keys.anon, {
        global: { fetch: host.fetch, headers: { Authorization: `Bearer ${token}` } },
        auth: { autoRefreshToken: false, persistSession: false },
      });
    const [alice, bob] = [connect(host.keys.alice), connect(host.keys.bob)];
    const written = await alice
      .from('notes')
      .insert({ body: 'secret of alice', team_id: 1 })
      .select('owner, teams(name)')
      .single();
    expect(written.error).toBeNull();
    expect(written.data).toEqual({ owner: users.alice, teams: { name: 'red' } });
    const hers = await alice.from('notes').select('body').order('id');
    expect(hers.data?.map((row) => row.body)).toEqual(['from alice', 'secret of alice']);
    const his = await bob.from('teams').select('name, notes(body)');
    expect(his.data).toEqual([{ name: 'red', notes: [{ body: 'from bob' }] }]);
    const stolen = await bob.from('notes').update({ body: 'mine now' }).eq('body', 'secret of alice').select();
    expect(stolen.data).toEqual([]);
    const removed = await alice.from('notes').delete({ count: 'exact' }).eq('body', 'secret of alice');
    expect([removed.error, removed.count]).toEqual([null, 1]);
  });
});
