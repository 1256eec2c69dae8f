/**
 * Function calls that may run long: run in a process that can be killed, and otherwise like those that run here. Each
 * function has a twin that differs by a recursive query, which is what sends it there.
 */

import { afterAll, afterEach, beforeAll, beforeEach, expect, type MockInstance, test, vi } from 'vitest';
import {
  openRestEnvironment,
  type RestAnswer,
  type RestCall,
  type RestEnvironment,
  serviceRole,
} from '../../support/rest-environment.ts';

const ada = { role: 'authenticated', sub: '00000000-0000-4000-8000-00000000000a' };
const long = 'with recursive n(i) as (select 1 union all select i + 1 from n where i < 3) select max(i) from n;';

let rest: RestEnvironment;
/** The same, with little patience. */
let hasty: RestEnvironment;
let elsewhere: MockInstance<RestEnvironment['database']['callElsewhere']>;

/** `name` runs here, `name_there` elsewhere. */
function twins(name: string, signature: string, body: string, options = ''): string {
  const make = (suffix: string, first: string) =>
    `create function ${name}${suffix}${signature} language sql ${options} as $$ ${first} ${body} $$;`;
  return `${make('', '')}\n${make('_there', long)}`;
}

beforeAll(async () => {
  const schema = `
    create table authors (id bigint primary key, name text not null);
    create table notes (
      id bigint primary key, author_id bigint references authors (id), owner uuid default auth.uid(),
      body text not null check (body <> 'bad'), level int not null default 0);
    create policy own on notes for all to authenticated using (owner = auth.uid()) with check (owner = auth.uid() and level < 9);
    alter table authors disable row level security;
    insert into authors values (1, 'Ann'), (2, 'Bob');
    insert into notes (id, author_id, owner, body, level) values
      (1, 1, '${ada.sub}', 'mine', 1), (2, 2, '00000000-0000-4000-8000-00000000000b', 'hers', 2);
    ${twins('add_note', "(id bigint, body text default 'none', level int default 3 + 1) returns setof notes", 'insert into notes (id, author_id, body, level) values (id, 1, body, level) returning *')}
    ${twins('add_as_owner', '(id bigint) returns void', "insert into notes (id, owner, body) values (id, '00000000-0000-4000-8000-00000000000b', 'for her')", 'security definer')}
    ${twins('add_for_other', '(id bigint) returns void', "insert into notes (id, owner, body) values (id, '00000000-0000-4000-8000-00000000000b', 'for her')")}
    ${twins('raise_all', '(amount int) returns setof notes', 'update notes set level = level + amount returning *')}
    ${twins('who', '() returns json', "select json_object('uid', auth.uid(), 'role', auth.role(), 'method', current_setting('request.method'), 'header', current_setting('request.header.x-mark'), 'claim', auth.jwt() ->> 'team')")}
    ${twins('strict_add', '(id bigint, body text) returns setof bigint', 'insert into notes (id, body) values (id, body) returning id', 'strict')}
    ${twins('several', '(id bigint) returns bigint', "insert into notes (id, body) values (id, 'one'); insert into notes (id, body) values (id + 1, 'two'); select count(*) from notes where level = 0")}
    ${twins('total', '(items int[]) returns bigint', 'select sum(value) from unnest(items) as value')}
    create function count_to(n bigint) returns bigint language sql volatile as $$
      insert into notes (id, owner, body) values (500, auth.uid(), 'left behind');
      with recursive c(i) as (select 1 union all select i + 1 from c where i < n) select count(*) from c $$;
    create function slow_default(id bigint, n bigint default (select count(*) from generate_series(1, 1000000000))) returns void
      language sql as $$ insert into notes (id, owner, body) values (id, auth.uid(), n) $$;
    create function count_inner(n bigint) returns bigint language sql as $$
      with recursive c(i) as (select 1 union all select i + 1 from c where i < n) select count(*) from c $$;
    create function outer_count(n bigint) returns bigint language sql volatile as $$ select count_inner(n) $$;
    `;
  rest = await openRestEnvironment(schema, { api: { txOverride: true } });
  hasty = await openRestEnvironment(schema, { api: { statementTimeoutMs: 700 } });
});
afterAll(async () => {
  await rest.close();
  await hasty.close();
});
beforeEach(() => {
  elsewhere = vi.spyOn(rest.database, 'callElsewhere');
});
afterEach(() => elsewhere.mockRestore());

