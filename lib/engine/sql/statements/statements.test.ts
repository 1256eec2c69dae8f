/** Types, functions, grants, comments, views, indexes and triggers. */

import { expect, test } from 'vitest';
import { rewriteSql } from '#lib/engine/sql/rewrite-sql.ts';
import { createTestFile } from '#lib/engine/sql/test-file.ts';
import { parseViewBody } from '#lib/engine/sql/view-body.ts';

test('enum types', () => {
  const file = createTestFile();
  file.run(`create type mood as enum ('a', 'b'); create table t (m mood, n mood[]); insert into t values ('b', '{a,b}');
            alter type mood add value 'c' before 'b'; alter type mood add value if not exists 'c'; alter type mood rename value 'b' to 'z'`);
  expect(file.rows('select labels from _koyalite_enums')).toEqual([['["a","c","z"]']]);
  expect(file.rows('select m from t')).toEqual([['z']]);
  expect(file.fails(`create type mood as enum ('a')`)).toBe('42710 type "mood" already exists');
  expect(file.fails(`create type text as enum ('a')`)).toMatch(/^42710/);
  expect(file.fails('drop type mood')).toMatch(/^2BP01/);
  file.run('drop table t; drop type mood; drop type if exists mood');
  expect(file.fails('create table t (m mood)')).toBe('42704 type "mood" does not exist');
});

test('functions are kept with arguments, result and body', () => {
  const file = createTestFile();
  file.run(`create function f(a int, b text default 'x', variadic c int[] default '{}') returns table (x int, y text) language sql stable strict security definer set search_path = '' as 'select 1, ''a''';
            create function g(jsonb) returns setof text language sql rows 5 return 'x';
            create function h(in a int, out b int, out c text) language sql begin atomic select 1, 'x'; end;`);
  expect(file.rows('select name, signature, volatility, security, strict, body from _koyalite_functions order by name')).toEqual([
    ['f', 'integer, text, integer[]', 'stable', 'definer', 1, "select 1, 'a'"],
    ['g', 'jsonb', 'volatile', 'invoker', 0, "SELECT 'x'"],
    ['h', 'integer', 'volatile', 'invoker', 0, "select 1, 'x'"],
  ]);
  const [returns] = file.rows(`select returns from _koyalite_functions where name = 'g'`)[0] ?? [];
  expect(JSON.parse(String(returns))).toEqual({ setof: true, type: 'text', columns: [], void: false, rows: 5 });
  expect(file.fails(`create function g(jsonb) returns text language sql as 'select 1'`)).toBe(
    '42723 function "g" already exists with same argument types',
  );
  expect(file.fails(`create function p() returns void language plpgsql as 'begin end'`)).toMatch(/^0A000/);
  expect(file.fails(`create function p() returns int language sql as 'select ('`)).toMatch(/^42601/);
  file.run(
    `create or replace function g(jsonb) returns text language sql as 'select 2'; create function g(int) returns int language sql as 'select 3'; alter function g(int) rename to k`,
  );
  expect(file.fails('drop function nope(int)')).toMatch(/^42883/);
  file.run('drop function g(jsonb), k, f');
  expect(file.rows('select name from _koyalite_functions')).toEqual([['h']]);
});

test('grants start from the defaults and survive being taken to nothing', () => {
  const file = createTestFile();
  file.run(
    'create table t (a int, b int); create role editor; revoke all on t from anon, authenticated; grant select (a), update on table t to editor; grant editor to authenticated',
  );
  expect(
    file.rows(
      `select grantee, privilege, column_name from _koyalite_grants where grantee not in ('service_role', 'postgres') order by 1, 2`,
    ),
  ).toEqual([
    ['editor', 'select', 'a'],
    ['editor', 'update', ''],
  ]);
  expect(file.rows('select role, member from _koyalite_role_members')).toEqual([['editor', 'authenticated']]);
  file.run('revoke all on all tables in schema public from service_role, editor, postgres');
  expect(file.rows('select privilege from _koyalite_grants')).toEqual([['none']]);
  expect(file.fails('grant select (nope) on t to anon')).toMatch(/^42703/);
  expect(file.fails('grant select on t to nobody')).toMatch(/^42704/);
  file.run('grant usage on schema public to anon; grant all on all sequences in schema public to anon; drop role editor');
});

test('revoking a function from PUBLIC leaves those it was granted to', () => {
  const file = createTestFile();
  file.run(
    `create function f() returns int language sql as 'select 1'; revoke execute on function f() from public; grant execute on function f to authenticated`,
  );
  const holders = () =>
    file.rows(`select grantee from _koyalite_grants where privilege = 'execute' and grantee not in ('service_role', 'postgres')`);
  expect(holders()).toEqual([['authenticated']]);
  file.run(`drop function f; create function f() returns int language sql as 'select 1'; revoke all on function f from anon`);
  expect(holders()).toEqual([['authenticated']]);
});

