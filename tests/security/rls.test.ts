/** Security cases R01–R18 and R21–R23: what row-level security must withstand. */

import { afterAll, beforeEach, expect, test } from 'vitest';
import { isSqlError } from '#lib/engine/sql-error.ts';
import { ana, asAna, asBen, asCyd, asService, ben, rows, tables } from '../policy/cases/world.ts';
import { openRestEnvironment, type RestCall, type RestEnvironment } from '../support/rest-environment.ts';

let target: RestEnvironment;
beforeEach(async () => {
  await target?.close();
  target = await openRestEnvironment(tables + rows);
});
afterAll(() => target.close());

const own = 'create policy own on notes using (owner = auth.uid());';
const seeAll = 'create policy see on notes for select using (true);';
const call = (method: string, path: string, rest?: RestCall) => target.call(method, path, rest);
const count = (sql: string) => Number(target.script(sql).at(-1)?.rows[0]?.[0]);
const fails = (sql: string): string => {
  try {
    target.script(sql);
  } catch (error) {
    if (isSqlError(error)) return error.sqlstate;
    throw error;
  }
  return 'succeeded';
};

test.each([
  ['no policy', ''],
  ['a restrictive policy only', 'create policy r on notes as restrictive using (true);'],
])('R01 %s: nothing to read, nothing to write', async (_name, given) => {
  target.script(given);
  for (const as of [null, asAna]) {
    expect((await call('GET', '/notes', { as })).json).toEqual([]);
    expect((await call('POST', '/notes', { as, body: { id: 9, body: 'x' } })).json).toMatchObject({ code: '42501' });
  }
  expect(count('select count(*) from notes')).toBe(4);
});

test('R02 a new table from the console is closed to the anon key', async () => {
  await target.sql('create table fresh (id int primary key, body text); insert into fresh values (1, $$hidden$$);');
  expect((await call('GET', '/fresh')).json).toEqual([]);
  expect((await call('POST', '/fresh', { body: { id: 2 } })).status).toBe(401);
  expect((await call('GET', '/fresh?select=id', { as: asService })).json).toEqual([{ id: 1 }]);
});

test('R03 representation without SELECT is refused and keeps nothing; minimal is fine', async () => {
  target.script('create policy add on notes for insert with check (owner = auth.uid());');
  const body = { id: 9, owner: ana, body: 'x' };
  const refused = await call('POST', '/notes', { as: asAna, body, headers: { prefer: 'return=representation' } });
  expect(refused.status).toBe(403);
  expect(count('select count(*) from notes where id = 9')).toBe(0);
  expect((await call('POST', '/notes', { as: asAna, body, headers: { prefer: 'return=minimal' } })).status).toBe(201);
});

test('R04 an own row cannot be given to another', async () => {
  target.script(own);
  expect((await call('PATCH', '/notes?id=eq.1', { as: asAna, body: { owner: ben } })).status).toBe(403);
  expect(count(`select count(*) from notes where owner = '${ana}'`)).toBe(1);
});

test.each(['PATCH', 'DELETE'])('R05 %s of a hidden row answers as for one that is not there', async (method) => {
  target.script(own);
  const body = method === 'PATCH' ? { body: 'x' } : undefined;
  for (const prefer of ['return=representation,count=exact', 'return=minimal', 'count=exact']) {
    const [hidden, absent] = await Promise.all(
      [3, 99].map((id) => call(method, `/notes?id=eq.${id}`, { as: asAna, body, headers: { prefer } })),
    );
    const told = (answer: typeof hidden) => [
      answer?.status,
      answer?.text,
      ...[...(answer?.headers ?? [])].filter(([name]) => name !== 'x-request-id'),
    ];
    expect(told(hidden)).toEqual(told(absent));
  }
});