async function rows(from = rest): Promise<unknown> {
  return (await from.call('GET', '/notes?order=id', { as: serviceRole })).json;
}

/** The answer of the function and of its twin, from the same state, which is brought back after each. */
async function both(path: string, call: RestCall): Promise<{ here: RestAnswer; after: unknown }> {
  const before = await rows();
  const tries: { answer: RestAnswer; after: unknown }[] = [];
  for (const suffix of ['', '_there']) {
    const [name = '', query = ''] = path.split('?');
    const calls = elsewhere.mock.calls.length;
    const answer = await rest.call('POST', `/rpc/${name}${suffix}?${query}`, call);
    expect(elsewhere.mock.calls.length - calls, path + suffix).toBe(suffix === '' ? 0 : 1);
    tries.push({ answer, after: await rows() });
    await rest.call('DELETE', '/notes?id=gt.0', { as: serviceRole });
    await rest.call('POST', '/notes', { as: serviceRole, body: before });
  }
  const [here, there] = tries;
  if (here === undefined || there === undefined) throw new Error('unreachable');
  expect({ ...toPlain(there.answer), after: there.after }).toEqual({ ...toPlain(here.answer), after: here.after });
  return { here: here.answer, after: here.after };
}

function toPlain({ status, headers, text }: RestAnswer) {
  const kept = ['content-range', 'content-type', 'preference-applied'].map((name) => [name, headers.get(name)]);
  return { status, text: text.replaceAll('_there', ''), headers: kept };
}

test('rows, defaults, select, filters, order and embeds', async () => {
  const { here } = await both('add_note?select=id,body,level,authors(name)&level=gte.4&order=id', {
    as: ada,
    body: { id: 10 },
    headers: { prefer: 'count=exact' },
  });
  expect(here.json).toEqual([{ id: 10, body: 'none', level: 4, authors: { name: 'Ann' } }]);
  expect(here.headers.get('content-range')).toBe('0-0/1');
});

test('a definer writes what its caller may not, an invoker does not', async () => {
  expect((await both('add_as_owner', { as: ada, body: { id: 11 } })).here.status).toBe(204);
  const { here, after } = await both('add_for_other', { as: ada, body: { id: 11 } });
  expect([here.status, here.json]).toMatchObject([403, { code: '42501' }]);
  expect(after).toHaveLength(2);
});

test('policies choose the rows and check the new ones', async () => {
  expect((await both('raise_all?select=id,level', { as: ada, body: { amount: 1 } })).here.json).toEqual([{ id: 1, level: 2 }]);
  expect((await both('raise_all', { as: ada, body: { amount: 9 } })).here.json).toMatchObject({ code: '42501' });
});

test('claims and request', async () => {
  const as = { ...ada, team: 'blue' };
  const { here } = await both('who', { as, body: {}, headers: { 'x-mark': 'seen' } });
  expect(here.json).toEqual({ uid: ada.sub, role: 'authenticated', method: 'POST', header: 'seen', claim: 'blue' });
});

test('a strict function does nothing with a null', async () => {
  expect((await both('strict_add', { as: ada, body: { id: 12, body: null } })).here.json).toEqual([]);
  expect((await both('strict_add', { as: ada, body: { id: 12, body: 'x' } })).here.json).toEqual([12]);
});

test('several statements are one', async () => {
  expect((await both('several', { as: ada, body: { id: 20 } })).here.json).toBe(2);
  const { here, after } = await both('several', { as: serviceRole, body: { id: 1 } });
  expect([here.status, here.json]).toMatchObject([409, { code: '23505' }]);
  expect(after).toHaveLength(2);
});

test('lists as arguments', async () => {
  expect((await both('total', { as: ada, body: { items: [1, 2, 39] } })).here.json).toBe(42);
});

