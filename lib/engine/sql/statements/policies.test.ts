/** Policies are checked when they are made: roles, columns, functions, clauses and circles. */

import { expect, test } from 'vitest';
import { createTestFile } from '#lib/engine/sql/test-file.ts';

function createTeams() {
  const file = createTestFile();
  file.run(
    `create table teams (id bigint primary key, name text); create table members (team_id bigint references teams, user_id uuid, primary key (team_id, user_id));`,
  );
  return file;
}

test('a policy is kept as written', () => {
  const file = createTeams();
  file.run(`create policy "Team members see it" on public.teams as restrictive for update to authenticated, anon
    using (exists (select 1 from members m where m.team_id = teams.id and m.user_id = (select auth.uid()))) with check (name <> '')`);
  expect(file.rows('select name, command, permissive, roles, using_sql, check_sql from _koyalite_rls_policies')).toEqual([
    [
      'Team members see it',
      'update',
      0,
      '["authenticated","anon"]',
      'exists (select 1 from members m where m.team_id = teams.id and m.user_id = (select auth.uid()))',
      "name <> ''",
    ],
  ]);
  file.run(
    `alter policy "Team members see it" on teams to public with check (true); alter policy "Team members see it" on teams rename to p`,
  );
  expect(file.rows('select name, roles, check_sql from _koyalite_rls_policies')).toEqual([['p', '["public"]', 'true']]);
  file.run('drop policy p on teams; drop policy if exists p on teams; drop policy if exists p on nowhere');
  expect(file.fails('drop policy p on teams')).toBe('42704 policy "p" for table "teams" does not exist');
});

test.each([
  ['create policy p on nowhere using (true)', '42P01 relation "nowhere" does not exist'],
  ['create policy p on teams using (nope = 1)', '42703 column "nope" does not exist'],
  ['create policy p on teams using (nofn(id))', '42883 function nofn does not exist'],
  ['create policy p on teams to nobody using (true)', '42704 role "nobody" does not exist'],
  ['create policy p on teams for insert using (true)', '42601 only WITH CHECK expression allowed for INSERT'],
  ['create policy p on teams for select with check (true)', '42601 WITH CHECK cannot be applied to SELECT or DELETE'],
  ['create policy p on teams using (true) or (1=1)', '42601 syntax error at or near "or"'],
  ['create policy p on teams using (true) ; select 1) ', '42601'],
  ['create policy p on teams using ()', '42601'],
  ['create policy p on teams using (main.teams.id = 1)', '42501'],
])('refuses %s', (sql, message) => {
  expect(createTeams().fails(sql)).toContain(message);
});

test('policies that read each other in a circle are refused', () => {
  const file = createTeams();
  expect(file.fails('create policy p on members using (team_id in (select team_id from members))')).toBe(
    '42P17 infinite recursion detected in policy for relation "members"',
  );
  file.run('create policy p on teams for select using (id in (select team_id from members))');
  expect(file.fails('create policy p on members for select using (team_id in (select id from public.teams))')).toMatch(/^42P17/);
  file.run('create view all_teams as select * from teams');
  expect(file.fails('create policy p on members for select using (team_id in (select id from all_teams))')).toMatch(/^42P17/);
  file.run('create policy w on members for insert with check (team_id in (select id from teams))');
  expect(file.rows('select count(*) from _koyalite_rls_policies')).toEqual([[2]]);
});

test('a policy may call a function made with CREATE FUNCTION, which then is not dropped from under it', () => {
  const file = createTeams();
  file.run(`create function is_member(team bigint) returns boolean language sql stable security definer as $$ select exists (select 1 from members where team_id = team) $$;
            create policy p on teams using (public.is_member(id));`);
  expect(file.fails('drop function is_member')).toMatch(/^2BP01/);
  file.run('drop function is_member(bigint) cascade');
  expect(file.rows('select count(*) from _koyalite_rls_policies')).toEqual([[0]]);
});

test('every change moves the catalog version', () => {
  const file = createTeams();
  const version = () => Number(file.rows('select version from _koyalite_catalog_version')[0]?.[0]);
  const before = version();
  file.run('create policy p on teams using (true)');
  expect(version()).toBe(before + 1);
  file.run('select 1');
  expect(version()).toBe(before + 1);
});
