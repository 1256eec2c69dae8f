/** SQL functions called from policies and statements: whose rows they read, and where a call may stand. */

import { expect, test } from 'vitest';
import { toCaller } from '#lib/engine/caller.ts';
import { loadCatalog } from '#lib/engine/catalog/load-catalog.ts';
import { guardSql } from '#lib/engine/policies/guard-sql.ts';
import { toParameters } from '#lib/engine/run/bind.ts';
import { executeScript } from '#lib/engine/sql/execute-script.ts';
import { createTestFile } from '#lib/engine/sql/test-file.ts';

const base = `
create table members (team bigint, who text);
create table posts (id bigint primary key, team bigint);
insert into members values (1, 'a'), (2, 'b'), (3, 'a');
insert into posts values (10, 1), (20, 2), (30, 3);`;

function see(schema: string, sql: string) {
  const file = createTestFile();
  file.run(base + schema);
  const catalog = loadCatalog(file.connection);
  const caller = toCaller('authenticated', { sub: 'a' });
  const wall = (text: string) => ({ sql: guardSql(catalog, caller.role, text), named: toParameters(caller, null) });
  return executeScript(file.connection, sql, { wall }).at(-1)?.rows.flat();
}

const helper = (security: string) => `
create function is_member(t bigint) returns boolean language sql stable ${security} as $$
  select exists (select 1 from members where team = t and who = auth.uid()) $$;
create policy p on posts for select using (is_member(team));`;

test('a helper of a policy reads as the caller, SECURITY DEFINER reads the file', () => {
  const sql = 'select id from posts order by id';
  expect(see(helper('security invoker'), sql)).toEqual([]);
  expect(see(helper('security definer'), sql)).toEqual([10, 30]);
  expect(see(`${helper('security invoker')} create policy m on members using (team = 3)`, sql)).toEqual([30]);
});

test('a set stands in FROM, and in IN (SELECT fn())', () => {
  const sets = `create function my_teams() returns setof bigint language sql stable security definer as $$
    select team from members where who = auth.uid() $$;`;
  const policy = `${sets} create policy p on posts for select using (team in (select my_teams()))`;
  expect(see(policy, 'select id from posts order by id')).toEqual([10, 30]);
  expect(see(sets, 'select count(*) from my_teams()')).toEqual([2]);
});

test('arguments are values, whatever they are called or contain', () => {
  const twice = `create function twice(n bigint, plus bigint default 1) returns bigint language sql immutable as $$ select n * 2 + plus $$;`;
  expect(see(twice, 'select twice(4)')).toEqual([9]);
  expect(see(twice, 'select twice(twice(1, 0), (select 5))')).toEqual([9]);
  expect(see(twice, `select 'twice(4)', "twice" from (select 3 as twice)`)).toEqual(['twice(4)', 3]);
});

test('a function that calls itself is refused, not followed', () => {
  const file = createTestFile();
  file.run(`create function f(n bigint) returns bigint language sql as $$ select n $$`);
  expect(
    file.fails(`create or replace function f(n bigint) returns bigint language sql as $$ select f(n) $$; select f(1)`),
  ).toMatch(/^54001 /);
});
