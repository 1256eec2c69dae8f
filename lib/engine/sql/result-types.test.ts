/** The types a result's columns are told by, through views, subqueries and casts. */

import { beforeAll, expect, test } from 'vitest';
import { createTestFile, type TestFile } from '#lib/engine/sql/test-file.ts';

let file: TestFile;
beforeAll(() => {
  file = createTestFile();
  file.run(`create type mood as enum ('calm', 'wild');
    create table t (id bigint primary key, done boolean, data jsonb, at timestamptz, how mood, tags text[], n numeric(6, 2), b);
    insert into t (id, done, data) values (1, true, '{"a":1}');
    create view v as select id, done, done is null as missing, data ->> 'a' as a, (id::text) as label from t;
    create view w as select * from v;
    create schema lab; create table lab.u (ok boolean); create view lab.lv as select not ok as bad from lab.u;`);
});

test.each([
  ['select * from t', ['bigint', 'boolean', 'jsonb', 'timestamp with time zone', 'mood', 'text[]', 'numeric', null]],
  ['select done, id from (select * from t) s', ['boolean', 'bigint']],
  ['with s as (select done as d from t) select d, 1 from s', ['boolean', null]],
  ['select done from t union select done from t', ['boolean']],
  ['select * from v', ['bigint', 'boolean', 'boolean', null, 'text']],
  ['select missing, label from v where id > 0', ['boolean', 'text']],
  ['select missing as m, label as l, id from "w"', ['boolean', 'text', 'bigint']],
  ['select * from public.w limit 1', ['bigint', 'boolean', 'boolean', null, 'text']],
  ['select 1 = 1 as a, v.*, id = 2 as b from v', ['boolean', 'bigint', 'boolean', 'boolean', null, 'text', 'boolean']],
  [
    'select t.*, u.* from t, lab.u',
    ['bigint', 'boolean', 'jsonb', 'timestamp with time zone', 'mood', 'text[]', 'numeric', null, 'boolean'],
  ],
  ['select * from lab.lv', ['boolean']],
  ['select distinct id = 1, true as yes, (id > 1) as more, id + 1 from t', ['boolean', 'boolean', 'boolean', null]],
  ["select '2026-01-01'::date as d, cast(id as jsonb) as j, id::int + 1, id::int > 1 from t", ['date', 'jsonb', null, 'boolean']],
  [
    'select case when done then 1 else 2 end, exists (select 1), id in (1, 2), coalesce(done, false) from t',
    [null, 'boolean', 'boolean', null],
  ],
  ["select 'wild'::mood as m, '{a}'::text[] as l, 1::numeric(4,1)", ['mood', 'text[]', 'numeric']],
  ['select count(*), max(done) from t', [null, null]],
  ['update t set done = false where id = 1 returning done, id', ['boolean', 'bigint']],
  ['values (1, true)', [null, null]],
  ['explain query plan select 1', [null, null, null, null]],
])('%s', (sql, types) => {
  expect(file.run(sql).at(-1)?.types).toEqual(types);
});

test('a statement that gives no rows has no types', () => {
  expect(file.run('create table other (id int)').at(-1)).toMatchObject({ columns: [], types: [] });
});
