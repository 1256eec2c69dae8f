import { afterAll, beforeAll, expect, test } from 'vitest';
import { serviceCaller } from '#lib/engine/caller.ts';
import { compileRead } from '#lib/engine/compile/compile-read.ts';
import { createEngine } from '#lib/engine/create-engine.ts';
import type { Database } from '#lib/engine/database.ts';
import type { Engine } from '#lib/engine/engine.ts';
import type { Condition, ReadPlan } from '#lib/engine/plan/plan.ts';
import { guard } from '#lib/engine/policies/guard.ts';
import { bindValues, toParameters } from '#lib/engine/run/bind.ts';
import { createCost } from '#lib/engine/run/cost.ts';
import { mayExpand } from '#lib/engine/run/may-expand.ts';
import { isExpensive } from '#lib/engine/run/run-read.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

let engine: Engine;
let database: Database;
beforeAll(async () => {
  engine = createEngine();
  await engine.create('cost', ':memory:');
  database = engine.open('cost', ':memory:');
  await engine.runSql(
    database,
    `create table "big table" (id bigint primary key, name text); create table small (id bigint primary key, name text);
     insert into "big table" with recursive n(i) as (select 1 union all select i + 1 from n where i < 6000) select i, 'n' || i from n;
     insert into small values (1, 'a');`,
  );
});
afterAll(() => engine.shutdown());

function judge(table: string, column: string | null): boolean {
  const found = database.catalog.tables.get(`public.${table}`);
  if (found === undefined) throw new Error('no such table');
  const filtered = column === null ? undefined : found.columnsByName.get(column);
  const where: Condition | null =
    filtered === undefined
      ? null
      : {
          kind: 'compare',
          value: { kind: 'column', alias: 't0', column: filtered },
          operator: 'eq',
          operand: { kind: 'text', text: '1' },
          quantifier: null,
          config: null,
        };
  const plan: ReadPlan = {
    kind: 'read',
    count: false,
    shape: 'json',
    select: {
      source: { kind: 'table', table: found },
      alias: 't0',
      fields: [],
      where,
      order: [],
      limit: null,
      offset: null,
      maxRows: 20,
    },
  };
  const statement = compileRead(guard(plan, serviceCaller, database.catalog));
  return isExpensive(database, statement, bindValues(toParameters(serviceCaller, null), statement.binds, []));
}

test('a read by key and a list without a filter stay on the event loop', () => {
  expect(judge('big table', 'id')).toBe(false);
  expect(judge('big table', null)).toBe(false);
  expect(judge('small', 'name')).toBe(false);
});

test('a filter without an index over many rows leaves it, also when the name has a space', () => {
  expect(judge('big table', 'name')).toBe(true);
});

test('a table that grew is judged anew', async () => {
  await engine.runSql(
    database,
    `insert into small with recursive n(i) as (select 2 union all select i + 1 from n where i < 6000) select i, 'n' from n`,
  );
  expect(judge('small', 'name')).toBe(true);
});

/** SQL a person wrote, judged by the program it compiles to. */
function judgeSql(sql: string, values: Record<string, SqlValue> = {}): boolean {
  return createCost(database, { sql, filtered: true, written: sql }, values).isExpensive(database, values);
}

test('what triggers and foreign keys do counts', async () => {
  await engine.runSql(
    database,
    `create table plain (id bigint primary key);
     create table counted (id bigint primary key);
     create table tallies (n bigint);
     create trigger tally after insert on counted begin
       insert into tallies with recursive n(i) as (select 1 union all select i + 1 from n where i < new.id) select count(*) from n;
     end;
     create table searched (id bigint primary key);
     create trigger search after insert on searched begin
       update tallies set n = (select count(*) from "big table" where name = 'x') where n = new.id;
     end;
     create table folders (id bigint primary key);
     create table files (id bigint primary key, folder_id bigint references folders (id) on delete cascade);
     create index files_folder on files (folder_id);`,
  );
  expect(judgeSql('insert into plain values (:a)')).toBe(false);
  expect(judgeSql('insert into counted values (:a)')).toBe(true);
  expect(judgeSql('insert into searched values (:a)')).toBe(true);
  expect(judgeSql('delete from folders where id = :a')).toBe(false);
  await engine.runSql(
    database,
    `insert into folders values (1);
     insert into files with recursive n(i) as (select 1 union all select i + 1 from n where i < 6000) select i, 1 from n`,
  );
  expect(judgeSql('delete from folders where id = :a')).toBe(true);
  expect(judgeSql('delete from files where id = :a')).toBe(false);
});

