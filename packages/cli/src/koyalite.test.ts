/** The command line against a real HTTP server that speaks the Platform API's contract. */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Variables } from './config.ts';
import { run } from './koyalite.ts';

interface Received {
  line: string;
  authorization: string | undefined;
  type: string | undefined;
  body: string;
}

type Answer = [status: number, body: string];

const home = mkdtempSync(join(tmpdir(), 'koyalite-cli-'));
const shop = '{"ref":"shop","name":"Shop","status":"active"}';
let received: Received[] = [];

const planner = {
  ...{ client_id: 'c1', client_name: 'Planner', client_type: 'confidential', registration_type: 'manual', users: 2 },
  redirect_uris: ['https://x.io/cb'],
};

const gap = {
  ...{
    at: '2026-11-25T10:00:00.000Z',
    by: 'ada@x.io',
    reason: 'the \u001b[2J disk broke',
    shared_seq: 2,
    in_platform_record: true,
  },
  ...{ former: { seq: 5, hash: 'a' }, accepted: { seq: 3, hash: 'b' } },
};

const answers: Record<string, Answer> = {
  'GET /projects/shop/auth/audit/verify': [
    200,
    JSON.stringify({ ok: true, entries: 4, first_bad_seq: null, restores: [gap, { ...gap, in_platform_record: false }] }),
  ],
  'GET /projects/back/auth/audit/verify': [200, JSON.stringify({ ok: false, entries: 2, first_bad_seq: 3, restores: [] })],
  'POST /projects/shop/auth/audit/accept-restore': [201, JSON.stringify(gap)],
  'GET /projects/shop/auth/oauth/clients?': [200, JSON.stringify({ clients: [planner], total: 1 })],
  'POST /projects/shop/auth/oauth/clients': [201, JSON.stringify({ ...planner, client_secret: 's1' })],
  'POST /projects/shop/auth/oauth/clients/c1/secret': [201, JSON.stringify({ ...planner, client_secret: 's2' })],
  'DELETE /projects/shop/auth/oauth/clients/c1': [204, ''],
  'GET /projects': [200, `[${shop}]`],
  'POST /projects': [201, shop],
  'GET /projects/shop': [200, shop],
  'DELETE /projects/shop': [204, ''],
  'GET /projects/none': [404, '{"code":"not_found","message":"there is no project none","hint":"koyalite projects list"}'],
  'GET /projects/odd': [200, '{"name":1}'],
  'GET /projects/html': [200, '<html>'],
  'GET /projects/a%2F..%2Fb': [404, '{"message":"there is no project \\u001b[31mred"}'],
  'GET /projects/shop/environments': [200, '[{"ref":"shop","kind":"production","status":"active"}]'],
  'POST /projects/shop/environments': [201, '{"ref":"shop-staging","kind":"staging"}'],
  'DELETE /projects/shop/environments/shop-staging': [204, ''],
  'GET /projects/shop/api-keys?reveal=true': [200, '[{"name":"anon","type":"legacy","api_key":"ey.a"}]'],
  'POST /projects/shop/api-keys/rotate': [200, '[{"name":"anon","type":"legacy","api_key":"ey.b"}]'],
  'POST /projects/shop/database/query': [
    200,
    JSON.stringify({
      results: [
        { command: 'CREATE TABLE', columns: [], rows: [], row_count: 0, truncated: false },
        { command: 'INSERT', columns: [], rows: [], row_count: 2, truncated: false },
        { command: 'SELECT', columns: ['id', 'id', 'note'], rows: [[1, 'BIG', 'a\n\u001b[2J']], row_count: 1, truncated: false },
        { command: 'SELECT', columns: ['id'], rows: [[null]], row_count: 1, truncated: true },
        {
          command: 'SELECT',
          columns: ['ok', 'n'],
          types: ['boolean', 'integer'],
          rows: [
            [1, 1],
            [0, 0],
            [null, 2],
          ],
          row_count: 3,
          truncated: false,
        },
      ],
    }).replace('"BIG"', '9007199254740993'),
  ],
  'POST /projects/unsafe/database/query': [
    200,
    JSON.stringify({
      results: [
        {
          ...{ command: 'CREATE POLICY', columns: [], rows: [], row_count: 0 },
          notices: [{ level: 'error', code: 'user-metadata', message: 'Policy p trusts \u001b[2J it.', hint: 'Do not.' }],
        },
      ],
    }),
  ],
  'POST /projects/bad/database/query': [400, '{"code":"42601","message":"syntax error at or near \\"selec\\""}'],
  'POST /projects/shop/tokens': [201, '{"token":"ey.t","expires_at":"2030-01-01T00:00:00Z"}'],
  'POST /projects/shop/database/import': [200, '{"tables":[{"name":"notes","rows":3}]}'],
  'GET /projects/shop/settings': [200, '{"api":{"maxRows":1000,"schemas":["public"]},"durability":"full"}'],
  'PATCH /projects/shop/settings': [200, '{"api":{"maxRows":5}}'],
};

