/** Columns that come, go and change their names leave what policies read as it was, as in PostgreSQL. */

import { expect, test } from 'vitest';
import { createTestFile } from '#lib/engine/sql/test-file.ts';

const schema = `
create table members (team int, who uuid);
create table notes (id int primary key, team_id int, owner uuid, body text);
alter table members disable row level security;`;
const policy = (using: string) => `create policy p on notes for select using (${using});`;

function open(using: string) {
  const file = createTestFile();
  file.run(schema + policy(using));
  const stored = () => String(file.connection.value('SELECT using_sql FROM _koyalite_rls_policies'));
  const run = (sql: string): string => {
    try {
      file.run(sql);
      return 'done';
    } catch (error) {
      return String(Object(error).sqlstate);
    }
  };
  return { run, stored };
}

test.each([
  ['exists (select 1 from members where team = team_id)', 'alter table members add column team_id int', '"notes".team_id'],
  [
    'exists (select 1 from members m where m.team = team_id and who = auth.uid())',
    'alter table members add team_id int',
    '"notes".team_id',
  ],
  [
    'team_id in (select team from members where owner = auth.uid())',
    'alter table members add column owner uuid',
    '"notes".owner',
  ],
  [
    'team_id in (select team from members where owner is null)',
    'alter table members add column owner uuid unique',
    '"notes".owner',
  ],
  ['exists (select 1 from members where team = team_id)', 'alter table members rename column team to t', '"t" = team_id'],
  [
    'exists (select 1 from members where team = team_id)',
    'alter table notes rename column team_id to tid',
    'team = "notes"."tid"',
  ],
  ['exists (select 1 from members where team = team_id)', 'alter table members rename column who to team_id', '"notes".team_id'],
  ['owner = auth.uid()', 'alter table members add column owner uuid', 'owner'],
  ['owner = auth.uid()', 'alter table notes rename column owner to author', '"author"'],
])('%s, then %s', (using, change, expected) => {
  const { run, stored } = open(using);
  expect(run(change)).toBe('done');
  expect(stored()).toContain(expected);
});

test('a name that cannot be bound to an alias is refused, and nothing has changed', () => {
  const { run, stored } = open('exists (select 1 from members m where team = team_id)');
  const before = stored();
  expect(run('alter table members rename column team to t')).toBe('2BP01');
  expect(stored()).toBe(before);
  expect(run('alter table members add column team_id int')).toBe('done');
  expect(stored()).toContain('"notes".team_id');
});

test.each([
  'exists (select 1 from members where team = team_id and owner = auth.uid())',
  'exists (select 1 from members m where team = team_id and owner = auth.uid())',
])('%s: a dropped column does not leave its name to the table around it', (using) => {
  const { run } = open('true');
  run(`alter table members add column owner uuid; drop policy p on notes; ${policy(using)}`);
  expect(run('alter table members drop column owner')).toBe('2BP01');
  expect(run('alter table members drop column who')).toBe('done');
});
