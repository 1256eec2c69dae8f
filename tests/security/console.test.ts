/** Security cases I02–I04, I08 and T01–T05 through the Platform API: SQL of operators, and walls between projects. */

import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type RunningServer, startServer } from '../faults/start-server.ts';
import { createTestProject, type TestProject } from '../faults/test-project.ts';

let home: string;
let server: RunningServer;
let red: TestProject;
let blue: TestProject;
const user = randomUUID();

const schema = (name: string) => `create table notes (id int primary key, owner uuid, body text);
  create policy own on notes using (owner = auth.uid()); insert into notes values (1, '${user}', 'of ${name}');`;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'koyalite-console-'));
  server = await startServer(home);
  red = await createTestProject(server, 'red', schema('red'), user);
  blue = await createTestProject(server, 'blue', schema('blue'), user);
}, 60_000);

afterAll(async () => {
  await server?.stop();
  rmSync(home, { recursive: true, force: true });
});

interface Asked {
  readonly status: number;
  readonly text: string;
}

async function platform(method: string, path: string, body?: unknown, token = server.token): Promise<Asked> {
  const answer = await fetch(`${server.url}/api/platform/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  });
  return { status: answer.status, text: await answer.text() };
}
const query = (text: string, more: object = {}) =>
  platform('POST', `/projects/${red.ref}/database/query`, { query: text, ...more });
const files = () =>
  readdirSync(home, { recursive: true })
    .map(String)
    .filter((name) => !/-(wal|shm|journal)$/.test(name))
    .sort();

const outside = join(tmpdir(), `koyalite-escape-${randomUUID()}`);

test.each([
  `ATTACH '${outside}' AS x`,
  `/* c */ aTtAcH /* d */ '${outside}' AS x`,
  `-- comment\nATTACH\n'${outside}' AS x`,
  `select 1; ATTACH '${outside}' AS x`,
  `EXPLAIN ATTACH '${outside}' AS x`,
  'DETACH main',
  `VACUUM INTO '${outside}'`,
  `VACUUM main INTO '${outside}'`,
  'VACUUM',
  'PRAGMA writable_schema = ON',
  'EXPLAIN PRAGMA writable_schema = ON',
  'EXPLAIN QUERY PLAN PRAGMA foreign_keys = OFF',
  'EXPLAIN VACUUM',
  'PRAGMA main.writable_schema=1',
  'PRAGMA journal_mode = DELETE',
  'PRAGMA synchronous = OFF',
  'PRAGMA foreign_keys = OFF',
  'PRAGMA trusted_schema = ON',
  `PRAGMA temp_store_directory = '${tmpdir()}'`,
  'PRAGMA user_version = 7',
  "select load_extension('/tmp/x.so')",
  "select readfile('/etc/passwd')",
  `select writefile('${outside}', 'x')`,
  'select * from pragma_database_list',
  "select edit('x')",
  "update sqlite_master set sql = 'x'",
  "insert into sqlite_schema values ('table','x','x',0,'create table x(a)')",
  "create table x(a); delete from sqlite_schema where name = 'x'",
  'ＡＴＴＡＣＨ x AS y',
  'select * from main.notes; BEGIN; COMMIT; ATTACH x AS y',
  'delete from _koyalite_rls_policies',
  "update _koyalite_users set role = 'x'",
])('I02 %s is refused and leaves nothing', async (text) => {
  const before = files();
  const answer = await query(text);
  expect([answer.status, answer.text]).toEqual([
    expect.toSatisfy((status: number) => status >= 400 && status < 500),
    expect.not.stringContaining(home),
  ]);
  expect(existsSync(outside)).toBe(false);
  expect(files()).toEqual(before);
});

const runaways = {
  'an endless recursion': 'with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n',
  'a cartesian product':
    'with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000) select count(*) from n a, n b, n c',
  'giant blobs': 'select length(randomblob(1000000000)), length(randomblob(1000000000))',
  'a giant text':
    'select length(group_concat(hex(zeroblob(1000000)))) from (with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000) select i from n)',
};

test('I03 what runs away ends in time, and the server goes on meanwhile', async () => {
  const running = Object.values(runaways).map((text) => query(text));
  for (let round = 0; round < 20; round += 1) {
    const answer = await fetch(`${server.url}${red.path}/rest/v1/notes`, { headers: red.headers });
    expect(answer.status).toBe(200);
  }
  const answers = await Promise.all(running);
  for (const answer of answers) {
    expect([201, 400, 408, 413, 422, 503, 504]).toContain(answer.status);
    expect(answer.text).not.toContain(home);
  }
  // The two that never end by themselves were ended.
  for (const answer of answers.slice(0, 2)) expect(answer.text).toContain('statement timeout');
}, 60_000);

test('I03 of a million rows ten thousand are kept', async () => {
  const answer = await query(
    'with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000000) select i from n',
    { results: 'full' },
  );
  const [result] = z
    .object({ results: z.array(z.object({ rows: z.array(z.unknown()), truncated: z.boolean() })) })
    .parse(JSON.parse(answer.text)).results;
  expect([result?.rows.length, result?.truncated]).toEqual([10_000, true]);
});

test.each([
  'select 1; drop table notes',
  "insert into notes values (2, null, 'x')",
  'with x as (select 1) delete from notes',
  'update notes set body = body',
  'create table other (id int)',
  'create policy p on notes using (true)',
  'create temp table t as select 1',
  'drop view if exists v; drop table notes',
  'replace into notes values (1, null, $$x$$)',
  'reindex',
  'commit; delete from notes',
])('I04 read-only, %s changes nothing', async (text) => {
  const answer = await query(text, { read_only: true });
  expect([text, answer.status]).toEqual([text, expect.toSatisfy((status: number) => status >= 400 && status < 500)]);
  expect((await query('select body from notes')).text).toBe('[{"body":"of red"}]');
});

test('I04 read-only, a function that writes and a trigger that writes change nothing', async () => {
  await query('create function w() returns void language sql as $$ delete from notes $$');
  expect((await query('select w()', { read_only: true })).status).toBeGreaterThanOrEqual(400);
  expect((await query('select count(*) as n from notes')).text).toBe('[{"n":1}]');
});

test("T01 one project's tokens and keys open no other", async () => {
  expect(await (await fetch(`${server.url}${blue.path}/rest/v1/notes?select=body`, { headers: blue.headers })).json()).toEqual([
    { body: 'of blue' },
  ]);
  const { apikey = '', authorization = '' } = red.headers;
  const own = blue.headers;
  const mixes = [
    red.headers,
    { ...own, authorization },
    { ...own, apikey },
    { apikey },
    { authorization },
    { authorization: `Bearer ${apikey}` },
  ];
  for (const service of ['rest/v1/notes', 'auth/v1/user', 'rest/v1/']) {
    for (const headers of mixes) {
      const answer = await fetch(`${server.url}${blue.path}/${service}`, { headers });
      const text = await answer.text();
      // GoTrue says 403 to a token it cannot verify.
      expect([401, 403]).toContain(answer.status);
      expect(text).not.toMatch(/of (red|blue)/);
    }
  }
  for (const header of ['x-project-ref', 'x-koyalite-ref', 'x-forwarded-host', 'x-original-url', 'x-rewrite-url']) {
    const answer = await fetch(`${server.url}${red.path}/rest/v1/notes?select=body`, {
      headers: { ...red.headers, [header]: header.endsWith('url') ? `${blue.path}/rest/v1/notes` : blue.ref },
    });
    expect(await answer.text()).toBe('[{"body":"of red"}]');
  }
});

test('T02 no key or token of a project reaches the Platform API', async () => {
  const bearer = (red.headers.authorization ?? '').slice('Bearer '.length);
  for (const token of [bearer, red.headers.apikey ?? '']) {
    for (const [method, path] of [
      ['GET', '/projects'],
      ['PATCH', `/projects/${red.ref}`],
      ['GET', `/projects/${red.ref}/api-keys?reveal=true`],
      ['POST', `/projects/${red.ref}/database/query`],
      ['DELETE', `/projects/${red.ref}`],
    ] as const) {
      expect([
        method,
        path,
        (await platform(method, path, method === 'GET' ? undefined : { name: 'x', query: 'select 1' }, token)).status,
      ]).toEqual([method, path, 401]);
    }
  }
});

test('T03 the same user, table and id in two projects meet nowhere', async () => {
  for (let round = 0; round < 50; round += 1) {
    const answers = await Promise.all(
      [red, blue].map(async (project) =>
        (await fetch(`${server.url}${project.path}/rest/v1/notes?select=body&id=eq.1`, { headers: project.headers })).text(),
      ),
    );
    expect(answers).toEqual(['[{"body":"of red"}]', '[{"body":"of blue"}]']);
  }
  await fetch(`${server.url}${red.path}/rest/v1/notes?id=eq.1`, {
    method: 'PATCH',
    headers: red.headers,
    body: JSON.stringify({ body: 'of red' }),
  });
  expect(await (await fetch(`${server.url}${blue.path}/rest/v1/notes?select=body`, { headers: blue.headers })).text()).toBe(
    '[{"body":"of blue"}]',
  );
});

test('T04 another environment of a project has keys of its own', async () => {
  const made = z
    .object({ ref: z.string() })
    .parse(await server.platform('POST', `/projects/${red.ref}/environments`, { kind: 'staging' }));
  const { apikey = '', authorization = '' } = red.headers;
  for (const headers of [red.headers, { apikey }, { authorization }, { authorization: `Bearer ${apikey}` }]) {
    for (const service of ['rest/v1/', 'rest/v1/notes', 'auth/v1/user']) {
      const answer = await fetch(`${server.url}/api/${made.ref}/${service}`, { headers });
      expect([service, answer.status]).toEqual([service, expect.toBeOneOf([401, 403])]);
    }
  }
});

test('I08 a revoked key and a rotated one are dead for the very next request, and a secret key is shown once', async () => {
  const keySchema = z.object({ id: z.string(), api_key: z.string() });
  const path = `/projects/${red.ref}/api-keys`;
  const read = async (apikey: string) => (await fetch(`${server.url}${red.path}/rest/v1/notes`, { headers: { apikey } })).status;
  const make = async (name: string) => keySchema.parse(await server.platform('POST', path, { type: 'secret', name }));
  const [revoked, rotated] = [await make('worker'), await make('other')];
  expect([await read(revoked.api_key), await read(rotated.api_key)]).toEqual([200, 200]);
  expect((await platform('GET', path)).text).not.toContain(revoked.api_key);
  expect((await platform('DELETE', `${path}/${revoked.id}`)).status).toBeLessThan(300);
  expect(await read(revoked.api_key)).toBe(401);
  expect((await platform('POST', `${path}/rotate`, { id: rotated.id })).status).toBeLessThan(300);
  expect(await read(rotated.api_key)).toBe(401);
});

test('T05 a deleted project is gone at once, its files with it', async () => {
  const gone = await createTestProject(server, 'gone', schema('gone'), user);
  expect((await fetch(`${server.url}${gone.path}/rest/v1/notes`, { headers: gone.headers })).status).toBe(200);
  await server.platform('DELETE', `/projects/${gone.ref}`);
  expect([401, 404]).toContain((await fetch(`${server.url}${gone.path}/rest/v1/notes`, { headers: gone.headers })).status);
  expect(files().filter((name) => name.includes(gone.ref))).toEqual([]);
  const unknown = await fetch(`${server.url}/api/never/rest/v1/notes`, { headers: gone.headers });
  const deleted = await fetch(`${server.url}${gone.path}/rest/v1/notes`, { headers: gone.headers });
  expect([deleted.status, (await deleted.text()).replaceAll(gone.ref, '?')]).toEqual([
    unknown.status,
    (await unknown.text()).replaceAll('never', '?'),
  ]);
});
