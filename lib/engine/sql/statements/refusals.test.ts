/** Statements that PostgreSQL takes and this engine cannot honour, or that nobody can: refused in the open, never half done. */

import { expect, test } from 'vitest';
import { createTestFile } from '#lib/engine/sql/test-file.ts';

test.each([
  ['alter schema s rename to z', /^0A000 ALTER SCHEMA/],
  ['alter schema nowhere owner to postgres', /^3F000/],
  ['alter default privileges in schema public revoke all on tables from anon', /^0A000 ALTER DEFAULT PRIVILEGES/],
  ['alter default privileges for role postgres revoke execute on functions from public', /^0A000/],
  ['alter default privileges grant select on tables to helper', /^0A000/],
  ['grant everything on t to anon', /^42601 unrecognized privilege type "everything"$/],
  ['revoke selct on t from anon', /^42601 unrecognized privilege type "selct"$/],
  ['grant execute on t to anon', /^0LP01 invalid privilege type EXECUTE for relation$/],
  ['grant delete (a) on t to anon', /^0LP01 invalid privilege type DELETE for column$/],
  ['grant select on function f() to anon', /^0LP01 invalid privilege type SELECT for function$/],
  ['grant select on schema s to anon', /^0LP01 invalid privilege type SELECT for schema$/],
  ['grant execute on all tables in schema public to anon', /^0LP01/],
  ['create policy p on t using (a = :x)', /^42P02 there is no parameter :x$/],
  ['create policy p on t using (a = ?)', /^42P02 there is no parameter \?$/],
  ['create policy p on t for insert with check (a in (select $1))', /^42P02 there is no parameter \$1$/],
  ['alter policy kept on t using (a = @x)', /^42P02/],
  [`create virtual table f5 using fts5(a, content='_koyalite_users')`, /^42501 permission denied for table _koyalite_users$/],
  ['create virtual table f5 using fts5(a, content="_KOYALITE_users")', /^42501/],
  ['create virtual table f5 using fts5(a, content=sqlite_schema)', /^42501/],
  ['create table u (a int unique nulls not distinct)', /^0A000 UNIQUE NULLS NOT DISTINCT/],
  ['create table u (a int, unique nulls not distinct (a))', /^0A000 UNIQUE NULLS NOT DISTINCT/],
  ['alter table t add unique nulls not distinct (a)', /^0A000 UNIQUE NULLS NOT DISTINCT/],
  ['alter table t add constraint u unique nulls not distinct (a)', /^0A000 UNIQUE NULLS NOT DISTINCT/],
  ['create unique index i on t (a) nulls not distinct', /^0A000 UNIQUE NULLS NOT DISTINCT/],
  ['create policy p on t using (a in (select own_rows()))', /^42P17 infinite recursion detected in policy for relation "t"$/],
  ['create policy p on t using (through() = 1)', /^42P17/],
  ['create view v as select a from t where a = :x', /^42P02/],
])('%s', (sql, expected) => {
  const file = createTestFile();
  file.run(`create schema s; create role helper; create table t (a int);
            create function f() returns int language sql as 'select 1'; create function own_rows() returns int language sql as 'select a from t limit 1';
            create function through() returns int language sql as 'select public.own_rows()';
            create function past() returns int language sql security definer as 'select a from t limit 1'; create policy kept on t using (a = 1)`);
  expect(file.fails(sql)).toMatch(expected);
});

test.each([
  ['alter schema s owner to postgres'],
  ['alter default privileges for role "postgres" in schema "public" grant all on tables to "anon", "postgres"'],
  ['alter default privileges in schema public grant execute on functions to public'],
  ['alter default privileges in schema public grant usage on sequences to helper'],
  ['grant all privileges on t to anon'],
  ['grant truncate, references, trigger on table t to anon'],
  ['grant usage, select on all sequences in schema public to anon'],
  ['grant usage on schema s to anon, helper'],
  ['create policy p on t using (a = :auth_uid)'],
  [
    `create function past() returns int language sql security definer as 'select a from t'; create policy p on t using (a = past())`,
  ],
  ['create table u (a int unique nulls distinct)'],
  ['alter table t add unique nulls distinct (a)'],
  [`create virtual table f5 using fts5(a, content='t')`],
])('takes %s', (sql) => {
  const file = createTestFile();
  file.run('create schema s; create role helper; create table t (a int)');
  expect(file.fails(sql)).toBe('succeeded');
});
