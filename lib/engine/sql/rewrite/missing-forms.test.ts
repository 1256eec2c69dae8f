/** PostgreSQL's forms of a query that SQLite lacks, run or refused by name. */

import { expect, test } from 'vitest';
import { createTestFile } from '#lib/engine/sql/test-file.ts';
import { isSqlError } from '#lib/engine/sql-error.ts';

test('TABLE t is a query wherever one may stand', () => {
  const file = createTestFile();
  file.run(
    `create schema s; create table t (a int); create table s.u (a int); insert into t values (1); insert into s.u values (2)`,
  );
  expect(file.rows('table t')).toEqual([[1]]);
  expect(file.rows('table t union all table s.u order by 1')).toEqual([[1], [2]]);
  expect(file.rows('with x as (table s.u) table x')).toEqual([[2]]);
  expect(file.rows('select * from (table t) limit 1')).toEqual([[1]]);
  expect(file.rows('select 2 in (table s.u)')).toEqual([[1]]);
  file.run('create view v as table t');
  expect(file.rows('table v')).toEqual([[1]]);
  expect(file.fails('table nowhere')).toMatch(/^42P01/);
  expect(file.fails('table main.t')).toMatch(/^42501/);
});

test.each([
  ['select distinct on (a) a from t', '0A000 DISTINCT ON is not supported'],
  ['select * from t, lateral (select t.a) x', '0A000 LATERAL is not supported'],
  ['select * from t cross join lateral unnest(t.b) x', '0A000 LATERAL is not supported'],
  [
    'with x as (insert into t (a) values (1) returning a) select * from x',
    '0A000 data-modifying statements in WITH are not supported',
  ],
  ['with x as (update t set a = 1 returning a) select * from x', '0A000 data-modifying statements in WITH are not supported'],
  ['with x as (delete from t returning a) select * from x', '0A000 data-modifying statements in WITH are not supported'],
  ['create table p partition of t for values in (1)', '0A000 PARTITION OF is not supported'],
])('%s', (sql, message) => {
  const file = createTestFile();
  file.run('create table t (a int, b jsonb)');
  expect(file.fails(sql)).toBe(message);
  try {
    file.run(sql);
  } catch (error) {
    expect(isSqlError(error) && error.hint).toBeTruthy();
  }
});

test('IS DISTINCT FROM and columns called update or delete are none of these', () => {
  const file = createTestFile();
  file.run('create table t (a int, "update" int); insert into t values (1, 2)');
  expect(file.rows('select a is distinct from 2, (a) from t')).toEqual([[1, 1]]);
});

test.each([
  ["age('2001-04-10'::timestamptz, '1957-06-13'::timestamptz)", '43 years 9 mons 27 days'],
  ["age('1957-06-13', '2001-04-10')", '-43 years -9 mons -27 days'],
  ["age('2024-03-01 01:00', '2024-02-29 02:30')", '22:30:00'],
  ["age('2024-05-05', '2024-05-05')", '00:00:00'],
  ["age(null, '2024-05-05')", null],
  ["age('x', '2024-05-05')", null],
  ["age(now()) < age(now() - interval '1 year')", 1],
])('%s', (sql, value) => {
  expect(createTestFile().rows(`select ${sql}`)).toEqual([[value]]);
});