test('comments', () => {
  const file = createTestFile();
  file.run(`create table t (a int); comment on table t is 'it''s'; comment on column t.a is $$x$$; comment on column public.t.a is null; comment on schema public is 's';
            create policy p on t using (true); comment on policy p on t is 'p'; comment on constraint x on t is 'y'`);
  expect(file.rows('select comment from _koyalite_tables')).toEqual([["it's"]]);
  expect(file.rows('select comment from _koyalite_columns')).toEqual([[null]]);
  expect(file.fails(`comment on column t.z is 'x'`)).toMatch(/^42703/);
});

test('views remember what SQLite cannot hold', () => {
  const file = createTestFile();
  file.run(`create table t (a int, owner uuid); insert into t values (1, null);
            create view plain as select a from t where a between 0 and 5; create view mine with (security_invoker = false) as select a from t where owner = auth.uid();
            create or replace view plain (b) as select a + 1 from t where 'abc' like 'a%' and 'ABC' ilike 'a%'`);
  expect(file.rows('select b from plain')).toEqual([[2]]);
  expect(file.rows('select name, definition, security_invoker from _koyalite_tables where kind = $$view$$ order by 1')).toEqual([
    ['mine', 'select a from t where owner = auth.uid()', 0],
    ['plain', `select a + 1 from t where 'abc' like 'a%' and 'ABC' ilike 'a%'`, 1],
  ]);
  const stored = String(file.rows(`select sql from sqlite_schema where name = 'mine'`)[0]?.[0]);
  expect(rewriteSql(parseViewBody(stored).select)).toBe('select a from t where owner = :auth_uid');
  expect(file.rows('select a from mine')).toEqual([]);
  expect(file.fails('create view plain as select 1')).toMatch(/^42P07/);
  expect(file.fails('create view bad as select nope from t')).toMatch(/^42703/);
  expect(file.fails('drop table t')).toMatch(/^2BP01/);
  expect(file.fails('drop table plain')).toMatch(/^42809/);
  file.run('alter view mine rename to ours; alter view ours set (security_invoker = on)');
  expect(file.rows(`select security_invoker from _koyalite_tables where name = 'ours'`)).toEqual([[1]]);
  file.run('drop table t cascade');
  expect(file.rows('select name from _koyalite_tables')).toEqual([]);
});

test('indexes', () => {
  const file = createTestFile();
  file.run(`create table t (a int, b text, c tsvector); create index on t (a); create index if not exists t_a_idx on t (a); create unique index concurrently u on public.t using btree (lower(b) text_pattern_ops, a desc nulls last) where a > 0;
            create index on t using gin (c)`);
  expect(file.rows(`select name from sqlite_schema where type = 'index' and tbl_name = 't' order by 1`)).toEqual([
    ['t_a_idx'],
    ['u'],
  ]);
  expect(file.fails('create index u on t (a)')).toMatch(/^42P07/);
  expect(file.fails('create index x on t (nope)')).toMatch(/^42703/);
  file.run('drop index u, t_a_idx; drop index if exists u');
  expect(file.fails('drop index u')).toBe('42704 index "u" does not exist');
});

test('triggers in SQLite’s form', () => {
  const file = createTestFile();
  file.run(
    `create table t (a int, at timestamptz); create trigger stamp after insert on public.t for each row when new.at is null begin update t set at = now() where rowid = new.rowid; end; insert into t (a) values (1)`,
  );
  expect(file.rows('select at is not null from t')).toEqual([[1]]);
  expect(file.fails('create trigger stamp after insert on t begin select 1; end')).toMatch(/^42710/);
  expect(file.fails('create trigger x before update on t for each row execute function f()')).toMatch(/^0A000/);
  expect(file.fails('create trigger x after insert on t begin update t set a = auth.uid(); end')).toMatch(/^0A000/);
  file.run('drop trigger stamp on t; drop trigger if exists stamp on t');
});

test('TRUNCATE empties, restarts and cascades', () => {
  const file = createTestFile();
  file.run(
    'create table p (id bigint generated always as identity primary key); create table c (p bigint references p); insert into p default values; insert into c values (1)',
  );
  expect(file.fails('truncate p')).toMatch(/^0A000/);
  file.run('truncate table p restart identity cascade; insert into p default values');
  expect(file.rows('select id, (select count(*) from c) from p')).toEqual([[1, 0]]);
});

test('CREATE TABLE AS keeps types, and IF NOT EXISTS keeps the table', () => {
  const file = createTestFile();
  file.run(
    `create table a (id uuid, t timestamptz); insert into a values ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '2024-01-01'); create table b as select id, t, 1 as n from a; create table if not exists b (x int)`,
  );
  expect(file.rows('select t, n from b')).toEqual([['2024-01-01T00:00:00+00:00', 1]]);
  expect(file.rows(`select type from pragma_table_info('b')`)).toEqual([['uuid text'], ['timestamptz text'], ['']]);
  expect(file.fails('create table a (x int)')).toBe('42P07 relation "a" already exists');
  expect(file.fails('create table x (a int references nowhere)')).toBe('42P01 relation "nowhere" does not exist');
  expect(file.fails('create table x (a int, primary key (b))')).toMatch(/^42703/);
  expect(file.fails('create table x (a int, A int)')).toMatch(/^42701/);
});
