/** Hooks over HTTP and SQL: what they may change, what they may refuse, and how their calls are signed. */

import { createHmac } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { listAudit } from '#lib/services/auth/audit.ts';
import { type AuthEnvironment, connect, openAuthEnvironment } from '../../support/auth-environment.ts';
import { ask, signIn } from '../../support/auth-http.ts';

let environment: AuthEnvironment;
afterEach(() => environment.close());

interface Call {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: Record<string, unknown>;
}

/** An environment whose outgoing HTTP ends in `answer`. */
async function open(settings: Record<string, unknown>, answer: (call: Call) => Response): Promise<Call[]> {
  const calls: Call[] = [];
  environment = await openAuthEnvironment({
    settings: { mailer_autoconfirm: true, ...settings },
    ports: {
      fetch: async (url, init) => {
        const call = {
          url: String(url),
          headers: Object.fromEntries(new Headers(init?.headers)),
          body: JSON.parse(String(init?.body)),
        };
        calls.push(call);
        return answer(call);
      },
    },
    runFunction: async (schema, name, payload) => ({
      claims: { ...Object(Object(payload).claims), by: `${schema}.${name}`, sub: 'somebody else' },
    }),
  });
  return calls;
}

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

test('the access-token hook adds claims and cannot change who it is', async () => {
  const secret = Buffer.from('hook secret').toString('base64');
  const calls = await open(
    {
      hook_custom_access_token_enabled: true,
      hook_custom_access_token_uri: 'https://hooks.example/token',
      hook_custom_access_token_secrets: `v1,whsec_${secret}`,
    },
    ({ body }) => Response.json({ claims: { ...Object(body.claims), plan: 'pro', sub: 'other', session_id: 'other' } }),
  );
  const session = await signIn(environment);
  const claims = claimsOf(session.access_token ?? '');
  expect(claims.plan).toBe('pro');
  expect((await ask(environment, '/user', { token: session.access_token ?? '' })).body.id).toBe(claims.sub);
  const [call] = calls;
  expect(call?.body).toMatchObject({ user_id: claims.sub, authentication_method: 'password' });
  const content = `${call?.headers['webhook-id']}.${call?.headers['webhook-timestamp']}.${JSON.stringify(call?.body)}`;
  expect(call?.headers['webhook-signature']).toBe(`v1,${createHmac('sha256', 'hook secret').update(content).digest('base64')}`);
});

test('a SQL function may be the hook', async () => {
  await open(
    { hook_custom_access_token_enabled: true, hook_custom_access_token_uri: 'pg-functions://postgres/public/my_hook' },
    () => Response.json({}),
  );
  const session = await signIn(environment);
  expect(claimsOf(session.access_token ?? '').by).toBe('public.my_hook');
  expect((await ask(environment, '/user', { token: session.access_token ?? '' })).status).toBe(200);
});

test('a hook may refuse a new user, and its silence refuses as well', async () => {
  const settings = { hook_before_user_created_enabled: true, hook_before_user_created_uri: 'https://hooks.example/user' };
  await open(settings, ({ body }) => {
    const email = String(Object(body.user).email);
    if (email.startsWith('down')) throw new Error('unreachable');
    return email.endsWith('@evil.io')
      ? Response.json({ error: { http_code: 403, message: 'No accounts for evil.io' } })
      : Response.json({});
  });
  const client = connect(environment, environment.anonKey);
  expect((await client.auth.signUp({ email: 'a@evil.io', password: 'secret1' })).error).toMatchObject({
    status: 403,
    message: 'No accounts for evil.io',
  });
  expect((await client.auth.signUp({ email: 'down@x.io', password: 'secret1' })).error).toMatchObject({
    status: 422,
    code: 'hook_timeout',
  });
  expect((await client.auth.signUp({ email: 'a@x.io', password: 'secret1' })).error).toBeNull();
});

test('a hook sends the mail instead of the outbox', async () => {
  const settings = {
    mailer_autoconfirm: false,
    hook_send_email_enabled: true,
    hook_send_email_uri: 'https://hooks.example/mail',
  };
  const calls = await open(settings, () => Response.json({}));
  const client = connect(environment, environment.anonKey);
  await client.auth.signUp({ email: 'a@x.io', password: 'secret1' });
  expect(environment.mails()).toEqual([]);
  expect(calls[0]?.body).toMatchObject({
    user: { email: 'a@x.io' },
    email_data: { token: expect.stringMatching(/^\d{6}$/), email_action_type: 'signup' },
  });
  const data = Object(calls[0]?.body.email_data);
  expect((await client.auth.verifyOtp({ token_hash: data.token_hash, type: 'signup' })).error).toBeNull();
});