async function answer(request: IncomingMessage): Promise<Answer> {
  const line = `${request.method} ${request.url?.replace('/api/platform/v1', '')}`;
  const body = (await buffer(request)).toString('latin1');
  received.push({ line, authorization: request.headers.authorization, type: request.headers['content-type'], body });
  if (request.headers.authorization !== 'Bearer t0') return [401, '{"message":"not signed in"}'];
  return answers[line] ?? [500, '{"message":"unexpected call"}'];
}

const server = createServer(async (request, response) => {
  const [status, body] = await answer(request);
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(join(home, 'server.json'), JSON.stringify({ url, pid: process.pid, token: 't0' }));
});

beforeEach(() => {
  received = [];
});

afterAll(() => {
  server.close();
  rmSync(home, { recursive: true });
});

interface Ended {
  code: number;
  out: string;
  err: string;
}

async function koyalite(args: string[], more: { stdin?: string; answer?: string; env?: Variables } = {}): Promise<Ended> {
  const ended: Ended = { code: -1, out: '', err: '' };
  ended.code = await run(
    args,
    {
      out: (text) => {
        ended.out += text;
      },
      err: (text) => {
        ended.err += text;
      },
      read: async () => more.stdin ?? '',
      ask: async () => more.answer ?? null,
    },
    more.env ?? { KOYALITE_HOME: home },
  );
  return ended;
}

const sent = (): unknown => JSON.parse(received.at(-1)?.body ?? '');

