/** What the form of a policy says as SQL. That KoyaLite SQL takes it is proven in the browser suite. */

import { expect, test } from 'vitest';
import type { Policy, PolicyTable } from '#components/platform/use-policies.ts';
import { emptyDraft, toChange, toCreate, toDraft, toDrop, toRlsSwitch } from '#components/policies/policy-sql.ts';
import { findMembership, findOwner, policyTemplates } from '#components/policies/policy-templates.ts';

const column = (name: string, type = 'uuid', references: string | null = null) => ({ name, type, references });
const table: PolicyTable = {
  schema: 'public',
  name: 'notes',
  rls: true,
  columns: [column('id', 'bigint'), column('team_id', 'bigint', 'public.teams'), column('writer', 'uuid', 'auth.users')],
  policies: [],
};
const members: PolicyTable = {
  ...table,
  name: 'members',
  columns: [column('team_id', 'bigint', 'public.teams'), column('user_id', 'uuid', 'auth.users')],
};
const policy: Policy = { name: 'own', command: 'update', permissive: true, roles: ['authenticated'], using: 'a', check: 'b' };
const draft = toDraft(policy);

test('a policy is made with what its command asks for', () => {
  expect(toCreate(table, { ...emptyDraft, name: 'a "b"', using: 'true', check: 'ignored' })).toBe(
    'create policy "a ""b""" on notes\n  for select to authenticated\n  using (true);',
  );
  expect(
    toCreate({ ...table, schema: 'lab', name: 'Order' }, { ...draft, permissive: false, roles: [], command: 'insert' }),
  ).toBe('create policy own on lab."Order"\n  as restrictive\n  for insert to public\n  with check (b);');
  expect(toDrop({ ...table, name: 'order' }, 'own')).toBe('drop policy own on "order";');
  expect(toRlsSwitch(table, true)).toBe('alter table notes enable row level security;');
});

test('a change is an ALTER where that can say it, else made anew', () => {
  expect(toChange(table, policy, draft)).toBe('');
  expect(toChange(table, policy, { ...draft, name: 'mine' })).toBe('alter policy own on notes rename to mine;');
  expect(toChange(table, policy, { ...draft, name: 'mine', using: 'c', roles: [] })).toBe(
    'alter policy own on notes rename to mine;\nalter policy mine on notes\n  to public\n  using (c)\n  with check (b);',
  );
  for (const change of [{ check: '' }, { command: 'select' as const }, { permissive: false }]) {
    expect(toChange(table, policy, { ...draft, ...change })).toMatch(/^drop policy own on notes;\ncreate policy own on notes\n/);
  }
});

test('templates find the owner and the table of members', () => {
  expect(findOwner(table)).toBe('writer');
  expect(findOwner({ ...table, columns: [column('id'), column('user_id')] })).toBe('user_id');
  expect(findMembership(table, [table, members])).toEqual({
    table: 'members',
    group: 'team_id',
    user: 'user_id',
    own: 'team_id',
  });
  const rule = policyTemplates.find(({ id }) => id === 'members')?.make(table, [table, members]);
  expect(rule?.using).toBe('team_id in (select m.team_id from members m where m.user_id = (select auth.uid()))');
});
