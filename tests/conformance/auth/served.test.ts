/** Auth on the real server, next to REST: a user's token opens the user's rows, and a policy reads who it is. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@supabase/supabase-js';
import SQLite from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../faults/start-server.ts';
import { createTestProject, runSql } from '../../faults/test-project.ts';

const sql = `
  create table notes (id integer primary key, owner uuid not null default (auth.uid()) references auth.users(id) on delete cascade, body text);
  create policy own on notes for all to authenticated using (owner = auth.uid()) with check (owner = auth.uid());
`;

const home = mkdtempSync(join(tmpdir(), 'koyalite-served-'));
let server: RunningServer;
let url: string;
let key: string;
let ref: string;

beforeAll(async () => {
  server = await startServer(home);
  const project = await createTestProject(server, 'Served', sql, '00000000-0000-4000-8000-000000000001');
  url = `${server.url}${project.path}`;
  ref = project.ref;
  key = project.headers.apikey ?? '';
});
afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

const connect = () => createClient(url, key, { auth: { persistSession: false, autoRefreshToken: false } });

test('two users see their own rows and nobody else theirs', async () => {
  const [ada, bob, stranger] = [connect(), connect(), connect()];
  const signedUp = await ada.auth.signUp({ email: 'ada@x.io', password: 'secret1' });
  expect(signedUp.error).toBeNull();
  expect(signedUp.data.session).not.toBeNull();
  await bob.auth.signUp({ email: 'bob@x.io', password: 'secret1' });
  expect((await ada.from('notes').insert({ body: "Ada's" })).error).toBeNull();
  expect((await bob.from('notes').insert({ body: "Bob's" })).error).toBeNull();
  expect((await ada.from('notes').select('body')).data).toEqual([{ body: "Ada's" }]);
  expect((await bob.from('notes').select('body')).data).toEqual([{ body: "Bob's" }]);
  expect((await stranger.from('notes').select('body')).data).toEqual([]);
  expect((await ada.from('users').select('*')).error).not.toBeNull();
  expect((await ada.schema('auth').from('users').select('*')).error).not.toBeNull();
});

test('sessions refresh, end, and bad tokens get their error from auth', async () => {
  const client = connect();
  await client.auth.signUp({ email: 'eve@x.io', password: 'secret1' });
  expect((await client.auth.refreshSession()).error).toBeNull();
  const token = (await client.auth.getSession()).data.session?.access_token ?? '';
  expect((await client.auth.signOut()).error).toBeNull();
  expect((await client.auth.getUser(token)).error).toMatchObject({ name: 'AuthSessionMissingError' });
  expect((await client.auth.getUser('garbage')).error).toMatchObject({ status: 403, code: 'bad_jwt' });
  expect((await client.auth.signInWithPassword({ email: 'eve@x.io', password: 'wrong' })).error).toMatchObject({
    status: 400,
    code: 'invalid_credentials',
  });
});

test('what a browser opens needs no key', async () => {
  const settings = await fetch(`${url}/auth/v1/settings`, { headers: { apikey: key } });
  expect(await settings.json()).toMatchObject({ mailer_autoconfirm: true });
  expect((await fetch(`${url}/auth/v1/.well-known/jwks.json`)).status).toBe(200);
  const link = await fetch(`${url}/auth/v1/verify?token=unknown&type=signup`, { redirect: 'manual' });
  // Refused by its own rule (no secret is set), not for want of a key.
  expect((await fetch(`${url}/auth/v1/webhooks/resend`, { method: 'POST', body: '{}' })).status).toBe(404);
  expect(link.status).toBe(303);
  expect(link.headers.get('location')).toContain('error_code=otp_expired');
});

test('an answer without a body is the same each time', async () => {
  const peek = () => fetch(`${url}/auth/v1/verify?token=x`, { method: 'HEAD' });
  await peek();
  expect((await peek()).headers.get('x-request-id')).not.toContain(',');
});

test('a session that ends closes the data APIs at once, and within a second when it ends past the auth service', async () => {
  const [leaving, thrownOut] = [connect(), connect()];
  await leaving.auth.signUp({ email: 'leaving@x.io', password: 'secret1' });
  await thrownOut.auth.signUp({ email: 'out@x.io', password: 'secret1' });
  const tokenOf = async (client: typeof leaving) => (await client.auth.getSession()).data.session?.access_token ?? '';
  const tokens = [await tokenOf(leaving), await tokenOf(thrownOut)];
  const read = async (token = '') =>
    (await fetch(`${url}/rest/v1/notes`, { headers: { apikey: key, authorization: `Bearer ${token}` } })).status;
  expect([await read(tokens[0]), await read(tokens[1])]).toEqual([200, 200]);
  await leaving.auth.signOut({ scope: 'local' });
  expect([await read(tokens[0]), await read(tokens[1])]).toEqual([401, 200]);
  const file = new SQLite(join(home, 'environments', ref, 'data.db'));
  file.exec('DELETE FROM _koyalite_sessions');
  file.close();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(await read(tokens[1])).toBe(401);
});

test('a SQL function adds a claim to every token', async () => {
  await runSql(
    server,
    ref,
    `create function add_plan(event jsonb) returns jsonb language sql as $$ select json_set(event, '$.claims.plan', 'free') $$`,
  );
  const hook = {
    hook_custom_access_token_enabled: true,
    hook_custom_access_token_uri: 'pg-functions://postgres/public/add_plan',
  };
  await server.platform('PATCH', `/projects/${ref}/settings`, { auth: hook });
  const client = connect();
  const { data, error } = await client.auth.signUp({ email: 'hooked@x.io', password: 'secret1' });
  expect(error).toBeNull();
  const claims = JSON.parse(Buffer.from(data.session?.access_token.split('.')[1] ?? '', 'base64url').toString());
  expect(claims).toMatchObject({ plan: 'free', sub: data.user?.id, role: 'authenticated' });
  await server.platform('PATCH', `/projects/${ref}/settings`, { auth: { hook_custom_access_token_enabled: false } });
});
