/** An operator takes back what one user agreed to with one app: that app's tokens of that user die, and nothing else does. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { addOperator } from '#lib/control/test-control.ts';
import { agree, letIn, type OtherApp, redeem } from '../../support/let-app-in.ts';
import { type Management, startManagement } from '../../support/management.ts';

let management: Management;
const ask: Management['ask'] = (...call) => management.ask(...call);
const redirectUri = 'https://planner.example/cb';
const users = '/projects/shop/auth/users';

beforeAll(async () => {
  management = await startManagement();
  await ask('POST', '/projects', { body: { name: 'Shop' } });
  await ask('PATCH', '/projects/shop/config/auth', { body: { oauth_server_enabled: true } });
});
afterAll(() => management.close());

const auth = async (path: string, init: RequestInit = {}) =>
  management.platform.handle(new Request(`http://localhost:3000/api/shop/auth/v1${path}`, init));

async function register(client_name: string): Promise<OtherApp> {
  const body = { client_name, redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' };
  const made = await ask('POST', '/projects/shop/auth/oauth/clients', { body });
  return { ask: auth, clientId: String(made.fields.client_id), redirectUri };
}

async function join(email: string) {
  const made = await ask('POST', users, { body: { email, password: 'secret1', email_confirm: true } });
  const app = await management.app('shop');
  await app.auth.signInWithPassword({ email, password: 'secret1' });
  return { id: String(made.fields.id), app };
}
const revoke = (clientId: string, userId: string, as: object = {}) =>
  ask('DELETE', `/projects/shop/auth/oauth/clients/${clientId}/users/${userId}`, as);

test('its tokens, sessions and codes are dead at once; another app’s, another user’s and the user’s own live on', async () => {
  const [planner, diary] = [await register('Planner'), await register('Diary')];
  const [ada, bob] = [await join('ada@x.io'), await join('bob@x.io')];
  const held = await letIn(ada.app, planner);
  const [diarys, bobs] = [await letIn(ada.app, diary), await letIn(bob.app, planner)];
  const [code, kept] = [await agree(ada.app, planner), await agree(ada.app, planner)];
  expect((await ask('GET', `${users}/${ada.id}/grants`)).body).toMatchObject([
    { client_id: diary.clientId, client_name: 'Diary', scopes: ['email'], sessions: 1 },
    { client_id: planner.clientId, client_name: 'Planner', scopes: ['email'], sessions: 1 },
  ]);
  expect(await held.reads()).toBe(true);

  expect((await revoke(planner.clientId, ada.id)).status).toBe(204);
  expect([await held.reads(), await held.renews()]).toEqual([false, false]);
  expect((await redeem(planner, code)).status).toBe(400);
  expect((await ask('GET', `${users}/${ada.id}/grants`)).body).toMatchObject([{ client_id: diary.clientId }]);
  expect((await ask('GET', `/projects/shop/auth/oauth/clients/${planner.clientId}/users`)).body).toMatchObject({
    total: 1,
    users: [{ id: bob.id }],
  });
  expect([await diarys.reads(), await diarys.renews(), await bobs.reads(), await bobs.renews()]).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect((await ada.app.auth.getUser()).data.user?.id).toBe(ada.id);
  // Asked again, the user may let it in anew.
  expect(await (await letIn(ada.app, planner)).reads()).toBe(true);
  expect((await redeem(planner, kept)).status, 'a code of the agreement before').toBe(400);
});

test('it is on record twice: who took what from whom', async () => {
  const client = await register('Notes');
  const user = await join('cy@x.io');
  await letIn(user.app, client);
  await revoke(client.clientId, user.id);
  const control = z
    .array(z.record(z.string(), z.unknown()))
    .parse((await ask('GET', '/projects/shop/audit?limit=5')).body)
    .find(({ action }) => action === 'auth_user.revoke_grant');
  expect(control).toMatchObject({ subject: user.id, actor: 'owner@example.com' });
  expect(JSON.stringify(control)).toContain(client.clientId);
  const query = `select action, subject_id, actor_kind, actor_name, before, after, traits from _koyalite_auth_audit
    where action = 'auth_user.revoke_grant' and subject_id = '${user.id}'`;
  const own = z
    .array(z.record(z.string(), z.unknown()))
    .parse((await ask('POST', '/projects/shop/database/query', { body: { query } })).body);
  expect(own).toMatchObject([{ actor_kind: 'operator', actor_name: 'owner@example.com' }]);
  expect(JSON.parse(String(own[0]?.before))).toMatchObject({ scopes: ['email'], sessions: 1 });
  expect(JSON.parse(String(own[0]?.traits))).toMatchObject({ client: client.clientId, client_name: 'Notes' });
  expect((await ask('GET', '/projects/shop/auth/audit/verify')).body).toMatchObject({ ok: true });
});

test('who looks is on record where health data is; below admin nobody revokes, and what is not there is said so', async () => {
  const client = await register('Clock');
  const user = await join('di@x.io');
  const held = await letIn(user.app, client);
  for (const role of ['viewer', 'developer'] as const) {
    const other = await addOperator(management.platform.control, { ref: 'shop', role });
    expect(await revoke(client.clientId, user.id, { token: other.token }), role).toMatchObject({ status: 403 });
    const seen = await ask('GET', `${users}/${user.id}/grants`, { token: other.token });
    expect(seen.status, role).toBe(role === 'viewer' ? 403 : 200);
  }
  const stranger = await addOperator(management.platform.control);
  expect(await revoke(client.clientId, user.id, { token: stranger.token })).toMatchObject({ status: 404 });
  expect(await held.reads()).toBe(true);

  const nobody = '00000000-0000-4000-8000-000000000000';
  expect(await revoke(client.clientId, nobody)).toMatchObject({ status: 404, body: { code: 'user_not_found' } });
  const missing = { status: 404, body: { code: 'oauth_grant_not_found' } };
  for (const one of [nobody, '%27', 'x'.repeat(500)]) expect(await revoke(one, user.id)).toMatchObject(missing);
  expect((await ask('GET', `${users}/%27/grants`)).status).toBe(404);
  const both = await Promise.all([
    revoke(client.clientId, user.id.toUpperCase()),
    revoke(client.clientId.toUpperCase(), user.id),
  ]);
  expect(both.map(({ status }) => status).sort()).toEqual([204, 404]);

  const looked = async () =>
    management.platform.control.context.database.auditEntry.count({ where: { action: 'auth_user.list_grants' } });
  expect(await looked()).toBe(0);
  await ask('PATCH', '/projects/shop', { body: { compliance: { hipaa: true } } });
  await ask('GET', `${users}/${user.id}/grants`);
  expect(await looked()).toBe(1);
});
