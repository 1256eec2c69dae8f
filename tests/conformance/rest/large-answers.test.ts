/** Lists whose rows are long are made in a process of their own, however few rows they are. */

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openRestEnvironment, type RestEnvironment, serviceRole } from '../../support/rest-environment.ts';

let rest: RestEnvironment;
beforeAll(async () => {
  rest = await openRestEnvironment(`
    create table files (id integer primary key, name text, body text);
    create table hidden (id integer primary key, body text);
    alter table files disable row level security; alter table hidden disable row level security;
    insert into files with recursive n(i) as (select 1 union all select i + 1 from n where i < 500) select i, 'f' || i, hex(zeroblob(20000)) from n;
    insert into hidden with recursive n(i) as (select 1 union all select i + 1 from n where i < 500) select i, hex(zeroblob(20000)) from n;
    insert into hidden with recursive n(i) as (select 1 union all select i + 1 from n where i < 100) select 1000 + i, 'short' from n;`);
});
afterAll(() => rest.close());

async function isElsewhere(path: string): Promise<boolean> {
  const running = vi.spyOn(rest.database, 'runElsewhere');
  const answer = await rest.call('GET', path, { as: serviceRole });
  expect(answer.status).toBeLessThan(300);
  const elsewhere = running.mock.calls.length > 0;
  running.mockRestore();
  return elsewhere;
}

test.each([
  ['/files', true],
  ['/files?select=id,body&id=gt.0', true],
  ['/files?limit=400&order=id', true],
  ['/files?select=id,name', false],
  ['/files?limit=5', false],
  ['/files?id=eq.7', false],
])('%s', async (path, elsewhere) => {
  expect(await isElsewhere(path)).toBe(elsewhere);
});

test('what the newest rows do not tell is noticed while the document is made, and known from then on', async () => {
  expect(await isElsewhere('/hidden')).toBe(true);
  expect(await isElsewhere('/hidden?order=id.desc')).toBe(true);
  expect(await isElsewhere('/hidden?id=gt.0&select=body')).toBe(true);
  expect(await isElsewhere('/hidden?limit=3')).toBe(false);
  expect(await isElsewhere('/hidden?id=eq.3')).toBe(false);
});
