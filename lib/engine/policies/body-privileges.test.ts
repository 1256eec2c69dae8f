/** Policies, views and functions read what their caller may read, and otherwise fail: no hidden name is taken for another. */

import { expect, test } from 'vitest';
import { loadCatalog } from '#lib/engine/catalog/load-catalog.ts';
import { requireReadable } from '#lib/engine/policies/body-privileges.ts';
import { wallsOf } from '#lib/engine/policies/walls.ts';
import { createTestFile } from '#lib/engine/sql/test-file.ts';

const file = createTestFile();
file.run(`
create table docs (id bigint primary key, owner text, title text);
create table notes (id bigint primary key, doc bigint, owner text);
create table closed (id bigint primary key, who text);
revoke select on docs from authenticated; grant select (id, title) on docs to authenticated;
revoke select on closed from authenticated;`);
const catalog = loadCatalog(file.connection);
const reads = (sql: string) => requireReadable(catalog, 'authenticated', sql, wallsOf(catalog, 'authenticated').readBy(sql));
const denied = expect.objectContaining({ sqlstate: '42501' });

test.each([
  'exists (select 1 from docs where docs.id = notes.doc and owner = auth_uid())',
  'exists (select 1 from docs d where d.owner = auth_uid())',
  'exists (select 1 from docs as "D" where "D"."owner" is null)',
  'exists (select 1 from (docs) where owner is null)',
  'exists (select 1 from notes n join docs on docs.id = n.doc and docs.owner = n.owner)',
  'exists (select 1 from notes n, docs where n.id = docs.id and docs.owner is null)',
  'exists (select 1 from notes n join docs using (owner))',
  'exists (select 1 from notes natural join docs)',
  'id in (select id from docs where exists (select 1 from main.other where owner = 1))',
  'select * from docs',
  'select d.* from docs d',
  'select id, owner from docs',
  'select upper(owner) from docs order by id',
  'with x as (select owner from docs) select * from x',
  'select title from docs union select owner from notes union select owner from docs',
  'select id from docs order by owner',
  'select id from DOCS where OWNER = 1',
  'not exists (select 1 from closed)',
  'id not in (select id from closed where who = auth_uid())',
])('%s is denied', (sql) => {
  expect(() => reads(sql)).toThrow(denied);
});

test.each([
  'exists (select 1 from docs where docs.id = doc)',
  'notes.owner = auth_uid() and exists (select 1 from docs where docs.id = doc)',
  'owner = auth_uid() and exists (select 1 from docs d where d.id = doc)',
  'exists (select 1 from docs d where d.id = doc and notes.owner = auth_uid())',
  'exists (select 1 from docs where docs.id = doc and exists (select 1 from notes where notes.doc = docs.id and owner is null))',
  'select count(*) from docs',
  'select title as owner from docs',
  'select n.owner, d.title from notes n join docs d on d.id = n.doc',
  'select n.* from notes n join docs d on d.id = n.doc',
  'select title from docs union select owner from notes',
  'exists (select 1 from main.docs where owner = auth_uid())',
  'exists (select 1 from main.closed where who = auth_uid())',
  'select closed from notes',
])('%s is not', (sql) => {
  expect(() => reads(sql)).not.toThrow();
});