test('a password hook may reject a right password', async () => {
  const settings = {
    hook_password_verification_attempt_enabled: true,
    hook_password_verification_attempt_uri: 'https://hooks.example/password',
  };
  const calls = await open(settings, () => Response.json({ decision: 'reject', message: 'Not today' }));
  await ask(environment, '/admin/users', {
    token: environment.serviceKey,
    body: { email: 'a@x.io', password: 'secret1', email_confirm: true },
  });
  const { error } = await connect(environment, environment.anonKey).auth.signInWithPassword({
    email: 'a@x.io',
    password: 'secret1',
  });
  expect(error).toMatchObject({ status: 400, message: 'Not today' });
  expect(calls[0]?.body).toMatchObject({ valid: true });
});

test('captcha guards what anybody may start', async () => {
  environment = await openAuthEnvironment({
    settings: { mailer_autoconfirm: true, security_captcha_enabled: true, security_captcha_secret: 's' },
    ports: { captcha: { verify: async ({ token }) => (token === 'good' ? null : 'invalid-input-response') } },
  });
  const client = connect(environment, environment.anonKey);
  expect((await client.auth.signUp({ email: 'a@x.io', password: 'secret1' })).error).toMatchObject({
    status: 400,
    code: 'captcha_failed',
  });
  expect((await client.auth.signInWithOtp({ email: 'a@x.io' })).error?.code).toBe('captcha_failed');
  expect((await client.auth.resetPasswordForEmail('a@x.io')).error?.code).toBe('captcha_failed');
  expect(
    (await client.auth.signUp({ email: 'a@x.io', password: 'secret1', options: { captchaToken: 'good' } })).error,
  ).toBeNull();
});

test('the audit names who did what, to whom, and what it changed', async () => {
  environment = await openAuthEnvironment({ settings: { mailer_autoconfirm: true } });
  await signIn(environment);
  await signIn(environment, 'b@x.io');
  const entries = environment.database.read((connection) => listAudit(connection, 10, 0));
  expect(entries).toHaveLength(4);
  expect(entries[0]).toMatchObject({ payload: { action: 'login' }, ip_address: '203.0.113.7' });
  expect((await ask(environment, '/admin/audit', { token: environment.anonKey })).status).toBe(403);
  const { headers } = await ask(environment, '/admin/audit?page=1&per_page=3', { token: environment.serviceKey });
  expect(headers.get('x-total-count')).toBe('4');
  expect(headers.get('link')).toContain('</admin/audit?page=2&per_page=3>; rel="next"');
  expect(entries[1]?.payload).toMatchObject({ action: 'user_signedup', actor_id: null, actor_kind: 'service' });
  const id = String(environment.database.read((c) => c.value(`SELECT id FROM _koyalite_users WHERE email = 'b@x.io'`)));
  const { body: session } = await ask(environment, '/token?grant_type=password', {
    body: { email: 'b@x.io', password: 'secret1' },
  });
  const token = String(session.access_token);
  await ask(environment, '/user', { method: 'PUT', token, body: { password: 'secret2', data: { ward: 'seven' } } });
  const admin = { method: 'PUT', token: environment.serviceKey };
  await ask(environment, `/admin/users/${id}`, { ...admin, body: { app_metadata: { plan: 'pro' }, email: 'c@x.io' } });
  const [byAdmin, byUser] = environment.database.read((connection) => listAudit(connection, 2, 0));
  expect(byUser?.payload).toMatchObject({
    action: 'user_modified',
    actor_id: id,
    actor_kind: 'user',
    before: { password: '(set)', user_metadata: [] },
    after: { password: '(set)', user_metadata: ['ward'] },
  });
  expect(byAdmin?.payload).toMatchObject({
    actor_kind: 'service',
    subject_id: id,
    before: { email: 'b@x.io', app_metadata: { provider: 'email' } },
    after: { email: 'c@x.io', app_metadata: { plan: 'pro' } },
  });
  const all = JSON.stringify(environment.database.read((connection) => listAudit(connection, 100, 0)));
  expect(all).not.toMatch(/seven|secret2|argon2/);
});
