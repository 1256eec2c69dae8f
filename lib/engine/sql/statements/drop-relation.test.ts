/** DROP TABLE of tables whose rows hold one another. */

import { expect, test } from 'vitest';
import { createTestFile } from '#lib/engine/sql/test-file.ts';

const tree = (action: string) => `
create table nodes (id int primary key, parent_id int references nodes on delete ${action} check (parent_id <> id));
create table log (id int);
create trigger touched after update on nodes begin insert into log values (new.id); end;
insert into nodes values (1, null), (2, 1), (3, 2), (4, 3);
create table leaves (node_id int references nodes (id) on delete restrict);
insert into leaves values (4);`;

test.each(['restrict', 'cascade', 'set null', 'no action'])('a tree ON DELETE %s is dropped whole', (action) => {
  const file = createTestFile();
  file.run(tree(action));
  file.run('drop table leaves');
  file.run('drop table nodes');
  expect(file.rows(`select name from sqlite_schema where tbl_name in ('nodes', 'leaves')`)).toEqual([]);
  expect(file.rows('select * from log')).toEqual([]);
});

test.each(['restrict', 'cascade', 'set null'])('a tree ON DELETE %s is altered with its rows, and no trigger fires', (action) => {
  const file = createTestFile();
  file.run(tree(action));
  file.run('alter table nodes add constraint small check (id < 100)');
  expect(file.rows('select id, parent_id from nodes order by id')).toEqual([
    [1, null],
    [2, 1],
    [3, 2],
    [4, 3],
  ]);
  expect(file.rows('select * from log')).toEqual([]);
  file.run('update nodes set parent_id = 1 where id = 4');
  expect(file.rows('select * from log')).toEqual([[4]]);
  expect(file.rows('pragma foreign_key_check')).toEqual([]);
});

test('a chain deeper than triggers may nest is dropped', () => {
  const file = createTestFile();
  file.run('create table chain (id integer primary key, up int references chain on delete cascade)');
  file.run('insert into chain select value, nullif(value - 1, 0) from generate_series(1, 3000) as value');
  file.run('drop table chain');
  expect(file.rows(`select name from sqlite_schema where name = 'chain'`)).toEqual([]);
});
