/** A trial of policies says what requests would find, and which policy decided. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anonymousCaller, type Caller, serviceCaller, toCaller } from '#lib/engine/caller.ts';
import type { Command } from '#lib/engine/catalog/catalog.ts';
import { createEngine } from '#lib/engine/create-engine.ts';
import type { Database } from '#lib/engine/database.ts';
import type { Engine } from '#lib/engine/engine.ts';
import { explainAccess } from '#lib/engine/policies/explain-access.ts';

const ada = toCaller('authenticated', { sub: '00000000-0000-4000-8000-00000000000a' });
const folder = mkdtempSync(join(tmpdir(), 'koyalite-explain-'));
let engine: Engine;
let database: Database;

beforeAll(async () => {
  engine = createEngine({
    migrations: [{ id: 'users', sql: 'CREATE TABLE _koyalite_users (id "uuid text" PRIMARY KEY, email TEXT)' }],
  });
  const file = join(folder, 'a.db');
  await engine.create('a', file);
  database = engine.open('a', file);
  await engine.runSql(
    database,
    `create table members (team int, who uuid, primary key (team, who));
     create policy own on members for select using (who = auth.uid());
     create table notes (id int primary key, team int, owner uuid, open boolean, data bytea, big bigint);
     create policy team on notes for select to authenticated using (team in (select m.team from members m where m.who = auth.uid()));
     create policy "open to all" on notes for select using (open);
     create policy "not archived" on notes as restrictive for select using (id < 100);
     create policy mine on notes for update to authenticated using (owner = auth.uid()) with check (owner = auth.uid());
     create policy write on notes for insert to authenticated with check (notes.owner = auth.uid());
     create table bare (id int primary key);
     alter table bare disable row level security;
     revoke all on bare from anon;
     create table odd (id int primary key, body text);
     create policy odd on odd for select using (body::jsonb ->> 'x' = ':auth_uid');
     create view v as select id from notes;
     insert into bare values (1);
     insert into members values (1, '00000000-0000-4000-8000-00000000000a'), (2, '00000000-0000-4000-8000-00000000000b');
     insert into notes values
       (1, 1, '00000000-0000-4000-8000-00000000000a', false, x'00ff', 9007199254740993),
       (2, 2, '00000000-0000-4000-8000-00000000000b', false, null, 1),
       (3, 2, '00000000-0000-4000-8000-00000000000b', true, null, 1),
       (100, 1, '00000000-0000-4000-8000-00000000000a', true, null, 1);`,
  );
});
afterAll(async () => {
  await engine.shutdown();
  rmSync(folder, { recursive: true });
});

const ask = (caller: Caller, table: string, command: Command) => explainAccess(database, { caller, table, command }, 30_000);
const told = async (caller: Caller, command: Command) => {
  const { policies, rows } = await ask(caller, 'public.notes', command);
  return rows.map(({ values, allowed, verdicts }) => [
    values[0],
    allowed,
    policies.filter((_, index) => verdicts[index]).map((policy) => policy.name),
  ]);
};

const reached = async (caller: Caller, command: Command) => {
  const { rows } = await ask(caller, 'public.notes', command);
  return rows.filter((row) => row.allowed).map((row) => row.values[0]);
};

test('each row with the policies that hold for it, another table seen through its own policies', async () => {
  expect(await told(ada, 'select')).toEqual([
    [1, true, ['not archived', 'team']],
    [2, false, ['not archived']],
    [3, true, ['not archived', 'open to all']],
    [100, false, ['open to all', 'team']],
  ]);
  expect(await reached(anonymousCaller, 'select')).toEqual([3]);
});

test('a row must be seen before it is changed; an insert is asked of rows like those there', async () => {
  expect(await reached(ada, 'update')).toEqual([1]);
  expect(await reached(ada, 'insert')).toEqual([1, 100]);
  const changed = await ask(ada, 'public.notes', 'update');
  expect(changed.policies.map(({ command, name }) => `${command} ${name}`)).toEqual([
    'update mine',
    'select not archived',
    'select open to all',
    'select team',
  ]);
  expect(await reached(ada, 'delete')).toEqual([]);
});

test('it agrees with what SQL run as the caller finds', async () => {
  for (const caller of [ada, anonymousCaller, serviceCaller]) {
    const [result] = await engine.runSql(database, 'select id from notes order by id', { caller, readOnly: true });
    const { allowed, rows } = await ask(caller, 'public.notes', 'select');
    const seen = rows.filter((row) => row.allowed).map((row) => row.values[0]);
    expect(seen).toEqual(result?.rows.map(([id]) => id));
    expect(allowed).toBe(seen.length);
  }
});

test('where nothing is walled it says so, and where a privilege is missing', async () => {
  expect(await ask(serviceCaller, 'public.notes', 'select')).toMatchObject({ walled: false, policies: [], allowed: 4 });
  expect(await ask(anonymousCaller, 'public.bare', 'select')).toMatchObject({ walled: false, granted: false });
  expect(await ask(ada, 'public.bare', 'delete')).toMatchObject({ walled: false, granted: true, allowed: 1 });
});

test('bytes and large integers are told as text', async () => {
  const { rows } = await ask(serviceCaller, 'public.notes', 'select');
  expect(rows[0]?.values.slice(4)).toEqual(['\\x00FF', '9007199254740993']);
});

test('a name of a parameter inside a literal is no parameter; views and hidden tables are refused', async () => {
  expect(await ask(ada, 'public.odd', 'select')).toMatchObject({ scanned: 0, rows: [] });
  for (const table of ['public.v', 'public.nope', '_koyalite_users', 'main.sqlite_schema']) {
    await expect(ask(ada, table, 'select'), table).rejects.toMatchObject({ sqlstate: '42P01' });
  }
});

test('a policy that raises on a row says so instead of deciding', async () => {
  await engine.runSql(database, "insert into odd values (1, 'no json')");
  await expect(ask(ada, 'public.odd', 'select')).rejects.toMatchObject({ sqlstate: '22P02' });
  await engine.runSql(database, 'delete from odd');
});

test('a policy that never ends is stopped', async () => {
  await engine.runSql(
    database,
    `create table slow (id int primary key); insert into slow values (1);
     create policy slow on slow for select using (exists (with recursive n(i) as (select 1 union all select i + 1 from n) select 1 from n where i < 0));`,
  );
  const caller = { caller: ada, table: 'public.slow', command: 'select' } as const;
  await expect(explainAccess(database, caller, 200)).rejects.toMatchObject({ sqlstate: '57014' });
});

test('a table of many rows is looked at in part', async () => {
  await engine.runSql(
    database,
    `create table many (id int primary key); create policy even on many for select using (id % 2 = 0);
     insert into many with recursive n(i) as (select 1 union all select i + 1 from n where i < 10100) select i from n;`,
  );
  const { scanned, allowed, rows } = await ask(ada, 'public.many', 'select');
  expect([scanned, allowed, rows.length]).toEqual([10_000, 5000, 100]);
});
