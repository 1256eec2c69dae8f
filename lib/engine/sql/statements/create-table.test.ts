/** CREATE TABLE … LIKE, NOT VALID, and the forms of CREATE INDEX. */

import { expect, test } from 'vitest';
import { createTestFile } from '#lib/engine/sql/test-file.ts';
import { isSqlError } from '#lib/engine/sql-error.ts';

const source = `
create type mood as enum ('sad', 'ok'); create table parents (id int primary key);
create table src (id bigint generated always as identity primary key, name text not null default 'x' unique, mood mood default 'ok',
  n numeric(30, 2), double int generated always as (id * 2) stored, parent int references parents,
  constraint short check (length(name) < 9));
create index on src (lower(name)) where n is not null; comment on column src.name is 'what it is called';`;

test('INCLUDING ALL takes types, defaults, keys, checks, identities, indexes and comments, but no foreign key', () => {
  const file = createTestFile();
  file.run(`${source} create table copy (first int, like src including all, last text)`);
  expect(
    file.rows(
      `select name, type, default_sql, identity, comment from _koyalite_columns where table_name = 'copy' order by position`,
    ),
  ).toEqual([
    ['first', 'integer', null, null, null],
    ['id', 'bigint', null, 'always', null],
    ['name', 'text', `'x'`, null, 'what it is called'],
    ['mood', 'mood', `'ok'::mood`, null, null],
    ['n', 'numeric', null, null, null],
    ['double', 'integer', null, null, null],
    ['parent', 'integer', null, null, null],
    ['last', 'text', null, null, null],
  ]);
  expect(file.rows(`select type from pragma_table_info('copy') where name = 'n'`)).toEqual([['numeric(30,2) blob']]);
  file.run('insert into copy (n, parent) values (1, 77)');
  expect(file.rows('select id, name, mood, double from copy')).toEqual([[1, 'x', 'ok', 2]]);
  expect(file.fails('insert into copy (n) values (1)')).toMatch(/^23505/);
  expect(file.fails(`insert into copy (name, n) values ('much too long', 0)`)).toMatch(/^23514/);
  expect(file.fails(`insert into copy (id, name) values (9, 'z')`)).toMatch(/^428C9/);
  expect(file.rows(`select name from sqlite_schema where type = 'index' and tbl_name = 'copy' and sql is not null`)).toEqual([
    ['copy_expr_idx'],
  ]);
});

test('a bare LIKE takes names, types and NOT NULL; EXCLUDING takes away again', () => {
  const file = createTestFile();
  file.run(
    `${source} create table bare (like src); create table some (like src including all excluding constraints excluding indexes)`,
  );
  file.run(`insert into bare values (1, 'much too long', null, -1, 5, null), (1, 'a', null, -1, 5, null)`);
  expect(file.fails('insert into bare (id) values (2)')).toMatch(/^23502/);
  file.run(`insert into some (id, name) values (1, 'much too long'), (1, 'x')`);
  expect(file.rows('select name, double from some')).toEqual([
    ['much too long', 2],
    ['x', 2],
  ]);
  expect(file.fails('create table t (like nowhere)')).toMatch(/^42P01/);
  expect(file.fails('create table t (id int, like src)')).toMatch(/^42701/);
});

test('NOT VALID is taken when every row fits, and says what to do when one does not', () => {
  const file = createTestFile();
  file.run(
    'create table p (id int primary key); create table c (p int, n int); insert into p values (1); insert into c values (1, 1)',
  );
  file.run('alter table c add constraint n_up check (n > 0) not valid; alter table c validate constraint n_up');
  file.run('alter table c add constraint c_p foreign key (p) references p (id) not valid');
  expect(file.fails('insert into c values (2, 1)')).toMatch(/^23503/);
  const hint = (sql: string) => {
    try {
      file.run(sql);
    } catch (error) {
      return isSqlError(error) ? [error.sqlstate, error.hint?.slice(0, 12)] : null;
    }
    return null;
  };
  expect(hint('alter table c add constraint big check (n > 5) not valid')).toEqual(['23514', 'SQLite knows']);
  expect(
    hint('create table d (p int); insert into d values (9); alter table d add foreign key (p) references p not valid'),
  ).toEqual(['23503', 'SQLite knows']);
  expect(hint('alter table c add constraint big check (n > 5)')).toEqual(['23514', undefined]);
});

test('indexes: CONCURRENTLY, expressions, partial, and again with IF NOT EXISTS', () => {
  const file = createTestFile();
  const script = `create table if not exists t (a text, b int, gone boolean default false);
    create index concurrently if not exists by_lower on t (lower(a));
    create unique index concurrently if not exists live on t using btree (a, (b + 1) desc nulls last) where not gone;
    create index if not exists by_prefix on t (a text_pattern_ops);`;
  file.run(script);
  file.run(script);
  file.run(`insert into t values ('x', 1, true), ('x', 1, true), ('x', 1, false)`);
  expect(file.fails(`insert into t values ('x', 1, false)`)).toMatch(/^23505/);
  expect(JSON.stringify(file.rows(`explain query plan select * from t where lower(a) = 'x'`))).toContain('by_lower');
  file.run('drop index concurrently live');
});