test('max-affected, one object and tx=rollback leave nothing', async () => {
  const limited = await both('raise_all', {
    as: serviceRole,
    body: { amount: 1 },
    headers: { prefer: 'handling=strict,max-affected=1' },
  });
  expect(limited.here.json).toMatchObject({ code: 'PGRST124', details: 'The query affects 2 rows' });
  const single = await both('raise_all', {
    as: serviceRole,
    body: { amount: 1 },
    headers: { accept: 'application/vnd.pgrst.object+json' },
  });
  expect(single.here.json).toMatchObject({ code: 'PGRST116' });
  const undone = await both('add_note?select=id', { as: ada, body: { id: 30 }, headers: { prefer: 'tx=rollback' } });
  expect(undone.here.json).toEqual([{ id: 30 }]);
  for (const { after } of [limited, single, undone])
    expect(after).toMatchObject([
      { id: 1, level: 1 },
      { id: 2, level: 2 },
    ]);
});

test('errors of constraints are the same, and a bad filter is one before anything runs', async () => {
  expect((await both('add_note', { as: ada, body: { id: 40, body: 'bad' } })).here.json).toMatchObject({ code: '23514' });
  expect((await both('add_note', { as: ada, body: { id: 1 } })).here.json).toMatchObject({ code: '23505' });
  const calls = elsewhere.mock.calls.length;
  const answer = await rest.call('POST', '/rpc/add_note_there?level=eq.x', { as: ada, body: { id: 41 } });
  expect([answer.json, elsewhere.mock.calls.length]).toMatchObject([{ code: '22P02' }, calls]);
});

test('a call past its time is ended, leaves nothing, and others are answered meanwhile', async () => {
  let ended = false;
  const call = hasty.call('POST', '/rpc/count_to', { as: ada, body: { n: 1e12 } }).finally(() => {
    ended = true;
  });
  let answered = 0;
  while (!ended) {
    const read = await hasty.call('GET', '/notes?id=eq.1&select=id', { as: ada });
    if (!ended && read.text === '[{"id":1}]') answered += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(answered).toBeGreaterThan(3);
  expect((await call).json).toMatchObject({ code: '57014' });
  expect(await rows(hasty)).toHaveLength(2);
});

test('a write that arrives while a call runs elsewhere is done after it, not refused', async () => {
  const started = vi.spyOn(hasty.database, 'callElsewhere');
  const call = hasty.call('POST', '/rpc/count_to', { as: ada, body: { n: 1e12 } });
  await vi.waitUntil(() => started.mock.calls.length > 0);
  const written = await hasty.call('POST', '/notes', { as: ada, body: { id: 60, body: 'after' } });
  expect(written.status).toBe(201);
  expect((await call).json).toMatchObject({ code: '57014' });
  await hasty.call('DELETE', '/notes?id=eq.60', { as: ada });
});

test('the default of an argument and a function called by another are limited too', async () => {
  expect((await hasty.call('POST', '/rpc/slow_default', { as: ada, body: { id: 70 } })).json).toMatchObject({ code: '57014' });
  expect((await hasty.call('POST', '/rpc/slow_default', { as: ada, body: { id: 70, n: 5 } })).status).toBe(204);
  await hasty.call('DELETE', '/notes?id=eq.70', { as: ada });
  expect((await hasty.call('POST', '/rpc/outer_count', { as: ada, body: { n: 1e12 } })).json).toMatchObject({ code: '57014' });
});

test('what was compiled for an older schema is compiled anew, not run', async () => {
  elsewhere.mockRestore();
  const late = vi.spyOn(rest.database, 'callElsewhere').mockImplementationOnce(async (call, timeoutMs) => {
    await rest.sql("create policy none on notes as restrictive for insert to authenticated with check (body <> 'none')");
    late.mockRestore();
    return rest.database.callElsewhere(call, timeoutMs);
  });
  const answer = await rest.call('POST', '/rpc/add_note_there', { as: ada, body: { id: 80 } });
  expect(answer.json).toMatchObject({ code: '42501' });
  expect(await rows()).toHaveLength(2);
  await rest.sql('drop policy none on notes');
});
