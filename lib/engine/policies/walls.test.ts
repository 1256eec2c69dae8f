/** What a role sees of a table: nested policies, restrictions, roles of roles, columns, and when a wall is materialized. */

import { expect, test } from 'vitest';
import { toCaller } from '#lib/engine/caller.ts';
import { loadCatalog } from '#lib/engine/catalog/load-catalog.ts';
import { guardSql } from '#lib/engine/policies/guard-sql.ts';
import { mayRaise } from '#lib/engine/policies/may-raise.ts';
import { wallsOf } from '#lib/engine/policies/walls.ts';
import { toParameters } from '#lib/engine/run/bind.ts';
import { executeScript } from '#lib/engine/sql/execute-script.ts';
import { createTestFile } from '#lib/engine/sql/test-file.ts';

function open(schema: string) {
  const file = createTestFile();
  file.run(schema);
  const catalog = loadCatalog(file.connection);
  return {
    catalog,
    see(sql: string, role = 'authenticated', sub = 'a') {
      const caller = toCaller(role, { sub });
      const wall = (text: string) => ({ sql: guardSql(catalog, role, text), named: toParameters(caller, null) });
      return executeScript(file.connection, sql, { wall }).at(-1)?.rows.flat();
    },
    wall: (key: string, role = 'authenticated') =>
      wallsOf(catalog, role)
        .around([key])
        .find((wall) => wall.table.key === key)?.sql ?? null,
  };
}

const teams = `
create table members (team bigint, who text);
create table posts (id bigint primary key, team bigint);
create policy p on posts for select using (exists (select 1 from members m where m.team = posts.team));
insert into members values (1, 'a'), (2, 'b');
insert into posts values (10, 1), (20, 2);`;

test('a policy sees another table as the caller does', () => {
  expect(open(teams).see('select id from posts')).toEqual([]);
  const own = `${teams} create policy m on members for select using (who = auth.uid())`;
  expect(open(own).see('select id from posts')).toEqual([10]);
  expect(open(own).see('select id from posts', 'authenticated', 'b')).toEqual([20]);
  expect(open(`${teams} alter table members disable row level security`).see('select id from posts order by id')).toEqual([
    10, 20,
  ]);
});

test('policies that read each other in a circle are refused where they are made', () => {
  const circle = () =>
    open(`${teams} create policy m on members for select using (exists (select 1 from posts where posts.team = members.team))`);
  expect(circle).toThrow(expect.objectContaining({ sqlstate: '42P17' }));
});

test('no permissive policy admits nothing; a restrictive one narrows all of them; NULL is no', () => {
  const rows = 'create table t (n bigint); insert into t values (1), (2), (3), (null);';
  expect(open(rows).see('select n from t')).toEqual([]);
  expect(open(`${rows} create policy r on t as restrictive using (true)`).see('select n from t')).toEqual([]);
  const some = `${rows} create policy a on t using (n = 1); create policy b on t for select using (n > 2); create policy c on t for update using (true)`;
  expect(open(some).see('select n from t order by n')).toEqual([1, 3]);
  expect(open(`${some}; create policy d on t as restrictive using (n <> 1)`).see('select n from t')).toEqual([3]);
});

test('a role has the policies and grants of the roles it is a member of', () => {
  const schema = `create table t (n bigint); insert into t values (1), (2), (3); create role editor; create role chief;
    grant editor to chief; grant select on t to editor;
    create policy e on t to editor using (n <= 2); create policy c on t to chief using (n = 3)`;
  expect(open(schema).see('select n from t order by n', 'editor')).toEqual([1, 2]);
  expect(open(schema).see('select n from t order by n', 'chief')).toEqual([1, 2, 3]);
});

test('a role granted some columns sees those alone, in a star too', () => {
  const schema = `create table t (id bigint, secret text); insert into t values (1, 'x'); create policy p on t using (true);
    revoke all on t from authenticated; grant select (id) on t to authenticated`;
  expect(open(schema).see('select * from t')).toEqual([1]);
  expect(() => open(schema).see('select secret from t')).toThrow(
    expect.objectContaining({ sqlstate: expect.stringMatching(/^42/) }),
  );
});

test('a wall is materialized only when its policy may raise', () => {
  const wallFor = (using: string) =>
    open(`create table t (n bigint, data jsonb, body text); create policy p on t using (${using})`).wall('public.t');
  expect(wallFor('n = 1')).toContain('AS NOT MATERIALIZED');
  expect(wallFor(`(auth.jwt() ->> 'team')::text = body`)).toContain('AS NOT MATERIALIZED');
  expect(wallFor(`data ->> 'owner' = auth.uid()::text`)).toContain('AS MATERIALIZED');
  expect(open('create table t (n bigint)').wall('public.t', 'service_role')).toBeNull();
});

test.each([
  ['n = 1 AND body IS NULL', false],
  ["body LIKE 'a%'", false],
  ['EXISTS (SELECT 1 FROM t AS x WHERE (x.n) IN (1, 2))', false],
  [":auth_jwt ->> 'sub' = body", false],
  ["data -> 'a' = 1", true],
  ["body MATCH 'x'", true],
  ["body REGEXP '('", true],
  ["json_extract(data, '$.a')", true],
  ['"json_extract"(data)', true],
  ['some_function (n)', true],
  ["':auth_jwt' -> data", true],
])('%s may raise: %s', (sql, raises) => {
  expect(mayRaise(sql)).toBe(raises);
});
