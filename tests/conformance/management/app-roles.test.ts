/** An app's own roles reach tokens and policies; an operator who acts as a user is on record and changes nothing. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Management, startManagement } from '../../support/management.ts';

let management: Management;
let id: string;
const credentials = { email: 'ada@x.io', password: 'secret1' };
const ask: Management['ask'] = (...call) => management.ask(...call);

beforeAll(async () => {
  management = await startManagement();
  await ask('POST', '/projects', { body: { name: 'Shop' } });
  const query = `create table notes (id integer primary key, body text);
    create policy editors on notes for select to authenticated using (auth.has_role('editor'));
    create policy writers on notes for insert to authenticated with check (auth.has_permission('notes.write'));
    insert into notes (body) values ('one');`;
  expect((await ask('POST', '/projects/shop/database/query', { body: { query } })).status).toBe(201);
  id = String((await ask('POST', '/projects/shop/auth/users', { body: { ...credentials, email_confirm: true } })).fields.id);
});
afterAll(() => management.close());

const claimsOf = (token: unknown) => JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString());

test('a role given to a user is in the next token and decides in policies; taken away it is gone', async () => {
  const roles = '/projects/shop/auth/roles';
  const app = await management.app('shop');
  await app.auth.signInWithPassword(credentials);
  expect((await app.from('notes').select('body')).data).toEqual([]);
  await ask('POST', roles, { body: { name: 'editor', permissions: ['notes.read'] } });
  const own = `/projects/shop/auth/users/${id}/roles`;
  expect((await ask('PATCH', own, { body: { roles: ['editor'] } })).body).toEqual({ roles: ['editor'] });
  expect(await ask('PATCH', own, { body: { roles: ['editor', 'nobody'] } })).toMatchObject({ status: 404 });
  const session = (await app.auth.refreshSession()).data.session;
  expect(claimsOf(session?.access_token).app_metadata).toMatchObject({ roles: ['editor'], permissions: ['notes.read'] });
  expect((await app.from('notes').select('body')).data).toEqual([{ body: 'one' }]);
  expect((await app.from('notes').insert({ body: 'two' })).error).toMatchObject({ code: '42501' });
  const changed = await ask('PATCH', `${roles}/editor`, { body: { permissions: ['notes.read', 'notes.write'] } });
  expect(changed.body).toMatchObject({ permissions: ['notes.read', 'notes.write'], users: 1 });
  await app.auth.refreshSession();
  expect((await app.from('notes').insert({ body: 'two' })).error).toBeNull();
  // What a user writes about themselves gives nothing.
  await app.auth.updateUser({ data: { roles: ['admin'] } });
  expect((await ask('DELETE', `${roles}/editor`)).status).toBe(204);
  await app.auth.refreshSession();
  expect((await app.from('notes').select('body')).data).toEqual([]);
  expect((await ask('GET', own)).body).toEqual({ roles: [] });
  expect((await ask('GET', roles)).body).toEqual([]);
});

test('roles are made once, renamed with whoever has them, given and taken one by one', async () => {
  const roles = '/projects/shop/auth/roles';
  const holders = async (name: string) => (await ask('GET', `${roles}/${name}/users`)).body;
  expect((await ask('POST', roles, { body: { name: 'nurse', permissions: ['chart.read'] } })).status).toBe(201);
  expect(await ask('POST', roles, { body: { name: 'nurse' } })).toMatchObject({ status: 409, fields: { code: 'role_exists' } });
  expect(await ask('PATCH', `${roles}/nobody`, { body: { permissions: [] } })).toMatchObject({ status: 404 });
  expect(await ask('POST', `${roles}/nurse/users`, { body: { user_id: id } })).toMatchObject({ status: 204 });
  expect(await ask('POST', `${roles}/nurse/users`, { body: { user_id: id } })).toMatchObject({ status: 204 });
  expect(await holders('nurse')).toMatchObject({ users: [{ id, email: credentials.email }], total: 1 });

  await ask('POST', roles, { body: { name: 'doctor' } });
  expect(await ask('PATCH', `${roles}/nurse`, { body: { name: 'doctor' } })).toMatchObject({ status: 409 });
  const renamed = await ask('PATCH', `${roles}/nurse`, { body: { name: 'ward-nurse', description: 'On the ward' } });
  expect(renamed.body).toEqual({ name: 'ward-nurse', description: 'On the ward', permissions: ['chart.read'], users: 1 });
  expect((await ask('GET', `/projects/shop/auth/users/${id}/roles`)).body).toEqual({ roles: ['ward-nurse'] });
  expect(await ask('GET', `${roles}/nurse/users`)).toMatchObject({ status: 404 });

  expect(await ask('DELETE', `${roles}/ward-nurse/users/${id}`)).toMatchObject({ status: 204 });
  expect(await holders('ward-nurse')).toEqual({ users: [], total: 0 });
  expect(await ask('POST', `${roles}/ward-nurse/users`, { body: { user_id: 'nobody' } })).toMatchObject({ status: 404 });
  for (const name of ['ward-nurse', 'doctor']) await ask('DELETE', `${roles}/${name}`);
});

test('SQL run as a user has the roles their next token would carry', async () => {
  const read = async () =>
    (await ask('POST', '/projects/shop/database/query', { body: { query: 'select body from notes', as: id } })).body;
  expect(await read()).toEqual([]);
  await ask('POST', '/projects/shop/auth/roles', { body: { name: 'editor' } });
  await ask('POST', '/projects/shop/auth/roles/editor/users', { body: { user_id: id } });
  expect(await read()).not.toEqual([]);
  await ask('DELETE', '/projects/shop/auth/roles/editor');
  expect(await read()).toEqual([]);
});

test('SQL run as a user runs in the role their tokens name', async () => {
  const run = (query: string, as?: unknown) => ask('POST', '/projects/shop/database/query', { body: { query, as } });
  const setUp = `create role auditor; grant authenticated to auditor;
    create table ledger (id integer primary key); insert into ledger values (7);
    create policy seen on ledger for select to auditor using (true);
    update auth.users set role = 'auditor' where id = '${id}'`;
  expect((await run(setUp)).status).toBe(201);
  const seen = async (as: unknown) => (await run('select id, auth.role() as role from ledger', as)).body;
  for (const as of [id, credentials.email, { sub: id }]) expect(await seen(as)).toEqual([{ id: 7, role: 'auditor' }]);
  expect(await seen({ sub: id, role: 'authenticated' })).toEqual([]);
  await run(`update auth.users set role = 'gone' where id = '${id}'`);
  expect(await run('select 1', id)).toMatchObject({ status: 400, fields: { code: 'unknown_role' } });
  await run(`update auth.users set role = 'authenticated' where id = '${id}'`);
  expect(await seen(id)).toEqual([]);
});

test('I05 acting as a user: the data are theirs, the account is out of reach, and it ends with their sessions', async () => {
  const body = { email: credentials.email, reason: 'ticket 4711', ttl_seconds: 600 };
  const given = await ask('POST', '/projects/shop/impersonation', { body });
  expect(given).toMatchObject({ status: 201, body: { user: { id } } });
  const token = String(given.fields.token);
  const claims = claimsOf(token);
  expect(claims).toMatchObject({ sub: id, role: 'authenticated', impersonated_by: expect.any(String) });
  expect(claims.exp - claims.iat).toBe(600);
  const audit = (await ask('GET', '/projects/shop/audit?limit=1')).body;
  expect(audit).toMatchObject([
    { action: 'auth_user.impersonate', subject: id, actor: 'owner@example.com', after: { reason: 'ticket 4711' } },
  ]);
  const auth = (method: string, path: string, sent?: unknown) =>
    management.platform
      .handle(
        new Request(`http://localhost:3000/api/shop/auth/v1${path}`, {
          method,
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            'x-supabase-api-version': '2024-01-01',
          },
          body: sent === undefined ? null : JSON.stringify(sent),
        }),
      )
      .then(async (response) => ({ status: response.status, body: await response.json() }));
  expect(await auth('GET', '/user')).toMatchObject({ status: 200, body: { id } });
  for (const [method, path, sent] of [
    ['PUT', '/user', { password: 'taken-over' }],
    ['PUT', '/user', { email: 'mallory@x.io' }],
    ['POST', '/factors', { factor_type: 'totp', friendly_name: 'x' }],
    ['POST', '/logout?scope=global', {}],
    ['GET', '/reauthenticate'],
    ['GET', '/user/identities/authorize?provider=github'],
  ] as const) {
    expect(await auth(method, path, sent), path).toMatchObject({ status: 403, body: { code: 'impersonation_not_allowed' } });
  }
  await ask('DELETE', `/projects/shop/auth/users/${id}/sessions`);
  expect((await auth('GET', '/user')).status).toBe(403);
});

test('I05 never upward, never without a reason, never for long', async () => {
  const path = '/projects/shop/impersonation';
  const refused = async (body: Record<string, unknown>) => (await ask('POST', path, { body })).fields.code;
  expect(await refused({ sub: id })).toBe('invalid_request');
  expect(await refused({ sub: id, reason: '   ' })).toBe('invalid_request');
  expect(await refused({ sub: id, reason: 'ticket', ttl_seconds: 3601 })).toBe('invalid_request');
  expect(await refused({ reason: 'ticket' })).toBe('invalid_request');
  expect(await refused({ email: 'nobody@x.io', reason: 'ticket' })).toBe('user_not_found');
  const database = management.platform.control.context.engine.open('shop', fileOf());
  const setRole = (role: string) =>
    database.write((connection) => connection.run('UPDATE _koyalite_users SET role = ? WHERE id = ?', role, id));
  for (const role of ['service_role', 'supabase_admin']) {
    await setRole(role);
    expect(await refused({ sub: id, reason: 'ticket' })).toBe('role_not_impersonable');
  }
  await setRole('authenticated');
  const year = { sub: id, expires_in: 365 * 24 * 3600 };
  expect((await ask('POST', '/projects/shop/tokens', { body: year })).fields.code).toBe('token_too_long');
});

test("the environment's own record is verified, and an altered entry is found", async () => {
  const path = '/projects/shop/auth/audit/verify';
  const whole = await ask('GET', path);
  expect(whole.body).toMatchObject({ ok: true, entries: expect.any(Number) });
  expect(whole.fields.entries).toBeGreaterThan(1);
  const database = management.platform.control.context.engine.open('shop', fileOf());
  await database.write((connection) => {
    connection.run('DROP TRIGGER _koyalite_auth_audit_keep_update');
    connection.run(`UPDATE _koyalite_auth_audit SET action = 'forged' WHERE id = 2`);
  });
  expect((await ask('GET', path)).body).toEqual({ ok: false, entries: 1, first_bad_seq: 2, restores: [] });
});

const fileOf = () => management.platform.control.directory.find('shop')?.file ?? '';
