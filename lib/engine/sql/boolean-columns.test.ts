/** Booleans cast to text are PostgreSQL's words, wherever they come from. */

import { beforeAll, expect, test } from 'vitest';
import { createTestFile, type TestFile } from '#lib/engine/sql/test-file.ts';

let file: TestFile;
beforeAll(() => {
  file = createTestFile();
  file.run(`create table t (id bigint primary key, done boolean, "Own Flag" bool, note text);
    create table other (id bigint, note boolean);
    insert into t values (1, true, false, '1'), (2, false, null, '0');
    create view shown as select id, done::text as word from t;
    create table copied as select id, done::text as word from t;`);
});

test.each([
  ['select done::text from t order by id', ['true', 'false']],
  ['select cast(done as text) from t order by id', ['true', 'false']],
  ['select x.done::varchar from t as x order by id', ['true', 'false']],
  ['select "Own Flag"::text from t order by id', ['false', null]],
  ["select 'yes'::boolean::text", ['true']],
  ["select lower('ON')::boolean::text", ['true']],
  ['select true::text', ['true']],
  ['select word from shown order by id', ['true', 'false']],
  ['select word from copied order by id', ['true', 'false']],
  ["select id from t where done::text = 'true'", [1]],
  ['update t set note = done::text where id = 1 returning note', ['true']],
  // Not one: a number, a text, a name that is a boolean in one table and a text in the other.
  ['select id::text from t order by id', ['1', '2']],
  ['select t.note::text from t where id = 2', ['0']],
  ['select o.note::text from other o', []],
])('%s', (sql, values) => {
  expect(
    file
      .run(sql)
      .at(-1)
      ?.rows.map((row) => row[0]),
  ).toEqual(values);
});
