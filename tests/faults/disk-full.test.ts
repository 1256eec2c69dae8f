/** D03: the file may not grow any more. What does not fit is refused with 507 and leaves nothing; all else goes on, and it heals alone. */

import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRestEnvironment, type RestEnvironment, serviceRole } from '../support/rest-environment.ts';

let target: RestEnvironment;
beforeEach(async () => {
  target = await openRestEnvironment(
    `create table notes (id int primary key, body text);
     create policy own on notes for all to authenticated using (true) with check (true);
     insert into notes values (1, 'first');`,
  );
});
afterEach(() => target.close());

const insert = (body: unknown) => target.call('POST', '/notes', { as: serviceRole, body });
const ids = async () => (await target.call('GET', '/notes?select=id&order=id', { as: serviceRole })).json;
const integrity = () => target.database.read((connection) => connection.value('PRAGMA integrity_check'));

/** SQLite's own stand-in for a full disk: no page beyond those there are, and a few. */
async function fill(more = 2): Promise<void> {
  await target.database.write((connection) => {
    connection.value(`PRAGMA max_page_count = ${Number(connection.value('PRAGMA page_count')) + more}`);
  });
}
const free = () => target.database.write((connection) => void connection.value('PRAGMA max_page_count = 1073741823'));

test('D03 what does not fit is refused whole, reads go on, and writes do again when there is room', async () => {
  await fill();
  const rows = Array.from({ length: 50 }, (_, index) => ({ id: 100 + index, body: 'x'.repeat(4000) }));
  const refused = await insert(rows);
  expect([refused.status, refused.json]).toMatchObject([507, { code: '53100' }]);
  expect(refused.text).not.toMatch(/SQLITE|\/tmp/);
  expect(await ids()).toEqual([{ id: 1 }]);
  expect(integrity()).toBe('ok');
  await free();
  expect((await insert(rows)).status).toBe(201);
  expect(await ids()).toHaveLength(51);
});

test('D03 of many writes at once each is answered truly: what was accepted is there, what was refused is not', async () => {
  await fill(4);
  const sizes = Array.from({ length: 60 }, (_, index) => ({ id: 200 + index, body: 'x'.repeat(index % 3 === 0 ? 20_000 : 10) }));
  const statuses = await Promise.all(sizes.map(async (row) => (await insert(row)).status));
  expect([...new Set(statuses)].sort()).toEqual([201, 507]);
  const accepted = sizes.filter((_, index) => statuses[index] === 201).map(({ id }) => ({ id }));
  expect(await ids()).toEqual([{ id: 1 }, ...accepted]);
  expect(integrity()).toBe('ok');
});
