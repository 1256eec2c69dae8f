/** A05 at the data APIs' own door, A27 batching, and A02 over real connections. */

import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type RunningServer, startServer } from '../faults/start-server.ts';
import { createTestProject, runSql, type TestProject } from '../faults/test-project.ts';
import { newHmacKey } from '../support/auth-environment.ts';
import { openRestEnvironment, type RestEnvironment } from '../support/rest-environment.ts';

const signingKey = newHmacKey();
const schema = `CREATE TABLE notes (id integer PRIMARY KEY, body text);
  INSERT INTO notes VALUES (1, 'PLANTED');
  CREATE POLICY notes_read ON notes FOR SELECT TO authenticated USING (true);`;
let rest: RestEnvironment;
let home: string;
let server: RunningServer;
let project: TestProject;

beforeAll(async () => {
  rest = await openRestEnvironment(schema, { signingKeys: [signingKey] });
  home = mkdtempSync(join(tmpdir(), 'koyalite-auth-data-'));
  server = await startServer(home);
  project = await createTestProject(server, 'Data', 'select 1', '00000000-0000-4000-8000-000000000001');
});
afterAll(async () => {
  await rest.close();
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

const now = Math.floor(Date.now() / 1000);

/** A token with a good signature over exactly these claims: what JSON.stringify would not write is written by hand. */
function sign(claims: string, header = '{"alg":"HS256"}'): string {
  const content = [header, claims].map((part) => Buffer.from(part).toString('base64url')).join('.');
  return `${content}.${createHmac('sha256', signingKey.secret ?? '')
    .update(content)
    .digest('base64url')}`;
}

const read = (token: string) => rest.call('GET', '/notes', { as: null, headers: { authorization: `Bearer ${token}` } });

test('A05 the same token with sound claims is accepted', async () => {
  const answer = await read(sign(`{"role":"authenticated","exp":${now + 600},"nbf":${now},"iat":${now}}`));
  expect(answer).toMatchObject({ status: 200, json: [{ id: 1, body: 'PLANTED' }] });
});

test('A04 other claims under the signature of an accepted token are refused', async () => {
  const good = sign(`{"role":"anon","exp":${now + 600}}`);
  expect(await read(good)).toMatchObject({ status: 200, json: [] });
  const [header, , signature] = good.split('.');
  const claims = Buffer.from(`{"role":"authenticated","exp":${now + 600}}`).toString('base64url');
  for (const forged of [
    `${header}.${claims}.${signature}`,
    `${header}.${claims}.x${signature}`,
    `.${signature}`,
    signature ?? '',
  ]) {
    const answer = await read(forged);
    expect(answer.status).toBe(401);
    expect(answer.text).not.toContain('PLANTED');
  }
});

test.each([
  ['exp as text', `{"role":"authenticated","exp":"${now + 600}"}`],
  ['no exp', '{"role":"authenticated"}'],
  ['exp beyond numbers', '{"role":"authenticated","exp":1e999}'],
  ['exp as null', '{"role":"authenticated","exp":null}'],
  ['exp as a list', `{"role":"authenticated","exp":[${now + 600}]}`],
  ['a negative exp', '{"role":"authenticated","exp":-1}'],
  ['an exp gone by', `{"role":"authenticated","exp":${now - 60}}`],
  ['nbf in ten minutes', `{"role":"authenticated","exp":${now + 1200},"nbf":${now + 600}}`],
  ['nbf as text', `{"role":"authenticated","exp":${now + 600},"nbf":"0"}`],
  ['iat in ten minutes', `{"role":"authenticated","exp":${now + 1200},"iat":${now + 600}}`],
  ['claims that are a list', '[]'],
  ['claims that are no JSON', '{"role":"authenticated","exp":'],
])('A05 %s: 401 and no row', async (_name, claims) => {
  const answer = await read(sign(claims));
  expect(answer.status).toBe(401);
  expect(answer.text).not.toContain('PLANTED');
  expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/);
});

test('A27 many logins in one body are one refused request, not many', async () => {
  const login = { email: 'a@x.io', password: 'secret1' };
  for (const body of [Array(100).fill(login), { 0: login, 1: login }, { operations: Array(100).fill(login) }]) {
    const answer = await postAuth('/token?grant_type=password', body);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.json)).not.toContain('access_token');
  }
  // Of two members of one name the last counts, as for every reader behind us.
  await postAuth('/signup', login);
  const twice = `{"email":"a@x.io","password":"wrong","password":"secret1"}`;
  expect((await postAuth('/token?grant_type=password', twice)).status).toBe(200);
});

const tokensSchema = z.object({ refresh_token: z.string() });

test('A02 50 parallel refreshes over 50 connections get one child, and one token lives', async () => {
  const { json } = await postAuth('/signup', { email: 'many@x.io', password: 'secret1' });
  const { refresh_token: first } = tokensSchema.parse(json);
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => postAuth('/token?grant_type=refresh_token', { refresh_token: first })),
  );
  expect(answers.map((answer) => answer.status)).toEqual(Array(50).fill(200));
  expect(new Set(answers.map((answer) => tokensSchema.parse(answer.json).refresh_token)).size).toBe(1);
  const live = `SELECT count(*) AS n FROM _koyalite_refresh_tokens r JOIN _koyalite_users u ON u.id = r.user_id
    WHERE u.email = 'many@x.io' AND r.revoked = 0`;
  expect(await runSql(server, project.ref, live)).toEqual([{ n: 1 }]);
});

async function postAuth(path: string, body: unknown): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`${server.url}${project.path}/auth/v1${path}`, {
    method: 'POST',
    headers: { apikey: project.headers.apikey ?? '', 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, json: await response.json() };
}
