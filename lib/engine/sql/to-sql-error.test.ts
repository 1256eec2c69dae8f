/** Every way SQLite fails here has PostgreSQL's state and words. */

import { expect, test } from 'vitest';
import { openFile } from '#lib/engine/open-file.ts';
import { toSqlError } from '#lib/engine/sql/to-sql-error.ts';
import { SqlError } from '#lib/engine/sql-error.ts';
import { Problem } from '#lib/http/problem.ts';

const schema = `
  create table p (id integer primary key, u text unique, n int not null default 1, c int constraint positive check (c > 0), k int references p(id) deferrable initially immediate);
  create table s (i integer) strict; create view v as select * from p; create index ix on p (n); create unique index lower_u on p (lower(u)); insert into p (id, u) values (1, 'a');
  create table restricts (a int references p(id) on delete restrict); insert into restricts values (1);`;

test.each([
  ['selec 1', '42601 syntax error at or near "selec"'],
  ['select (1', '42601 syntax error at end of input'],
  ['select #', '42601 syntax error at or near "#"'],
  ['select * from nope', '42P01 relation "nope" does not exist'],
  ['select nope from p', '42703 column "nope" does not exist'],
  ['select p.nope from p', '42703 column "p.nope" does not exist'],
  ['insert into p (nope) values (1)', '42703 column "nope" of relation "p" does not exist'],
  ['select id from p a, p b', '42702 column reference "id" is ambiguous'],
  ['select nofn(1)', '42883 function nofn does not exist'],
  ['select lower(1, 2)', '42883 function lower does not exist'],
  ['select 1 from p where count(*) > 1', '42803 aggregate or window function count() is not allowed here'],
  ['create table p (a int)', '42P07 relation "p" already exists'],
  ['create index ix on p (u)', '42P07 relation "ix" already exists'],
  ['create table q (a int, a int)', '42701 column "a" specified more than once'],
  ['insert into p values (1)', /^42601 /],
  ['insert into p (id) values (1) on conflict (n) do nothing', /^42P10 /],
  [`insert into p (id) values (1)`, '23505 duplicate key value violates unique constraint "p_id_key"'],
  [`insert into p (u) values ('a')`, /^23505 duplicate key value violates unique constraint/],
  ['insert into p (n) values (null)', '23502 null value in column "n" of relation "p" violates not-null constraint'],
  ['insert into p (c) values (0)', '23514 new row violates check constraint "positive"'],
  ['insert into p (k) values (99)', /^23503 /],
  ['delete from p where id = 1', /^23503 /],
  [`insert into s values ('x')`, '22P02 invalid input syntax for type integer'],
  [`insert into p (id) values ('x')`, '22P02 invalid input syntax for type integer'],
  [`select json('{')`, '22P02 invalid input syntax for type json'],
  [`select abs(-9223372036854775808)`, '22003 bigint out of range'],
  ['with recursive a as (select * from b), b as (select * from a) select * from a', /^42P17 /],
  ['insert into v values (1)', '55000 cannot modify view "v"'],
])('%s', (sql, expected) => {
  const handle = openFile(':memory:', { create: true });
  handle.exec(schema);
  try {
    handle.exec(sql);
  } catch (error) {
    const made = toSqlError(error);
    const text = `${made.sqlstate} ${made.message}`;
    if (typeof expected === 'string') expect(text).toBe(expected);
    else expect(text).toMatch(expected);
    expect(made.cause).toBe(error);
    return;
  }
  throw new Error('the statement succeeded');
});

test('what is not SQLite’s', () => {
  const own = new SqlError({ sqlstate: '42501', message: 'no' });
  expect(toSqlError(own)).toBe(own);
  expect(toSqlError(new TypeError('secret detail'))).toMatchObject({ sqlstate: 'XX000', message: 'internal error' });
  expect(toSqlError(new Problem({ status: 400, code: 'x', message: 'y' }))).toMatchObject({ sqlstate: 'XX000' });
});
