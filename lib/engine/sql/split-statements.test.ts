/** Where one statement ends and the next begins. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitStatements } from '#lib/engine/sql/split-statements.ts';

const texts = (sql: string) => splitStatements(sql).map((statement) => statement.text);

test.each([
  ['', []],
  [' ;; -- nothing\n ; ', []],
  ['select 1', ['select 1']],
  [`select ';'; select $$;$$ ;select (1;2)`, [`select ';'`, 'select $$;$$', 'select (1;2)']],
  [
    'create trigger t after insert on a begin select case when 1 then 2 end; select 3; end; select 4',
    ['create trigger t after insert on a begin select case when 1 then 2 end; select 3; end', 'select 4'],
  ],
  [
    'create or replace function f() returns int language sql begin atomic select 1; select 2; end; select 3',
    ['create or replace function f() returns int language sql begin atomic select 1; select 2; end', 'select 3'],
  ],
  ['begin; select 1; end; select 2', ['begin', 'select 1', 'end', 'select 2']],
  ['/* a */ select 1 /* b */; -- c', ['select 1']],
])('%s', (sql, expected) => {
  expect(texts(sql)).toEqual(expected);
});

test('each knows its line and column', () => {
  expect(splitStatements('select 1;\n\n  select 2').map(({ line, column }) => [line, column])).toEqual([
    [1, 1],
    [3, 3],
  ]);
});

test('property: joined statements split into themselves', () => {
  const statement = fc.constantFrom(
    'select 1',
    `insert into t values (';')`,
    'create table a (b text)',
    'create trigger t after insert on a begin delete from b; end',
    `update t set a = $x$;$x$`,
  );
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 6 }), (list) => {
      expect(texts(list.join(';'))).toEqual(list);
    }),
  );
});