describe('each command makes its call and prints', () => {
  test.each<[string[], string, RegExp]>([
    [['projects', 'list'], 'GET /projects', /^ref +name +status\n-+ +-+ +-+\nshop +Shop +active\n\(1 row\)\n$/],
    [['projects', 'create', 'Shop'], 'POST /projects', /created shop/],
    [['projects', 'get', 'shop'], 'GET /projects/shop', /^ref +shop$/m],
    [['projects', 'delete', 'shop', '--yes'], 'DELETE /projects/shop', /^deleted shop\n$/],
    [['environments', 'list', 'shop'], 'GET /projects/shop/environments', /^shop +production +active$/m],
    [['environments', 'add', 'shop', 'staging'], 'POST /projects/shop/environments', /added shop-staging \(staging\)/],
    [
      ['environments', 'remove', 'shop', 'shop-staging'],
      'DELETE /projects/shop/environments/shop-staging',
      /removed shop-staging/,
    ],
    [['keys', 'shop'], 'GET /projects/shop/api-keys?reveal=true', /^anon +legacy +ey\.a$/m],
    [['keys', 'rotate', 'shop'], 'POST /projects/shop/api-keys/rotate', /^anon +legacy +ey\.b$/m],
    [['token', 'shop', '--sub', 'u1'], 'POST /projects/shop/tokens', /^ey\.t\n$/],
    [['settings', 'get', 'shop', 'durability'], 'GET /projects/shop/settings', /^full\n$/],
    [['settings', 'set', 'shop', 'api.maxRows=5'], 'PATCH /projects/shop/settings', /changed api\.maxRows/],
    [['auth', 'clients', 'list', 'shop'], 'GET /projects/shop/auth/oauth/clients?', /^c1 +Planner +confidential +2 +https/m],
    [['auth', 'clients', 'secret', 'shop', 'c1'], 'POST /projects/shop/auth/oauth/clients/c1/secret', /s2 +\(shown this once\)/],
    [['auth', 'clients', 'delete', 'shop', 'c1', '--yes'], 'DELETE /projects/shop/auth/oauth/clients/c1', /^deleted c1$/m],
    [
      ['audit', 'verify', 'shop'],
      'GET /projects/shop/auth/audit/verify',
      /^4 entries, whole and unaltered\nrestored: entries after 2, up to 5, of the former record were given up at .+ by ada@x\.io: the \\u001b\[2J disk broke\nrestored: .+ \(the platform's record does not tell/,
    ],
    [
      ['audit', 'accept-restore', 'shop', '--reason', 'the disk broke'],
      'POST /projects/shop/auth/audit/accept-restore',
      /^restored: entries after 2, up to 5, /,
    ],
    [['status'], 'GET /projects', /^running +true$/m],
  ])('%j', async (args, line, printed) => {
    const { code, out, err } = await koyalite(args);
    expect([code, err]).toEqual([0, '']);
    expect(received.map((one) => [one.line, one.authorization])).toEqual([[line, 'Bearer t0']]);
    expect(out).toMatch(printed);
    const json = await koyalite(['--json', ...args]);
    expect([json.code, json.err]).toEqual([0, '']);
    expect(JSON.parse(json.out)).not.toBeNull();
  });
});

test('a record that was set back: what to do about it; it is not accepted without a reason', async () => {
  expect(await koyalite(['audit', 'verify', 'back'])).toMatchObject({
    code: 1,
    err: expect.stringMatching(
      /entry 3 was altered.*\nhint: after putting back an older copy: koyalite audit accept-restore back/,
    ),
  });
  expect((await koyalite(['audit', 'accept-restore', 'shop'])).code).toBe(2);
});

describe('what is sent', () => {
  test.each<[string[], unknown]>([
    [['audit', 'accept-restore', 'shop', '--reason', 'the disk broke'], { reason: 'the disk broke' }],
    [['projects', 'create', 'My Shop', '--ref', 'shop'], { name: 'My Shop', ref: 'shop' }],
    [
      ['auth', 'clients', 'create', 'shop', 'Planner', 'https://x.io/cb', 'app://y/z', '--public'],
      { client_name: 'Planner', redirect_uris: ['https://x.io/cb', 'app://y/z'], token_endpoint_auth_method: 'none' },
    ],
    [['sql', 'shop', 'select 1'], { query: 'select 1', results: 'full' }],
    [
      ['sql', 'shop', 'select 1', '--as', 'anon', '--read-only'],
      { query: 'select 1', results: 'full', as: 'anon', read_only: true },
    ],
    [
      ['token', 'shop', '--sub', 'u1', '--role', 'admin', '--claims', '{"org":7}', '--expires-in', '60'],
      { sub: 'u1', role: 'admin', claims: { org: 7 }, expires_in: 60 },
    ],
    [
      ['settings', 'set', 'shop', 'api.maxRows=5', 'api.schemas=["public","shop"]', 'durability=fast', 'a.b=x=y', 'auth.name='],
      { api: { maxRows: 5, schemas: ['public', 'shop'] }, durability: 'fast', a: { b: 'x=y' }, auth: { name: '' } },
    ],
  ])('%j', async (args, body) => {
    expect((await koyalite(args)).code).toBe(0);
    expect(sent()).toEqual(body);
  });

  test('SQL from standard input and from a file', async () => {
    await koyalite(['sql', 'shop', '-'], { stdin: 'select 2' });
    expect(sent()).toMatchObject({ query: 'select 2' });
    const file = join(home, 'three.sql');
    writeFileSync(file, 'select 3');
    await koyalite(['sql', 'shop', '--file', file]);
    expect(sent()).toMatchObject({ query: 'select 3' });
  });

  test('a SQLite file, byte for byte', async () => {
    const file = join(home, 'old.sqlite');
    writeFileSync(file, 'SQLite format 3\0\x01\xff', 'latin1');
    const { out } = await koyalite(['import', 'sqlite', 'shop', file]);
    expect(received.at(-1)).toMatchObject({ type: 'application/octet-stream', body: 'SQLite format 3\0\x01\xff' });
    expect(out).toMatch(/^notes +3$/m);
  });
});

describe('SQL results', () => {
  test('are tables and tags for people, with nothing that steers the terminal', async () => {
    const { out } = await koyalite(['sql', 'shop', 'select 1']);
    expect(out).toMatchInlineSnapshot(`
      "CREATE TABLE

      INSERT 2

      id  id                note
      --  ----------------  ------------
      1   9007199254740993  a\\n\\u001b[2J
      (1 row)

      id
      ----
      NULL
      (1 row)
      more rows were cut off by the server's limit

      ok     n
      -----  -
      true   1
      false  0
      NULL   2
      (3 rows)
      "
    `);
  });

  test('are objects for programs, every digit and every column kept', async () => {
    const { out } = await koyalite(['sql', 'shop', 'select 1', '--json']);
    expect(out).toContain('"id_1": 9007199254740993');
    expect(JSON.parse(out).results[2]).toMatchObject({ command: 'SELECT', columns: ['id', 'id_1', 'note'], row_count: 1 });
    expect(JSON.parse(out).results[3]).toEqual({
      command: 'SELECT',
      columns: ['id'],
      rows: [{ id: null }],
      row_count: 1,
      truncated: true,
    });
  });
});

test('what is unsafe about a policy goes to standard error, and the command has run', async () => {
  const { code, out, err } = await koyalite(['sql', 'unsafe', 'create policy', '--dry-run']);
  expect({ code, out, err }).toEqual({
    code: 0,
    out: 'CREATE POLICY\n',
    err: 'UNSAFE: Policy p trusts \\u001b[2J it.\n  Do not.\n',
  });
  expect(JSON.parse(received.at(-1)?.body ?? '')).toMatchObject({ dry_run: true });
  const asJson = await koyalite(['sql', 'unsafe', 'create policy', '--json']);
  expect(JSON.parse(asJson.out).results[0].notices).toMatchObject([{ level: 'error' }]);
});

describe('what goes wrong is said on standard error', () => {
  test.each<[string[], 1 | 2, RegExp]>([
    [['projects', 'get', 'none'], 1, /^koyalite: there is no project none\nhint: koyalite projects list\n$/],
    [['projects', 'get', 'odd'], 1, /not what this version expects \(ref/],
    [['projects', 'get', 'html'], 1, /did not answer with JSON/],
    [['projects', 'get', 'a/../b'], 1, /no project \\u001b\[31mred/],
    [['sql', 'bad', 'selec'], 1, /syntax error at or near "selec"/],
    [['projects', 'list', '--token', 'wrong'], 1, /not signed in\nhint: check --token/],
    [['projects', 'list', '--url', 'http://127.0.0.1:1', '--token', 'x'], 1, /cannot reach http:\/\/127\.0\.0\.1:1 \(\w+/],
    [['projects', 'list', '--url', 'http://127.0.0.1:1'], 1, /no token for http:\/\/127\.0\.0\.1:1/],
    [['settings', 'get', 'shop', 'api.nothing'], 1, /there is no setting api\.nothing/],
    [['settings', 'get', 'shop', 'toString'], 1, /there is no setting toString/],
    [['import', 'sqlite', 'shop', 'package.json'], 1, /package\.json is not a SQLite database/],
    [['import', 'sqlite', 'shop', '/nowhere'], 1, /cannot read \/nowhere/],
    [['sql', 'shop', '--file', '/nowhere'], 1, /cannot read \/nowhere/],
    [['projects', 'delete', 'shop'], 2, /needs a confirmation\nhint: pass --yes/],
    [['sql', 'shop'], 2, /no SQL given/],
    [['sql', 'shop', 'select 1', '--file', 'x'], 2, /not both/],
    [['settings', 'set', 'shop', 'api.maxRows'], 2, /not a setting: api\.maxRows/],
    [['settings', 'set', 'shop', 'api..x=1'], 2, /not a setting/],
    [['settings', 'set', 'shop', 'api=1', 'api.maxRows=2'], 2, /contradicts/],
    [['token', 'shop', '--claims', '[1]'], 2, /must be a JSON object/],
    [['token', 'shop', '--expires-in', '-1'], 2, /whole number of seconds/],
    [['projects', 'nonsense'], 2, /unknown command 'nonsense'/],
    [['projects', 'list', '--nonsense'], 2, /unknown option '--nonsense'/],
    [['projects', 'get'], 2, /missing required argument 'ref'/],
  ])('%j', async (args, code, said) => {
    const ended = await koyalite(args);
    expect(ended).toMatchObject({ code, out: '' });
    expect(ended.err).toMatch(said);
  });

  test('without a server, or with a broken address file', async () => {
    const none = await koyalite(['status'], { env: { KOYALITE_HOME: '/nowhere' } });
    expect(none).toMatchObject({ code: 1, out: '' });
    expect(none.err).toMatch(/no running server found\nhint: start one with `npm start`/);
    const broken = mkdtempSync(join(home, 'broken-'));
    writeFileSync(join(broken, 'server.json'), '{');
    expect((await koyalite(['status'], { env: { KOYALITE_HOME: broken } })).err).toMatch(/not a server's address file/);
  });
});

test('deleting asks for the ref and goes on only when it is typed', async () => {
  expect((await koyalite(['projects', 'delete', 'shop'], { answer: 'yes' })).code).toBe(1);
  expect(received).toEqual([]);
  expect((await koyalite(['projects', 'delete', 'shop'], { answer: 'shop' })).code).toBe(0);
  expect(received).toHaveLength(1);
});

test("the local server's token is never sent to another address", async () => {
  await koyalite(['projects', 'list', '--url', 'http://127.0.0.1:1']);
  await koyalite(['projects', 'list'], { env: { KOYALITE_HOME: home, KOYALITE_URL: 'http://127.0.0.1:1' } });
  expect(received).toEqual([]);
});

test('the installed program reads the environment and answers on its own streams', async () => {
  const program = join(import.meta.dirname, '../bin/koyalite.mjs');
  const ended = await new Promise<Ended>((resolve) => {
    const env = { ...process.env, KOYALITE_HOME: home };
    const child = execFile(process.execPath, [program, 'sql', 'shop', '-', '--json'], { env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
    child.stdin?.end('select 4');
  });
  expect(ended).toMatchObject({ code: 0, err: '' });
  expect(sent()).toMatchObject({ query: 'select 4' });
  expect(JSON.parse(ended.out).results).toHaveLength(5);
});
