/** Domains: their type, checks, defaults and NOT NULL on every column that names them. */

import { expect, test } from 'vitest';
import { createTestFile } from '#lib/engine/sql/test-file.ts';

const schema = `
create schema s;
create domain email as text constraint at_sign check (value ~~ '%@%') check (length(value) < 20);
create domain s.score as int not null default 5 check (VALUE >= 0);
create domain price as numeric(30, 2);
create domain high as s.score check (value > 3);
create table people (id int primary key, mail email, score s.score, best high default 9);`;

test('a column of a domain keeps its rules', () => {
  const file = createTestFile();
  file.run(schema);
  file.run(`insert into people (id, mail) values (1, 'a@b')`);
  expect(file.rows('select * from people')).toEqual([[1, 'a@b', 5, 9]]);
  expect(file.fails(`insert into people (id, mail) values (2, 'ab')`)).toMatch(/^23514 .*people_mail_check/);
  expect(file.fails(`insert into people (id, mail) values (2, 'aaaaaaaaaaaaaaaaaaaaaaaaa@b')`)).toMatch(/^23514/);
  expect(file.fails(`insert into people (id, score) values (2, -1)`)).toMatch(/^23514/);
  expect(file.fails(`insert into people (id, best) values (2, 2)`)).toMatch(/^23514/);
  expect(file.fails(`insert into people (id, score) values (2, null)`)).toMatch(/^23502/);
  expect(file.fails(`insert into people (id, score) values (2, 'x')`)).toMatch(/^22P02/);
});

test('ADD COLUMN and ALTER COLUMN TYPE take domains', () => {
  const file = createTestFile();
  file.run(schema);
  file.run(
    `create table t (id int, m text); insert into t values (1, 'a@b'); alter table t add column score s.score; alter table t alter column m type email`,
  );
  expect(file.rows('select * from t')).toEqual([[1, 'a@b', 5]]);
  expect(file.fails(`insert into t (m) values ('ab')`)).toMatch(/^23514/);
  expect(file.fails(`insert into t (score) values (-1)`)).toMatch(/^23514/);
});

test('a domain is dropped with its columns or not at all', () => {
  const file = createTestFile();
  file.run(schema);
  expect(file.fails('drop domain email')).toMatch(/^2BP01/);
  expect(file.fails('create domain email as text')).toBe('42710 type "email" already exists');
  expect(file.fails(`create type email as enum ('a')`)).toMatch(/^42710/);
  expect(file.fails('create domain x as nothing')).toMatch(/^42704/);
  expect(file.fails('alter domain email set not null')).toMatch(/^0A000/);
  file.run('drop domain email cascade; drop domain if exists nowhere');
  expect(file.rows(`select name from pragma_table_info('people')`)).toEqual([['id'], ['score'], ['best']]);
  expect(file.fails('create table u (e email)')).toMatch(/^42704/);
});