test("R06 an upsert neither takes another's row nor passes by INSERT's check", async () => {
  target.script(
    `${seeAll} create policy up on notes for update using (owner = auth.uid()); create policy add on notes for insert with check (owner = auth.uid());`,
  );
  const prefer = 'resolution=merge-duplicates';
  expect((await call('POST', '/notes', { as: asAna, body: { id: 3, owner: ana, body: 'x' }, headers: { prefer } })).status).toBe(
    403,
  );
  expect((await call('POST', '/notes', { as: asAna, body: { id: 1, owner: ben, body: 'x' }, headers: { prefer } })).status).toBe(
    403,
  );
  expect(count("select count(*) from notes where body = 'x'")).toBe(0);
});

test('R07 of a thousand rows the last one violates: none is kept', async () => {
  target.script('create policy add on notes for insert with check (owner = auth.uid());');
  const body = Array.from({ length: 1000 }, (_, index) => ({ id: 100 + index, owner: index === 999 ? ben : ana, body: 'x' }));
  expect((await call('POST', '/notes', { as: asAna, body })).status).toBe(403);
  expect(count('select count(*) from notes')).toBe(4);
});

test.each([
  ['a NULL-valued policy', 'using (null)', asAna],
  ['a missing claim', "using ((auth.jwt() ->> 'team')::int = team_id)", asAna],
  ['an empty sub', "using (coalesce(owner, '') = auth.uid())", { role: 'authenticated', sub: '' }],
  ['a sub of another type', 'using (owner = auth.uid())', { role: 'authenticated', sub: { id: ana } }],
  ['a list where a value was', "using (team_id = (auth.jwt() ->> 'team')::int)", { ...asAna, team: [1] }],
  [
    'an object where a value was',
    "using (team_id = (auth.jwt() -> 'app_metadata' ->> 'team')::int)",
    { ...asAna, app_metadata: { team: { id: 1 } } },
  ],
  ['a claim of text where a number was', "using (team_id = (auth.jwt() ->> 'team')::int)", { ...asAna, team: '1 or 1=1' }],
])('R08 %s denies', async (_name, using, as) => {
  target.script(`create policy p on notes ${using};`);
  const answer = await call('GET', '/notes?select=id', { as });
  expect(answer.status === 400 ? [] : answer.json).toEqual([]);
  expect(answer.text).not.toContain('"id"');
});

test('R09 foreign keys see hidden parents and cascades take hidden children, as in PostgreSQL', async () => {
  target.script(`${own} create policy add on tags for insert with check (true);`);
  expect((await call('POST', '/tags', { as: asAna, body: { id: 9, note_id: 3, label: 'x' } })).status).toBe(201);
  expect((await call('DELETE', '/notes?id=eq.3', { as: asBen })).status).toBe(204);
  expect(count('select count(*) from tags where note_id = 3')).toBe(0);
});

