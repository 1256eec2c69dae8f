/** Policies listed and tried over the Platform API: as somebody, on record, and agreeing with what the app of that user reads. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Management, startManagement } from '../../support/management.ts';

let management: Management;
let id: string;
const credentials = { email: 'ada@x.io', password: 'secret1' };
const ask: Management['ask'] = (...call) => management.ask(...call);
const path = '/projects/shop/database/policies';
const attempt = (body: Record<string, unknown>) => ask('POST', `${path}/try`, { body });

beforeAll(async () => {
  management = await startManagement();
  await ask('POST', '/projects', { body: { name: 'Shop' } });
  id = String((await ask('POST', '/projects/shop/auth/users', { body: { ...credentials, email_confirm: true } })).fields.id);
  const query = `create table notes (id integer primary key, owner uuid references auth.users, body text);
    create policy own on notes for select to authenticated using (owner = auth.uid());
    create policy editors on notes for delete to authenticated using (auth.has_role('editor'));
    insert into notes (owner, body) values ('${id}', 'mine'), (null, 'nobody''s');`;
  expect((await ask('POST', '/projects/shop/database/query', { body: { query } })).status).toBe(201);
});
afterAll(() => management.close());

test('tables with their columns and policies, and whom a policy can be for', async () => {
  const { body } = await ask('GET', path);
  expect(body).toMatchObject({ roles: expect.arrayContaining(['anon', 'authenticated']) });
  const tables = (body as { tables: { schema: string; name: string }[] }).tables;
  expect(tables.filter((table) => table.schema === 'auth' || table.name.startsWith('_'))).toEqual([]);
  expect(tables.find((table) => table.name === 'notes')).toEqual({
    schema: 'public',
    name: 'notes',
    rls: true,
    columns: [
      { name: 'id', type: 'integer', references: null },
      { name: 'owner', type: 'uuid', references: 'auth.users' },
      { name: 'body', type: 'text', references: null },
    ],
    policies: [
      {
        name: 'editors',
        command: 'delete',
        permissive: true,
        roles: ['authenticated'],
        using: "auth.has_role('editor')",
        check: null,
      },
      { name: 'own', command: 'select', permissive: true, roles: ['authenticated'], using: 'owner = auth.uid()', check: null },
    ],
  });
});

test('a trial shows what the app of that user reads, and is on record without the rows', async () => {
  const app = await management.app('shop');
  await app.auth.signInWithPassword(credentials);
  expect((await app.from('notes').select('body')).data).toEqual([{ body: 'mine' }]);
  const tried = await attempt({ as: credentials.email, table: 'public.notes', command: 'select' });
  expect(tried.body).toEqual({
    columns: [
      { name: 'id', type: 'integer' },
      { name: 'owner', type: 'uuid' },
      { name: 'body', type: 'text' },
    ],
    policies: [{ name: 'own', permissive: true, command: 'select', expression: 'owner = auth.uid()' }],
    walled: true,
    granted: true,
    scanned: 2,
    allowed: 1,
    rows: [
      { values: [1, id, 'mine'], allowed: true, verdicts: [true] },
      { values: [2, null, "nobody's"], allowed: false, verdicts: [false] },
    ],
  });
  const audit = await ask('GET', '/projects/shop/audit?limit=1');
  expect(audit.body).toMatchObject([
    { action: 'policy.try', after: { table: 'public.notes', command: 'select', as: { role: 'authenticated', sub: id } } },
  ]);
  expect(audit.text).not.toContain('mine');
});

test('a trial knows the roles of the app', async () => {
  const deletable = async () => (await attempt({ as: id, table: 'public.notes', command: 'delete' })).fields.allowed;
  expect(await deletable()).toBe(0);
  await ask('POST', '/projects/shop/auth/roles', { body: { name: 'editor' } });
  await ask('POST', '/projects/shop/auth/roles/editor/users', { body: { user_id: id } });
  // Only what is seen is deleted, whoever may delete.
  expect(await deletable()).toBe(1);
});

test('what cannot be tried is refused in words', async () => {
  const refused = async (body: Record<string, unknown>) => {
    const { status, fields } = await attempt({ as: 'anon', table: 'public.notes', command: 'select', ...body });
    return [status, fields.code];
  };
  expect(await refused({ table: 'public.nope' })).toEqual([400, '42P01']);
  expect(await refused({ table: 'auth.users"; drop table notes; --' })).toEqual([400, '42P01']);
  expect(await refused({ as: 'sailor' })).toEqual([400, 'unknown_role']);
  expect(await refused({ as: 'nobody@x.io' })).toEqual([404, 'user_not_found']);
  expect(await refused({ command: 'truncate' })).toEqual([400, 'invalid_request']);
});
