/** A migration written to be run again changes nothing the second time. */

import { expect, test } from 'vitest';
import { createTestFile } from '#lib/engine/sql/test-file.ts';

const migration = `
-- schema
create schema if not exists app;
create extension if not exists "uuid-ossp" with schema extensions;
drop type if exists app.unused;
create table if not exists app.teams (id uuid primary key default gen_random_uuid(), name text not null unique);
create table if not exists notes (
  id bigint generated always as identity primary key, team uuid references app.teams on delete cascade, body text default 'a;b', n numeric(8, 2)
);
alter table notes add column if not exists done boolean not null default false;
alter table if exists notes drop column if exists gone;
alter table notes drop constraint if exists short; alter table notes add constraint short check (length(body) < 50) not valid;
create index if not exists notes_team on notes (team) where not done;
alter table notes enable row level security;
drop policy if exists "own notes" on notes;
create policy "own notes" on notes for all to authenticated using (auth.uid() is not null) with check (body <> '');
create or replace view open_notes with (security_invoker = on) as select id, body from notes where not done order by id desc;
create or replace function open_count() returns bigint language sql stable as $$
  -- counts; nothing else
  select count(*) from notes where not done
$$;
drop trigger if exists stamp on notes;
create trigger stamp after update on notes begin select 1; end;
grant select, insert on notes to authenticated; revoke delete on notes from anon;
grant usage on schema app to anon;
comment on table notes is 'what people write';
insert into app.teams (id, name) values ('00000000-0000-0000-0000-000000000001', 'first') on conflict (id) do nothing;
insert into notes (body, n) select 'hello', 1.10 where not exists (select 1 from notes);`;

const state = `select type, name, sql from sqlite_schema where type in ('table', 'view', 'index', 'trigger') order by name`;

test('the schema, its notes and the rows are the same after the second run', () => {
  const file = createTestFile();
  const read = () =>
    [
      state,
      'select * from _koyalite_tables',
      'select * from _koyalite_columns',
      'select * from _koyalite_rls_policies',
      'select * from _koyalite_functions',
      'select * from _koyalite_grants order by 1, 2, 3, 4, 5, 6',
      'select * from app.teams',
      'select * from notes',
    ].map((sql) => file.rows(sql));
  file.run(migration);
  const once = read();
  file.run(migration);
  expect(read()).toEqual(once);
  expect(once.at(-1)).toEqual([[1, null, 'hello', 1.1, 0]]);
});

test('a missing system relation is named as it was written', () => {
  const file = createTestFile();
  expect(file.fails('insert into storage.buckets (id) values (1)')).toBe('42P01 relation "storage.buckets" does not exist');
});
