/** What is too much for the event loop, by the bytes it takes or gives, runs elsewhere, once, and is answered alike. */

import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { openRestEnvironment, type RestEnvironment, serviceRole } from '../../support/rest-environment.ts';

let rest: RestEnvironment;
beforeAll(async () => {
  rest = await openRestEnvironment(
    `create table things (id integer primary key, name text not null default 'unnamed', n integer, j jsonb, flag boolean);
     create view shown as select id, name as title, flag as mark from things;
     create table long (id integer primary key, note text, n integer not null default 0);
     create table parents (id integer primary key, long integer references long (id) on delete set null);
     create function all_long () returns setof long language sql stable as $$ select * from long $$;
     create function touch () returns setof long language sql volatile as $$ update long set n = n + 1 where id <= 300 returning * $$;
     create function longest () returns text language sql stable as $$ select note from long where id = 400 $$;
     create function later (r long) returns text language sql stable as $$ select r.note $$;
     alter table things disable row level security; alter table long disable row level security;
     alter table parents disable row level security;`,
    { api: { safeUpdate: false, maxRows: 400 } },
  );
});
afterAll(() => rest.close());

/** Long rows, and short ones after them, which are what a look at the newest rows sees. */
beforeEach(() => {
  rest.script(`
    delete from parents; delete from things; delete from long;
    with recursive n(i) as (select 1 union all select i + 1 from n where i < 300) insert into long (id, note) select i, hex(zeroblob(10000)) from n;
    insert into long (id, note) values (400, hex(zeroblob(4000000)));
    with recursive n(i) as (select 1000 union all select i + 1 from n where i < 1050) insert into long (id, note) select i, 'short' from n;
    insert into parents select id, id from long;`);
});

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const { database } = rest;
  const spies = [
    vi.spyOn(database, 'runElsewhere'),
    vi.spyOn(database, 'writeElsewhere'),
    vi.spyOn(database, 'callElsewhere'),
  ] as const;
  const answer = await rest.call(method, path, { as: serviceRole, body, headers });
  const elsewhere = spies.some((spy) => spy.mock.calls.length > 0);
  for (const spy of spies) spy.mockRestore();
  return { status: answer.status, json: answer.json, text: answer.text, elsewhere };
}

const returning = { prefer: 'return=representation' };
const merging = { prefer: 'resolution=merge-duplicates,return=representation' };

test.each([
  ['rows of 20 kB', '/long?order=id', 301 + 51],
  ['a row of 8 MB', '/long?id=eq.400', 1],
  ['a row of 8 MB as CSV', '/long?id=eq.400', 1, 'text/csv'],
  ['one column again and again', `/long?id=eq.1&select=${Array.from({ length: 300 }, (_, at) => `x${at}:note`)}`, 1],
  ['an embed of 8 MB', '/parents?id=eq.400&select=id,long(*)', 1],
  ['embeds of 20 kB', '/parents?select=id,long(*)&order=id', 301 + 51],
  ['a computed column of 8 MB', '/long?id=eq.400&select=later', 1],
])('%s are read elsewhere', async (_name, path, rows, accept = 'application/json') => {
  const { status, json, elsewhere } = await ask('GET', path, undefined, { accept });
  expect([status, elsewhere]).toEqual([200, true]);
  if (Array.isArray(json)) expect(json).toHaveLength(rows);
});

test.each([
  ['a short row beside long ones', '/long?id=eq.1001'],
  ['a row of 20 kB', '/long?id=eq.7'],
  ['the number of a row of 8 MB', '/long?id=eq.400&select=id,n'],
  ['few rows of 20 kB', '/long?id=in.(1,2,3,4,5)'],
])('%s is read here', async (_name, path) => {
  const { status, elsewhere } = await ask('GET', path);
  expect([status, elsewhere]).toEqual([200, false]);
});

test.each([
  ['PATCH', '/long?id=lte.300', { n: 5 }, returning, 300],
  ['PATCH', '/long?id=eq.400', { n: 5 }, returning, 1],
  ['DELETE', '/long?id=lte.300', undefined, returning, 300],
  ['POST', '/long', Array.from({ length: 240 }, (_, at) => ({ id: at + 1, n: 5 })), merging, 240],
  ['POST', '/rpc/touch', {}, {}, 300],
  ['POST', '/rpc/all_long', {}, {}, 352],
  ['POST', '/rpc/longest', {}, {}, null],
] as const)('%s %s answers from elsewhere, and is done once', async (method, path, body, headers, rows) => {
  const before = rest.script('select count(*), sum(n) from long').at(-1)?.rows[0] ?? [];
  const { status, json, elsewhere } = await ask(method, path, body, headers);
  expect([status, elsewhere]).toEqual([200, true]);
  if (rows !== null) expect(json).toHaveLength(rows);
  else expect(String(json)).toHaveLength(8_000_000);
  const after = rest.script('select count(*), sum(n) from long').at(-1)?.rows[0] ?? [];
  const changes = {
    PATCH: [0, 5 * (rows ?? 0)],
    DELETE: [-300, 0],
    POST: [0, path === '/long' ? 1200 : path.endsWith('touch') ? 300 : 0],
  };
  expect(after.map((value, at) => Number(value) - Number(before[at]))).toEqual(changes[method]);
});

