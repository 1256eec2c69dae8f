/** Unsafe rules are noticed, however they are spelled, and sound ones are left alone. */

import { expect, test } from 'vitest';
import { loadCatalog } from '#lib/engine/catalog/load-catalog.ts';
import { lintPolicies } from '#lib/engine/policies/lint.ts';
import { createTestFile } from '#lib/engine/sql/test-file.ts';

function lint(sql: string): string[] {
  const file = createTestFile();
  file.run(`create table notes (id int primary key, owner uuid, body text); ${sql}`);
  return lintPolicies(loadCatalog(file.connection)).map(({ rule, table, policy }) => `${rule} ${table} ${policy ?? ''}`.trim());
}

test.each([
  "using ((auth.jwt() -> 'user_metadata' ->> 'role') = 'admin')",
  "using ((auth.jwt()->'user_metadata'->>'team')::int = id)",
  "using (auth.jwt() #>> '{user_metadata,role}' = 'admin')",
  "for insert with check (auth.jwt() -> 'user_metadata' ->> 'role' = 'admin')",
  "using (json_extract(auth.jwt(), '$.user_metadata.role') = 'admin')",
])('A28 user-writable metadata: %s', (expression) => {
  expect(lint(`create policy p on notes ${expression};`)).toContain('user-metadata public.notes p');
});

test.each([
  ["create policy p on notes using ((auth.jwt() -> 'app_metadata' ->> 'role') = 'admin');", []],
  ['create policy p on notes using (owner = auth.uid()); -- user_metadata is not read', []],
  ['create policy p on notes for select using (true);', []],
  ['create policy p on notes for insert with check (true);', ['always-true public.notes p']],
  ['create policy p on notes using (true);', ['always-true public.notes p']],
  ['create policy p on notes as restrictive using (owner = auth.uid());', ['restrictive-only public.notes']],
  ['alter table notes disable row level security;', ['rls-off public.notes']],
  ['', ['no-policy public.notes']],
  ['create policy p on notes using (owner = auth.uid()); create view v as select id from notes;', []],
  [
    'create policy p on notes using (owner = auth.uid()); create view v with (security_invoker = false) as select id from notes;',
    ['definer-view public.v'],
  ],
])('%s', (sql, expected) => {
  expect(lint(sql)).toEqual(expected);
});

/** What is left to notice once every statement that mends something has run. */
function mend(sql: string): string[] {
  const file = createTestFile();
  file.run(sql);
  for (const notice of lintPolicies(loadCatalog(file.connection))) if (notice.sql !== null) file.run(notice.sql);
  return lintPolicies(loadCatalog(file.connection)).map(({ rule, table }) => `${rule} ${table}`);
}

test.each([
  ['create table notes (id int); alter table notes disable row level security;', ['no-policy public.notes']],
  [
    'create table notes (id int, owner uuid references auth.users); alter table notes disable row level security;',
    ['no-policy public.notes'],
  ],
  ['create table notes (id int, owner uuid references auth.users);', []],
  ['create table notes (id int, "user" uuid default auth.uid());', []],
  ['create table notes (id int, whose uuid);', ['no-policy public.notes']],
  ['create table "My ""notes" (id int, author_id uuid); create policy "p q" on "My ""notes" as restrictive using (id > 0);', []],
  ['create table notes (id int, owner uuid); create policy p on notes using (true) with check (true);', []],
  ['create table notes (id int, owner uuid); create policy p on notes for insert with check (true);', []],
  [
    "create table notes (id int, t text); create policy p on notes for select using (auth.jwt() -> 'user_metadata' ->> 't' = t);",
    [],
  ],
  [
    'create table notes (id int); create policy p on notes for select using (true); create view v with (security_invoker = off) as select id from notes;',
    [],
  ],
])('what it says mends %s', (sql, left) => {
  expect(mend(sql)).toEqual(left);
});