test('aliases and nesting count, one after the other is not one in the other', () => {
  expect(judgeSql('select count(*) from "big table" as other where other.name = :a')).toBe(true);
  expect(judgeSql('select * from tallies a, tallies b where a.n = b.n and a.n = :a')).toBe(false);
  expect(judgeSql('select 1 from json_each(:a) where value = 2', { a: `[${'1,'.repeat(3000)}1]` })).toBe(false);
  expect(
    judgeSql('select 1 from json_each(:a) x, json_each(:a) y where x.value > y.value', { a: `[${'1,'.repeat(100)}1]` }),
  ).toBe(true);
});

test('grouping, windows and the first few of a sorted list are no recursion', () => {
  expect(judgeSql('select n, count(*) from tallies group by n order by count(*) desc limit 3')).toBe(false);
  expect(judgeSql('select sum(n) over (order by n rows 2 preceding) from tallies limit 3')).toBe(false);
  expect(judgeSql('with recursive q(i) as (select 1 union select i + 1 from q where i < 4) select * from q')).toBe(true);
  expect(judgeSql('with recursive q(i) as (select 1 union all select i + 1 from q order by 1 limit 4) select * from q')).toBe(
    true,
  );
});

test('functions that make as much as they are told to, or compare all with all, leave it', () => {
  expect(judgeSql('select hex(randomblob(16))')).toBe(false);
  expect(judgeSql('select hex(randomblob(:a))')).toBe(true);
  expect(judgeSql("select format('%.2f', :a)")).toBe(false);
  expect(judgeSql("select format('%*d', :a, 1)")).toBe(true);
  expect(judgeSql("select format('%90000000d', :a)")).toBe(true);
  expect(judgeSql("select format(case when :a then '%90000000d' else '%d' end, 1)")).toBe(true);
  expect(judgeSql('select instr(:a, :b)', { a: 'a', b: 'b' })).toBe(false);
  expect(judgeSql('select instr(:a, :b)', { a: 'a'.repeat(50_000), b: 'ab' })).toBe(true);
  const chain = (times: number): string => `select ${':a || '.repeat(times)}'x'`;
  expect(judgeSql(chain(4), { a: 'abc' })).toBe(false);
  expect(judgeSql(chain(24), { a: 'abc' })).toBe(true);
  expect(judgeSql("select regexp_match(:a, '^a+$')", { a: 'aaa' })).toBe(false);
  expect(judgeSql("select regexp_match(:a, '(a+)+$')", { a: 'aaa' })).toBe(true);
});

test('a text whose compilation alone could take forever is known before it is compiled', () => {
  const doubled = (times: number, names: string[]): string =>
    times === 0
      ? `select :a as ${names[0]}`
      : `select ${names[(times - 1) % names.length]} + ${names[(times - 1) % names.length]} as ${names[times % names.length]} from (${doubled(times - 1, names)})`;
  expect(mayExpand(doubled(3, ['x']))).toBe(false);
  for (const names of [['x'], ['x', 'y'], ['x', 'y', 'z']]) expect(mayExpand(doubled(24, names)), names.join()).toBe(true);
  expect(
    mayExpand(`select n.id, n.body, (select count(*) from votes v where v.note_id = n.id) as votes,
      (select max(c.created_at) from comments c where c.note_id = n.id) as last
      from notes n where n.owner = :auth_uid and exists (select 1 from members m where m.team_id = n.team_id and m.uid = :auth_uid)`),
  ).toBe(false);
});

test('a statement judged before its table was made anew is judged again without reading what is gone', async () => {
  const make = 'create table remade (id bigint primary key, a text default (lower(hex(randomblob(4)))), b text)';
  await engine.runSql(database, make);
  for (let round = 0; round < 20; round += 1) {
    expect(judgeSql('insert into remade (id, b) select 1, :a where true returning id')).toBe(false);
    await engine.runSql(database, `drop table remade; ${make}`);
    database.read((connection) => connection.all('select count(*) from remade'));
  }
});