const padding = ' '.repeat(1_200_000);
const many = (make: (index: number) => string, count = 450) =>
  `[${Array.from({ length: count }, (_, at) => make(at)).join(',')}]`;

test.each([
  ['rows', '/things?order=id', many((at) => `{"name":"n ${at}","n":${at},"j":{"b":${at}.10,"a":"é😀"}}`), returning],
  ['rows through a view', '/shown', many((at) => `{"title":"t ${at}","mark":${at % 2 === 0}}`), returning],
  [
    'rows that disagree',
    '/things?columns=id,name,n',
    many((at) => (at % 3 === 0 ? `{"n":${at}}` : `{"name":"x","id":${at}}`)),
    { prefer: 'return=representation,missing=default' },
  ],
  ['missing keys as nulls', '/things?columns=n,flag', many((at) => (at % 2 === 0 ? `{"n":${at}}` : '{"flag":true}')), returning],
  ['an upsert', '/things', many((at) => `{"id":${at + 1},"name":"again"}`), merging],
  ['an upsert that names a row twice', '/things', many((at) => `{"id":${(at % 440) + 1},"name":"again"}`), merging],
  ['a value that is none in a late row', '/things', many((at) => `{"n":${at === 420 ? '"x"' : at}}`), returning],
  ['a null that must not be in a late row', '/things', many((at) => `{"name":${at === 420 ? 'null' : '"y"'}}`), returning],
  ['CSV back', '/things?select=id,name', many((at) => `{"name":"a \\"${at}\\", b"}`), { ...returning, accept: 'text/csv' }],
  ['nothing back', '/things', many((at) => `{"n":${at}}`), {}],
])('%s in a body of more than a megabyte: written elsewhere as here', async (_name, path, body, headers) => {
  const run = async (text: string) => {
    rest.script(`delete from things; insert into things (id, name) values (1, 'first')`);
    const { elsewhere, ...answer } = await ask('POST', path, text, { 'content-type': 'application/json', ...headers });
    return { answer, elsewhere, stored: rest.script('select *, typeof(j) from things order by id').at(-1)?.rows };
  };
  const small = await run(body);
  const large = await run(padding + body);
  expect(large.elsewhere).toBe(true);
  expect(large.answer).toEqual(small.answer);
  expect(large.stored).toEqual(small.stored);
});

test('a body of more shapes than are told apart is written here', async () => {
  rest.script(
    `create table if not exists wide (id integer primary key, ${Array.from({ length: 9 }, (_, at) => `c${at} integer`).join(', ')}); alter table wide disable row level security`,
  );
  const rows = many(
    (at) =>
      `{${Array.from({ length: 9 }, (_, bit) => ((at >> bit) & 1 ? `"c${bit}":${at}` : ''))
        .filter(Boolean)
        .join(',')}}`,
    512,
  );
  const names = Array.from({ length: 9 }, (_, at) => `c${at}`).join(',');
  const { status, elsewhere } = await ask('POST', `/wide?columns=${names}`, padding + rows, {
    'content-type': 'application/json',
    prefer: 'missing=default',
  });
  expect([status, elsewhere]).toEqual([201, false]);
  expect(rest.script('select count(*), sum(c8) from wide').at(-1)?.rows).toEqual([[512, 98_176]]);
});

test('more than a process may answer is refused, and nothing is kept of it', async () => {
  const columns = Array.from({ length: 20 }, (_, at) => `c${at}:note`).join(',');
  const rows = many((at) => `{"id":${5000 + at},"note":"${'x'.repeat(10_000)}"}`, 300);
  const headers = { 'content-type': 'application/json', ...returning };
  const { status, json } = await ask('POST', `/long?select=id,${columns}`, rows, headers);
  expect([status, json]).toEqual([400, expect.objectContaining({ code: '54000' })]);
  expect(rest.script('select count(*) from long where id >= 5000').at(-1)?.rows).toEqual([[0]]);
});
