/** End users, mails and auth settings through the Platform API, beside the auth service they belong to. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOperator } from '#lib/control/test-control.ts';
import { type Management, startManagement } from '../../support/management.ts';
import { newVerifier } from '../../support/oauth-flow.ts';

let management: Management;
const users = '/projects/shop/auth/users';
beforeAll(async () => {
  management = await startManagement();
  await management.ask('POST', '/projects', { body: { name: 'Shop' } });
});
afterAll(() => management.close());

const ask: Management['ask'] = (...call) => management.ask(...call);

test('a user made here signs in there, and what is changed here counts there at once', async () => {
  const body = { email: ' Ada@Example.com ', password: 'secret1', email_confirm: true, user_metadata: { full_name: 'Ada L' } };
  const made = await ask('POST', users, { body });
  expect(made).toMatchObject({
    status: 201,
    body: { email: 'ada@example.com', providers: ['email'], app_metadata: { provider: 'email', providers: ['email'] } },
  });
  const id = String(made.fields.id);
  const app = await management.app('shop');
  const credentials = { email: 'ada@example.com', password: 'secret1' };
  const session = (await app.auth.signInWithPassword(credentials)).data.session;
  expect(session?.user).toMatchObject({ id, user_metadata: { full_name: 'Ada L' } });
  expect(session?.user.identities?.map((one) => one.provider)).toEqual(['email']);
  expect((await ask('GET', `${users}/${id}/sessions`)).body).toMatchObject([{ aal: 'aal1', oauth_client_name: null }]);

  const changes = { app_metadata: { team: 7 }, user_metadata: { full_name: null, city: 'London' } };
  const changed = await ask('PATCH', `${users}/${id}`, { body: changes });
  expect(changed.body).toMatchObject({ app_metadata: { provider: 'email', team: 7 }, user_metadata: { city: 'London' } });
  expect(changed.text).not.toContain('Ada L');

  await ask('PATCH', `${users}/${id}`, { body: { ban_seconds: 3600 } });
  expect((await ask('GET', `${users}/${id}/sessions`)).body).toEqual([]);
  expect((await app.auth.signInWithPassword(credentials)).error).toMatchObject({ code: 'user_banned' });
  expect((await ask('PATCH', `${users}/${id}`, { body: { ban_seconds: 0 } })).body).toMatchObject({ banned_until: null });
  await ask('PATCH', `${users}/${id}`, { body: { password: 'another1' } });
  expect((await app.auth.signInWithPassword(credentials)).error).toMatchObject({ code: 'invalid_credentials' });
  expect((await app.auth.signInWithPassword({ ...credentials, password: 'another1' })).error).toBeNull();

  expect((await ask('DELETE', `${users}/${id}/sessions`)).status).toBe(204);
  expect((await app.auth.getUser()).error).not.toBeNull();
  expect((await ask('DELETE', `${users}/${id}`)).status).toBe(204);
  expect(await ask('GET', `${users}/${id}`)).toMatchObject({ status: 404, body: { code: 'user_not_found' } });
});

test('a session that another app holds says whose it is', async () => {
  const settings = { oauth_server_enabled: true, oauth_server_allow_dynamic_registration: true };
  await ask('PATCH', '/projects/shop/config/auth', { body: settings });
  const made = await ask('POST', users, { body: { email: 'dora@x.io', password: 'secret1', email_confirm: true } });
  const app = await management.app('shop');
  await app.auth.signInWithPassword({ email: 'dora@x.io', password: 'secret1' });
  const call = (path: string, init: RequestInit = {}) =>
    management.platform.handle(new Request(`http://localhost:3000/api/shop/auth/v1/oauth${path}`, init));
  const redirect_uri = 'https://planner.example/cb';
  const registration = { client_name: 'Planner', redirect_uris: [redirect_uri], token_endpoint_auth_method: 'none' };
  const { client_id } = await (await call('/clients/register', { method: 'POST', body: JSON.stringify(registration) })).json();
  const { verifier, challenge } = newVerifier();
  const asked = { client_id, redirect_uri, code_challenge: challenge, code_challenge_method: 'S256' };
  const page = (await call(`/authorize?${new URLSearchParams(asked)}`)).headers.get('location') ?? '';
  const id = new URL(page).searchParams.get('authorization_id') ?? '';
  await app.auth.oauth.getAuthorizationDetails(id);
  const { data } = await app.auth.oauth.approveAuthorization(id);
  const code = new URL(data?.redirect_url ?? '').searchParams.get('code') ?? '';
  const body = new URLSearchParams({ grant_type: 'authorization_code', client_id, code, code_verifier: verifier });
  expect((await call('/token', { method: 'POST', body })).status).toBe(200);
  const sessions = await ask('GET', `${users}/${made.fields.id}/sessions`);
  expect(sessions.body).toMatchObject([{ oauth_client_name: 'Planner' }, { oauth_client_name: null }]);
  await ask('DELETE', `${users}/${made.fields.id}`);
});

test('search and pages; what is taken, weak or malformed is refused', async () => {
  for (const name of ['bob', 'bea', 'carl']) await ask('POST', users, { body: { email: `${name}@x.io` } });
  expect((await ask('GET', `${users}?search=BOB@`)).body).toMatchObject({ total: 1, users: [{ email: 'bob@x.io' }] });
  expect((await ask('GET', `${users}?per_page=1&page=3`)).body).toMatchObject({ total: 3, users: [{ email: 'bob@x.io' }] });
  expect((await ask('GET', `${users}?search=%25`)).body).toMatchObject({ total: 0 });
  const refused = async (body: unknown) => (await ask('POST', users, { body })).fields.code;
  expect(await refused({ email: 'BOB@x.io' })).toBe('email_exists');
  expect(await refused({ email: 'new@x.io', password: '123' })).toBe('weak_password');
  expect(await refused({ email: 'not an address' })).toBe('invalid_request');
  expect(await refused({})).toBe('invalid_request');
  expect(await refused({ email: 'x@x.io', role: 'service_role' })).toBeUndefined();
  expect((await ask('GET', `${users}?search=x@x.io`)).body).toMatchObject({ users: [{ role: 'authenticated' }] });
});

test('every change is on record with who and whom, and no secret', async () => {
  const audit = await ask('GET', '/projects/shop/audit?limit=1000');
  expect(audit.text).toContain('"action":"auth_user.create"');
  expect(audit.text).toContain('"action":"auth_user.delete"');
  expect(audit.text).not.toContain('another1');
});

test('mails are listed, read and sent again; in production their content takes an admin', async () => {
  const app = await management.app('shop');
  await app.auth.resetPasswordForEmail('bob@x.io');
  const [mail] = (await ask('GET', '/projects/shop/mails?to=bob@x.io')).body as Record<string, unknown>[];
  expect(mail).toMatchObject({ to: 'bob@x.io', template: 'recovery', text: expect.stringContaining('token=') });
  expect((await ask('GET', '/projects/shop/mails?to=nobody@x.io')).body).toEqual([]);
  const one = `/projects/shop/mails/${String(mail?.id)}`;
  const developer = await addOperator(management.platform.control, { ref: 'shop', role: 'developer' });
  const hidden = await ask('GET', one, { token: developer.token });
  expect(hidden.body).toMatchObject({ subject: mail?.subject, text: null, html: null });
  expect((await ask('GET', '/projects/shop/mails', { token: developer.token })).text).not.toContain('token=');
  const database = management.platform.control.context.engine.open('shop', fileOf('shop'));
  await database.write((connection) => connection.run(`UPDATE _koyalite_mails SET status = 'failed', error = 'down'`));
  expect((await ask('POST', `${one}/resend`)).body).toMatchObject({ status: 'queued', error: null });
  expect(await ask('POST', `${one}/resend`)).toMatchObject({ status: 409, body: { code: 'mail_not_resendable' } });
  expect(await ask('GET', '/projects/shop/mails/none')).toMatchObject({ status: 404, body: { code: 'mail_not_found' } });
});

const fileOf = (ref: string) => management.platform.control.directory.find(ref)?.file ?? '';

test('auth settings: defaults filled in, secrets sealed at rest and never shown again', async () => {
  const config = '/projects/shop/config/auth';
  expect((await ask('GET', config)).body).toMatchObject({ site_url: 'http://localhost:3000', smtp_pass: '', jwt_exp: 3600 });
  const provider = { provider_type: 'oidc', identifier: 'idp', name: 'IdP', client_id: 'c', client_secret: 'top-secret-2' };
  const body = { smtp_pass: 'top-secret-1', sms_test_otp: '15551234567=123456', jwt_exp: 600, custom_providers: [provider] };
  const patched = await ask('PATCH', config, { body });
  expect(patched.body).toMatchObject({ smtp_pass: '********', jwt_exp: 600, custom_providers: [{ client_secret: '********' }] });
  for (const path of [config, '/projects/shop/settings', '/projects/shop/audit'])
    expect((await ask('GET', path)).text).not.toContain('top-secret');
  const auth = () => management.platform.control.directory.find('shop')?.settings.auth;
  expect(auth()).toMatchObject({ smtp_pass: 'top-secret-1', custom_providers: [{ client_secret: 'top-secret-2' }] });
  // What was shown may be sent back as it is.
  await ask('PATCH', config, { body: { ...patched.fields, mailer_otp_length: 8 } });
  expect(auth()).toMatchObject({ smtp_pass: 'top-secret-1', custom_providers: [{ client_secret: 'top-secret-2' }] });
  const stored = readFileSync(join(management.home, 'control.db')).toString('latin1');
  const log = readFileSync(join(management.home, 'control.db-wal')).toString('latin1');
  expect(stored + log).not.toMatch(/top-secret|15551234567/);
  expect(await ask('PATCH', config, { body: { jwt_exp: 1 } })).toMatchObject({ status: 400, body: { code: 'invalid_settings' } });
  expect((await ask('PATCH', config, { body: { smtp_pass: null } })).body).toMatchObject({ smtp_pass: '' });
  expect((await ask('GET', config)).body).toMatchObject({ jwt_exp: 600 });
});
