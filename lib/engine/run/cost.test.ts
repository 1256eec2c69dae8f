import { afterAll, beforeAll, expect, test } from 'vitest';
import { serviceCaller } from '#lib/engine/caller.ts';
import { compileRead } from '#lib/engine/compile/compile-read.ts';
import { createEngine } from '#lib/engine/create-engine.ts';
import type { Database } from '#lib/engine/database.ts';
import type { Engine } from '#lib/engine/engine.ts';
import type { Condition, ReadPlan } from '#lib/engine/plan/plan.ts';
import { guard } from '#lib/engine/policies/guard.ts';
import { bindValues, toParameters } from '#lib/engine/run/bind.ts';
import { isExpensive } from '#lib/engine/run/run-read.ts';

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
