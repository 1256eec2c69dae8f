/** X04 from outside: what operators do is in the environment's own record with the deed, and no way in changes that record. */

import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAuditAnchors } from '#lib/control/audit-anchors.ts';
import { type Management, startManagement } from '../support/management.ts';

let management: Management;
const users = '/projects/shop/auth/users';
const query = '/projects/shop/database/query';
const verifyPath = '/projects/shop/auth/audit/verify';

beforeAll(async () => {
  management = await startManagement();
  await management.ask('POST', '/projects', { body: { name: 'Shop' } });
});
afterAll(() => management.close());

const ask: Management['ask'] = (...call) => management.ask(...call);
const fileOf = () => management.platform.control.directory.find('shop')?.file ?? '';
const record = async (where: string) => {
  const sql = `select action, actor_kind, actor_name, subject_id, traits, before, after from _koyalite_auth_audit where ${where} order by id`;
  const { body } = await ask('POST', query, { body: { query: sql, read_only: true } });
  return body as Record<string, unknown>[];
};
const holds = async () => (await ask('GET', verifyPath)).body;

test('every change of a user by an operator is in both records, with who, whom and what', async () => {
  const id = String((await ask('POST', users, { body: { email: 'ada@x.io', password: 'secret1' } })).fields.id);
  await ask('PATCH', `${users}/${id}`, {
    body: { email: 'eve@x.io', app_metadata: { team: 7 }, user_metadata: { ward: 'seven' } },
  });
  await ask('PATCH', `${users}/${id}`, { body: { password: 'another1' } });
  await ask('POST', '/projects/shop/auth/roles', { body: { name: 'editor', permissions: ['posts.write'] } });
  await ask('PATCH', `${users}/${id}/roles`, { body: { roles: ['editor'] } });
  await ask('DELETE', `${users}/${id}/sessions`);
  await ask('POST', `/projects/shop/impersonation`, { body: { sub: id, reason: 'ticket 7' } });
  await ask('DELETE', `${users}/${id}`);
  const entries = await record(`actor_kind = 'operator'`);
  const own = { actor_kind: 'operator', actor_name: 'owner@example.com' };
  const find = (action: string) => entries.filter((entry) => entry.action === action);
  expect(find('auth_user.create')).toMatchObject([{ ...own, subject_id: id }]);
  const [first, second] = find('auth_user.update');
  const json = (value: unknown) => (typeof value === 'string' ? JSON.parse(value) : value);
  expect(json(first?.before)).toMatchObject({ email: 'ada@x.io', user_metadata: [] });
  expect(json(first?.after)).toMatchObject({ email: 'eve@x.io', app_metadata: { team: 7 }, user_metadata: ['ward'] });
  expect([json(second?.before), json(second?.after)]).toEqual([{ password: '(set)' }, { password: '(set)' }]);
  expect(json(find('app_role.assign')[0]?.after)).toEqual({ roles: ['editor'] });
  expect(json(find('app_role.create')[0]?.after)).toMatchObject({ permissions: ['posts.write'] });
  expect(find('auth_user.impersonate')[0]?.traits).toMatch(/ticket 7/);
  expect(find('auth_user.end_sessions')).toMatchObject([{ subject_id: id }]);
  expect(find('auth_user.delete')).toMatchObject([{ ...own, subject_id: id, before: null, after: null }]);
  expect(JSON.stringify(entries)).not.toMatch(/another1|secret1|argon2|seven/);
  expect(await holds()).toMatchObject({ ok: true });
  const installation = (await ask('GET', '/projects/shop/audit?limit=1000')).text;
  for (const { action } of entries) expect(installation).toContain(`"action":"${String(action)}"`);
});

test('a change that fails is in no record of the environment', async () => {
  const id = String((await ask('POST', users, { body: { email: 'kept@x.io' } })).fields.id);
  await ask('POST', query, {
    body: { query: `create table notes (owner uuid references auth.users(id)); insert into notes values ('${id}')` },
  });
  expect((await ask('DELETE', `${users}/${id}`)).status).toBeGreaterThanOrEqual(400);
  expect(await record(`action = 'auth_user.delete' and subject_id = '${id}'`)).toEqual([]);
  expect((await ask('GET', `${users}/${id}`)).status).toBe(200);
  await ask('POST', query, { body: { query: 'drop table notes' } });
});

