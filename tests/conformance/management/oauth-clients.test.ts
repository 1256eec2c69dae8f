/** Operators keep the clients of an environment's OAuth server: by the auth service's rules, and on record twice. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Management, startManagement } from '../../support/management.ts';

let management: Management;
const clients = '/projects/shop/auth/oauth/clients';
const ask: Management['ask'] = (...call) => management.ask(...call);

beforeAll(async () => {
  management = await startManagement();
  await ask('POST', '/projects', { body: { name: 'Shop' } });
});
afterAll(() => management.close());

const planner = { client_name: 'Planner', redirect_uris: ['https://planner.example.com/callback'] };

test('a client is registered, its secret shown once and kept as a hash, changed, renewed and removed', async () => {
  const made = await ask('POST', clients, { body: planner });
  expect(made).toMatchObject({ status: 201, fields: { client_type: 'confidential', registration_type: 'manual', users: 0 } });
  const { client_id: id, client_secret: secret } = made.fields;
  expect(String(secret)).toHaveLength(43);
  const listed = await ask('GET', clients);
  expect(listed.body).toMatchObject({ total: 1, clients: [{ client_id: id, client_name: 'Planner' }] });
  expect(JSON.stringify(listed.body)).not.toContain('secret"');

  expect(await ask('PATCH', `${clients}/${id}`, { body: { client_name: 'Diary' } })).toMatchObject({
    status: 200,
    fields: { client_name: 'Diary', redirect_uris: planner.redirect_uris },
  });
  const renewed = await ask('POST', `${clients}/${id}/secret`);
  expect(renewed.status).toBe(201);
  expect(renewed.fields.client_secret).not.toBe(secret);
  expect((await ask('GET', `${clients}/${id}/users`)).body).toEqual({ users: [], total: 0 });

  const control = JSON.stringify((await ask('GET', '/projects/shop/audit?limit=10')).body);
  for (const action of ['oauth_client.create', 'oauth_client.update', 'oauth_client.renew_secret'])
    expect(control).toContain(action);
  const own = await ask('POST', '/projects/shop/database/query', {
    body: { query: "select action, before, after from _koyalite_auth_audit where action like 'oauth_client.%' order by id" },
  });
  const rows = z.array(z.record(z.string(), z.unknown())).parse(own.body);
  expect(rows.map(({ action }) => action)).toEqual(['oauth_client.create', 'oauth_client.update', 'oauth_client.renew_secret']);
  expect(JSON.parse(String(rows[1]?.before))).toEqual({ name: 'Planner' });
  expect(JSON.parse(String(rows[1]?.after))).toEqual({ name: 'Diary' });
  expect(JSON.parse(String(rows[2]?.after))).toEqual({ password: '(set)' });
  for (const text of [control, JSON.stringify(own.body)]) {
    expect(text).not.toContain(String(secret));
    expect(text).not.toContain(String(renewed.fields.client_secret));
  }

  expect((await ask('DELETE', `${clients}/${id}`)).status).toBe(204);
  expect(await ask('PATCH', `${clients}/${id}`, { body: { client_name: 'x' } })).toMatchObject({ status: 404 });
  expect((await ask('GET', clients)).body).toMatchObject({ total: 0 });
});

test('a public client has no secret', async () => {
  const body = { client_name: 'Phone', redirect_uris: ['com.example.app://callback'], token_endpoint_auth_method: 'none' };
  const { fields } = await ask('POST', clients, { body });
  expect(fields).toMatchObject({ client_type: 'public', client_secret: null });
  expect(await ask('POST', `${clients}/${fields.client_id}/secret`)).toMatchObject({ status: 422 });
  await ask('DELETE', `${clients}/${fields.client_id}`);
});

test.each([
  ['no address', { client_name: 'x' }],
  ['http elsewhere', { ...planner, redirect_uris: ['http://planner.example.com/cb'] }],
  ['a script', { ...planner, redirect_uris: ['javascript://x/%0aalert(1)'] }],
  ['a name that turns text around', { ...planner, client_name: 'a\u202eb' }],
  ['a scope nobody has', { ...planner, scope: 'admin' }],
])('what the auth service refuses is refused here: %s', async (_what, body) => {
  expect(await ask('POST', clients, { body })).toMatchObject({ status: 422, fields: { code: 'invalid_client' } });
});

test('what is no id is nobody’s, and a bare request is refused', async () => {
  for (const id of ['nobody', '%27', '00000000-0000-4000-8000-000000000000'])
    expect((await ask('DELETE', `${clients}/${id}`)).status).toBe(404);
  expect((await ask('POST', clients, { body: [] })).status).toBe(400);
});
