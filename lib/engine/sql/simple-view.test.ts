/** Which views a write may go through. */

import { expect, test } from 'vitest';
import { readSimpleView } from '#lib/engine/sql/simple-view.ts';

test('one table, its columns, a filter', () => {
  expect(
    readSimpleView('select id, n.name AS "Title", upper(name) from notes as n where n.open and name <> \'from\' order by id'),
  ).toEqual({
    base: 'notes',
    alias: 'n',
    rows: 'SELECT id, n.name AS "Title", upper(name) FROM notes as n',
    where: "n.open and name <> 'from'",
    items: ['column', 'column', 'expression'],
  });
  expect(readSimpleView('SELECT * FROM "Odd ""Name"""')).toMatchObject({
    base: 'odd "name"',
    alias: 'Odd "Name"',
    where: null,
    items: ['star'],
  });
});

test.each([
  ['select id from t where exists (select 1 from u group by x having count(*) > 1 limit 1)', ['column']],
  ['select t.*, (select max(x) from u), (select secret from u) as name from t', ['star', 'expression', 'expression']],
  [
    'select null as id, rowid, current_timestamp, -id, (id), id || 1, case when a then b end from t x',
    Array.from({ length: 7 }, () => 'expression'),
  ],
])('%s', (sql, items) => {
  expect(readSimpleView(sql)?.items).toEqual(items);
});

test('a comment takes nothing with it', () => {
  expect(readSimpleView('select id -- the key\nfrom t where a -- only these')).toMatchObject({
    rows: 'SELECT id FROM t',
    where: 'a',
  });
});

test.each([
  'select 1',
  'values (1)',
  'with x as (select 1) select * from x',
  'select distinct id from t',
  'select id from t, u',
  'select id from t a, t b',
  'select id from t join u using (id)',
  'select id from t left join u on true',
  'select id from t natural join u',
  'select id from (select * from t)',
  'select id from f(1)',
  'select id from main.t',
  'select count(*) from t',
  'select id, max(name) from t',
  'select id, coalesce(sum(x), 0) as s from t',
  'select id, row_number() over (order by id) from t',
  'select id, first_value(id) over w from t window w as (order by id)',
  'select id from t group by id',
  'select id from t having true',
  'select id from t limit 1',
  'select id from t where a order by id limit 1',
  'select id from t offset 1',
  'select id from t union select id from u',
  'select id from t where a except select id from u',
  'select id from t not indexed',
  'select id from t indexed by i',
  'select id from t as',
])('%s is no such view', (sql) => {
  expect(readSimpleView(sql)).toBe(null);
});