test('R10 embeds five levels deep show no hidden row, and counts leave them out', async () => {
  target.script(`${own} create policy t on tags for select using (true); create policy m on teams for select using (true);`);
  const path = '/teams?select=id,notes(id,tags(id,notes(id,teams(id,notes(id)))))&order=id';
  const seen = [...(await call('GET', path, { as: asAna })).text.matchAll(/"notes":(\{"id":\d+|\[\{"id":\d+)/g)].map(
    (match) => match[1],
  );
  expect(seen.every((text) => text?.endsWith('"id":1'))).toBe(true);
  expect(seen.length).toBeGreaterThan(2);
  const inner = await call('GET', '/teams?select=id,notes!inner(id)', { as: asAna, headers: { prefer: 'count=exact' } });
  expect(inner.headers.get('content-range')).toBe('0-0/1');
});

const columnsOnly = `${seeAll} revoke all on notes from authenticated; grant select (id, body, team_id) on notes to authenticated; grant update (body) on notes to authenticated;
  create policy t on tags for select using (true); create policy up on notes for update using (true);`;

test.each([
  ['/tags?select=id,notes!inner(id)&notes.secret=like.s*'],
  ['/tags?select=id,notes(id)&order=notes(secret)'],
  ['/tags?select=id,notes!inner(id)&notes.or=(id.eq.1,secret.eq.s-alpha)'],
  ['/teams?select=id,notes!inner(id,tags!inner(id))&notes.secret=eq.s-alpha'],
  ['/tags?select=id,...notes(secret)'],
])('R11 through a relation, %s is refused', async (path) => {
  target.script(columnsOnly);
  const answer = await call('GET', path, { as: asAna });
  expect([answer.status, answer.json]).toMatchObject([403, { code: '42501' }]);
});

test.each([
  '/notes?select=id&secret=eq.s-alpha',
  '/notes?select=id&not.and=(secret.eq.s-alpha,id.gt.0)',
  '/notes?select=id&order=secret',
  '/notes?select=secret.max()',
  '/notes?select=secret.count()',
  '/notes?select=data->>k',
  '/notes?select=id&data->>k=eq.1',
  '/notes?select=id&secret=in.(s-alpha)',
  '/notes?select=id&secret=like(any).{s*}',
  '/notes?select=id&secret=fts.alpha',
  '/notes?select=x:secret::text',
  '/notes',
])('R12 an ungranted column: %s', async (path) => {
  target.script(columnsOnly);
  const answer = await call('GET', path, { as: asAna });
  expect([answer.status, answer.json]).toMatchObject([403, { code: '42501' }]);
  expect(answer.text).not.toContain('alpha');
});

const hiding = `
  create table docs (id int primary key, owner uuid, title text);
  create policy see on docs for select using (true);
  create table remarks (id int primary key, doc_id int, owner uuid, body text);
  create policy see on remarks for select using (exists (select 1 from docs where docs.id = doc_id and owner = auth.uid()));
  create table blocked (id int primary key, who uuid);
  create policy see on blocked for select using (true);
  create table posts (id int primary key, body text);
  create policy see on posts for select using (not exists (select 1 from blocked where who = auth.uid()));
  create policy add on posts for insert with check (not exists (select 1 from blocked where who = auth.uid()));
  insert into docs values (1, '${ben}', 'of ben');
  insert into remarks values (1, 1, '${ana}', 'hidden remark');
  insert into blocked values (1, '${ana}');
  insert into posts values (1, 'hidden post');
  create function title_of(docs) returns text language sql stable as $$ select $1.title $$;
  create function list_docs() returns setof docs language sql stable as $$ select * from docs $$;
  create view owners as select id, owner from docs;`;

test.each([
  [
    'a column that is revoked',
    'revoke select on docs from authenticated; grant select (id, title) on docs to authenticated;',
    '/remarks',
  ],
  [
    'a column that is revoked, in a view',
    'revoke select on docs from authenticated; grant select (id) on docs to authenticated;',
    '/owners?select=id',
  ],
  [
    'a row of which a column is revoked',
    'revoke select on docs from authenticated; grant select (id, title) on docs to authenticated;',
    '/docs?select=id,title_of',
  ],
  [
    'a column that is revoked, in a function',
    'revoke select on docs from authenticated; grant select (id) on docs to authenticated;',
    '/rpc/list_docs?select=id',
  ],
  ['a table that is revoked', 'revoke all on blocked from authenticated;', '/posts'],
  [
    'a column of a table behind NOT',
    'revoke select on blocked from authenticated; grant select (id) on blocked to authenticated;',
    '/posts',
  ],
])('R12 what reads %s fails, as in PostgreSQL, and opens nothing', async (_name, revoked, path) => {
  target.script(hiding);
  const before = await call('GET', path, { as: asAna });
  expect([before.status, before.text]).toEqual([200, expect.not.stringContaining('hidden')]);
  target.script(revoked);
  const answer = await call('GET', path, { as: asAna });
  expect([answer.status, answer.json]).toMatchObject([403, { code: '42501' }]);
  expect(answer.text).not.toMatch(/hidden|~call|t0\./);
  expect((await call('POST', '/posts', { as: asAna, body: { id: 2, body: 'x' } })).status).toBe(403);
});

test('R13 counts, HEAD and Content-Range tell of visible rows only, and plans are off', async () => {
  target.script(own);
  for (const kind of ['exact', 'planned', 'estimated']) {
    for (const method of ['GET', 'HEAD']) {
      const answer = await call(method, '/notes?select=id', { as: asAna, headers: { prefer: `count=${kind}` } });
      expect(answer.headers.get('content-range')).toBe('0-0/1');
    }
  }
  expect((await call('GET', '/notes', { headers: { accept: 'application/vnd.pgrst.plan+json' } })).status).toBe(406);
  await expect(
    target.sql('explain query plan select * from notes', {
      caller: { role: 'anon', claims: {}, claimsJson: '{}', subject: null },
    }),
  ).rejects.toMatchObject({ sqlstate: '42501' });
});

test('R14 a predicate that raises only on a hidden row does not raise', async () => {
  target.script(
    `${own} update notes set data = null where id = 3; update notes set secret = '{broken', score = -2147483648 where id = 3;`,
  );
  const paths = [
    '/notes?select=id&secret->>k=eq.1',
    '/notes?select=id,secret::int&id=gt.0',
    '/notes?select=secret->k',
    '/notes?select=id&secret=match.a',
    `/notes?select=id&secret=like.${'%25a'.repeat(200)}`,
  ];
  const before = await Promise.all(paths.map(async (path) => (await call('GET', path, { as: asAna })).text));
  target.script('delete from notes where id = 3');
  const after = await Promise.all(paths.map(async (path) => (await call('GET', path, { as: asAna })).text));
  expect(after).toEqual(before);
});

test("R15 a duplicate of a hidden row shows the caller's own values and nothing else", async () => {
  target.script('create policy add on notes for insert with check (owner = auth.uid());');
  const answer = await call('POST', '/notes', { as: asAna, body: { id: 3, owner: ana, body: 'mine' } });
  expect([answer.status, answer.json]).toMatchObject([409, { code: '23505', details: 'Key (id)=(3) already exists.' }]);
  expect(answer.text).not.toMatch(/gamma|2222/);
});

test('R16 policies that read each other in a circle are refused when they are made', () => {
  target.script('create policy a on notes for select using (exists (select 1 from tags));');
  expect(fails('create policy b on tags for select using (exists (select 1 from notes));')).toBe('42P17');
  expect(fails('create policy c on teams for select using (exists (select 1 from teams));')).toBe('42P17');
  target.script('create view v as select id from notes;');
  expect(fails('create policy d on tags for select using (exists (select 1 from v));')).toBe('42P17');
});

test('R16 a circle through functions and restrictive policies is refused too', async () => {
  target.script('create function f() returns bigint language sql stable as $$ select count(*) from teams $$;');
  const made = fails('create policy a on teams for select using (f() > 0);');
  if (made !== 'succeeded') return expect(made).toBe('42P17');
  const answer = await call('GET', '/teams', { as: asAna });
  expect([answer.status, answer.json]).toMatchObject([500, { code: '42P17' }]);
});

test('R17 fifty users through the same statements, ten thousand times: each sees only herself', async () => {
  target.script(own);
  const users = Array.from({ length: 50 }, (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`);
  target.script(
    `insert into notes (id, owner, body) values ${users.map((user, index) => `(${1000 + index}, '${user}', 'of ${user}')`).join(', ')};`,
  );
  // What came instead, so that a failure tells whether rows crossed or were missing.
  const wrong: string[] = [];
  for (let round = 0; round < 200; round += 1) {
    const answers = await Promise.all(
      users.map((sub) => call('GET', '/notes?select=owner,body', { as: { role: 'authenticated', sub } })),
    );
    for (const [index, { status, text }] of answers.entries())
      if (text !== `[{"owner":"${users[index]}","body":"of ${users[index]}"}]`)
        wrong.push(`${round}/${index}: ${status} ${text}`);
  }
  expect(wrong).toEqual([]);
});

test('R18 a policy, a grant or a role changed is so for the next request', async () => {
  target.script(own);
  expect((await call('GET', '/notes?select=id', { as: asAna })).json).toEqual([{ id: 1 }]);
  await target.sql('drop policy own on notes;');
  expect((await call('GET', '/notes?select=id', { as: asAna })).json).toEqual([]);
  await target.sql(seeAll);
  expect((await call('GET', '/notes?select=id', { as: asAna })).json).toHaveLength(4);
  await target.sql('revoke select on notes from authenticated;');
  expect((await call('GET', '/notes?select=id', { as: asAna })).status).toBe(403);
  await target.sql('grant select on notes to authenticated; alter table notes disable row level security;');
  expect((await call('GET', '/notes?select=id', { as: asCyd })).json).toHaveLength(4);
});

test('R21 a column made again under its old name has none of its old grants', async () => {
  target.script(`${seeAll} revoke all on notes from authenticated; grant select (id, secret) on notes to authenticated;`);
  expect((await call('GET', '/notes?select=secret&id=eq.1', { as: asAna })).status).toBe(200);
  target.script('alter table notes drop column secret; alter table notes add column secret text;');
  expect((await call('GET', '/notes?select=secret', { as: asAna })).status).toBe(403);
});

test('R21 a column added, renamed or dropped under a name that a policy says opens nothing', async () => {
  target.script(`create table crew (team int, who uuid);
    create policy m on crew for select using (who = auth.uid());
    create policy own on notes for select using (exists (select 1 from crew where team = team_id));
    insert into crew values (1, '${ana}');`);
  const see = async () => (await call('GET', '/notes?select=id&order=id', { as: asAna })).json;
  expect(await see()).toEqual([{ id: 1 }, { id: 4 }]);
  target.script('alter table crew add column team_id int; update crew set team_id = team;');
  expect(await see()).toEqual([{ id: 1 }, { id: 4 }]);
  target.script('alter table crew rename column team to t;');
  expect(await see()).toEqual([{ id: 1 }, { id: 4 }]);
  expect(fails('alter table crew drop column t;')).toBe('2BP01');
});

test('R21 a table made again under its old name has none of its old grants and policies', async () => {
  target.script(
    `${seeAll} grant select on notes to anon; drop table tags; drop table notes; create table notes (id int primary key); insert into notes values (1);`,
  );
  expect((await call('GET', '/notes', { as: asAna })).json).toEqual([]);
});

test.each([
  'sqlite_master',
  'sqlite_schema',
  'sqlite_sequence',
  'pragma_table_info',
  '_koyalite_users',
  '_koyalite_rls_policies',
  'dbstat',
  'main.notes',
  '"notes"',
  'NOTES',
])('R22 %s is as unknown as any other name', async (name) => {
  const shape = async (relation: string) => {
    const answer = await call('GET', `/${encodeURIComponent(relation)}`, { as: asService });
    return [
      answer.status,
      answer.text.replaceAll(JSON.stringify(relation).slice(1, -1), '?').replace(/"hint":("[^"]*"|null)/, ''),
    ];
  };
  expect(await shape(name)).toEqual(await shape('nosuchtable'));
});

test.each(['rowid', '_rowid_', 'oid', '__koyalite_rowid', '~id'])('R22 column %s is unknown', async (name) => {
  target.script(seeAll);
  for (const path of [
    `/notes?select=${encodeURIComponent(name)}`,
    `/notes?${encodeURIComponent(name)}=eq.1`,
    `/notes?order=${encodeURIComponent(name)}`,
  ]) {
    expect((await call('GET', path, { as: asAna })).status).toBe(400);
  }
});

test('R22 the tables of a full-text index are no relations', async () => {
  target.script('create virtual table search using fts5(body);');
  for (const shadow of ['search_data', 'search_content', 'search_idx'])
    expect((await call('GET', `/${shadow}`, { as: asService })).status).toBe(404);
});

test('R23 a view reads with the rights of whoever reads it', async () => {
  target.script(
    `${own} create view v as select id, body from notes; create view w as select v.id, tags.label from v join tags on tags.note_id = v.id;`,
  );
  expect((await call('GET', '/v', { as: asAna })).json).toEqual([{ id: 1, body: 'alpha' }]);
  expect((await call('GET', '/v')).json).toEqual([]);
  expect((await call('GET', '/w', { as: asAna })).json).toEqual([]);
});