test.each([
  [`update _koyalite_auth_audit set action = 'x'`],
  [`delete from _koyalite_auth_audit`],
  [`insert into _koyalite_auth_audit(action) values ('x')`],
  [`insert or replace into "_koyalite_auth_audit"(id, action) values (1, 'x')`],
  [`with x as (select 1) delete from main._koyalite_auth_audit`],
  [`drop table _koyalite_auth_audit`],
  [`alter table _koyalite_auth_audit rename to gone`],
  [`alter table _koyalite_auth_audit drop column hash`],
  [`drop trigger _koyalite_auth_audit_keep_update`],
  [`create trigger quiet before insert on _koyalite_auth_audit begin select raise(ignore); end`],
  [`create temp trigger quiet before insert on _koyalite_auth_audit begin select raise(ignore); end`],
  [`create function wipe() returns void language sql as 'delete from _koyalite_auth_audit'`],
  [
    `create view audit_view as select 1; create trigger t instead of insert on audit_view begin delete from _koyalite_auth_audit; end`,
  ],
  [`update _koyalite_audit_head set seq = 0`],
  [`delete from _koyalite_audit_head`],
  [`update sqlite_sequence set seq = 0`],
  [`pragma writable_schema = on`],
  [`truncate _koyalite_auth_audit`],
])('the console refuses an owner %s', async (sql) => {
  expect((await ask('POST', query, { body: { query: sql } })).status).toBe(400);
  expect(await holds()).toMatchObject({ ok: true });
});

test('the data API has no such table, not even for the service role', async () => {
  const keys = (await ask('GET', '/projects/shop/api-keys?reveal=true')).body as {
    name: string;
    type: string;
    api_key: string;
  }[];
  const key = keys.find(({ type, name }) => type === 'legacy' && name === 'service_role')?.api_key ?? '';
  for (const name of ['_koyalite_auth_audit', '_koyalite_audit_head', 'auth_audit']) {
    for (const method of ['GET', 'POST', 'PATCH', 'DELETE']) {
      const answer = await management.platform.handle(
        new Request(`http://localhost:3000/api/shop/rest/v1/${name}?id=gt.0`, {
          method,
          headers: { apikey: key, authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body: method === 'POST' || method === 'PATCH' ? '{"action":"x"}' : null,
        }),
      );
      expect(answer.status).toBe(404);
    }
  }
  expect(await holds()).toMatchObject({ ok: true });
});

test('an import brings no record of its own', async () => {
  const source = join(management.home, 'source.db');
  const db = new SQLite(source);
  db.exec(`CREATE TABLE _koyalite_auth_audit (id INTEGER PRIMARY KEY, action); INSERT INTO _koyalite_auth_audit VALUES (1, 'forged');
    CREATE TABLE _koyalite_audit_head (id INTEGER, seq INTEGER); CREATE TABLE brought (id INTEGER PRIMARY KEY);`);
  db.close();
  const { context } = management.platform.control;
  await context.engine.importSqlite(context.engine.open('shop', fileOf()), source);
  expect(await record(`action = 'forged'`)).toEqual([]);
  expect(await holds()).toMatchObject({ ok: true });
});

test('an environment whose file was set back to an older copy is found out, and a good one is not', async () => {
  const { control } = management.platform;
  const anchors = startAuditAnchors(control.context);
  const copy = join(management.home, 'older.db');
  const db = new SQLite(fileOf(), { readonly: true });
  await db.backup(copy);
  db.close();
  await ask('POST', users, { body: { email: 'later@x.io' } });
  expect(await holds()).toMatchObject({ ok: true });
  await ask('POST', users, { body: { email: 'latest@x.io' } });
  await anchors.run();
  const { entries } = (await holds()) as { entries: number };
  await control.context.engine.close('shop');
  for (const suffix of ['', '-wal', '-shm']) rmSync(fileOf() + suffix, { force: true });
  copyFileSync(copy, fileOf());
  expect(await holds()).toMatchObject({ ok: false, entries: entries - 2, first_bad_seq: entries - 1 });
  // Going on does not make up for it, and neither does another round.
  await ask('POST', users, { body: { email: 'a@x.io' } });
  await ask('POST', users, { body: { email: 'b@x.io' } });
  await ask('POST', users, { body: { email: 'c@x.io' } });
  expect(await holds()).toMatchObject({ ok: false });
  await anchors.stop();
  expect(await holds()).toMatchObject({ ok: false });
});
