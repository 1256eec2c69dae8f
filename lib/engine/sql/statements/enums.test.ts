/** Enum labels renamed everywhere they stand, and types dropped with what uses them. */

import { expect, test } from 'vitest';
import { createTestFile } from '#lib/engine/sql/test-file.ts';

const schema = `
create type mood as enum ('sad', 'ok', 'fine');
create table people (id int primary key, mood mood not null default 'sad' check (mood <> 'ok' or note = 'sad'), note text default 'sad',
  past mood[] default '{sad,ok}', constraint listed check (mood in ('sad', 'ok', 'fine')));
create table moods (mood mood primary key);
create table diary (mood mood references moods);
create table log (n int);
create trigger touched after update on people begin insert into log values (1); end;
create policy p on people using (mood = 'sad' and note = 'sad' or note = cast('sad' as text) or 'sad'::mood = mood);
insert into people (id) values (1); insert into people values (2, 'ok', 'sad', '{fine}'), (3, 'fine', null, null);
insert into moods values ('sad'), ('fine'); insert into diary values ('sad'), ('fine');`;

test('a renamed label is renamed in rows, arrays, defaults, checks and policies, and nowhere else', () => {
  const file = createTestFile();
  file.run(schema);
  file.run(`alter type mood rename value 'sad' to 'it''s low'`);
  expect(file.rows('select id, mood, note, past from people order by id')).toEqual([
    [1, "it's low", 'sad', `["it's low","ok"]`],
    [2, 'ok', 'sad', '["fine"]'],
    [3, 'fine', null, null],
  ]);
  expect(file.rows('select mood from diary order by rowid')).toEqual([["it's low"], ['fine']]);
  expect(file.rows('pragma foreign_key_check')).toEqual([]);
  expect(file.rows('select * from log')).toEqual([]);
  file.run('insert into people (id) values (4); insert into people (id, past) values (5, default)');
  expect(file.rows('select mood, note, past from people where id >= 4')).toEqual([
    ["it's low", 'sad', `["it's low","ok"]`],
    ["it's low", 'sad', `["it's low","ok"]`],
  ]);
  expect(file.fails(`insert into people (id, mood) values (6, 'sad')`)).toBe('22P02 invalid input value for enum mood: "sad"');
  expect(file.fails(`insert into people (id, mood, note) values (6, 'ok', 'x')`)).toMatch(/^23514/);
  expect(file.rows('select using_sql from _koyalite_rls_policies')).toEqual([
    [`mood = 'it''s low' and note = 'sad' or note = cast('sad' as text) or 'it''s low'::mood = mood`],
  ]);
});

test('DROP TYPE CASCADE takes the columns of that type', () => {
  const file = createTestFile();
  file.run(schema);
  expect(file.fails('drop type mood')).toMatch(/^2BP01/);
  expect(file.fails('drop type mood cascade')).toBe('0A000 a table without columns is not supported');
  file.run('drop table diary, moods; drop type mood cascade');
  expect(file.rows('select * from people order by id')).toEqual([
    [1, 'sad'],
    [2, 'sad'],
    [3, null],
  ]);
  expect(file.fails(`create table t (m mood)`)).toMatch(/^42704/);
});
