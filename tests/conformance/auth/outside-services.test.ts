/** Have I Been Pwned, Turnstile, hCaptcha and Resend by their public protocols, and by everything else they may answer. */

import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mailJobKind } from '#lib/engine/queue/mails.ts';
import { startQueue } from '#lib/engine/queue/queue.ts';
import { createBreachedPasswords } from '#lib/ports/breached-passwords.ts';
import { createCaptcha } from '#lib/ports/captcha.ts';
import { createResendSender } from '#lib/ports/resend.ts';
import { smsOutbox } from '#lib/ports/sms.ts';
import { mailJobHandler } from '#lib/services/auth/mail-jobs.ts';
import { type AuthEnvironment, connect, openAuthEnvironment } from '../../support/auth-environment.ts';
import { ask } from '../../support/auth-http.ts';
import { type SeenRequest, type StandIn, startStandIn } from '../../support/stand-in.ts';

let answer: (request: SeenRequest, response: ServerResponse) => void = (_request, response) => void response.end();
let standIn: StandIn;
let environment: AuthEnvironment;
beforeEach(async () => {
  standIn = await startStandIn((request, response) => answer(request, response));
});
afterEach(async () => {
  await standIn.close();
  await environment?.close();
});

const signUp = (password: string, captchaToken?: string) =>
  connect(environment, environment.anonKey).auth.signUp({
    email: `${randomBytes(4).toString('hex')}@x.io`,
    password,
    options: captchaToken === undefined ? {} : { captchaToken },
  });

const leaked = 'tr0ub4dor&3 tr0ub4dor&3';
const digestOf = (password: string) => createHash('sha1').update(password).digest('hex').toUpperCase();
const padding = (count: number) =>
  Array.from({ length: 800 }, () => `${randomBytes(18).toString('hex').toUpperCase().slice(1)}:${count}`);

test('Have I Been Pwned hears five hex digits of a hash, and refuses what it knows', async () => {
  environment = await openAuthEnvironment({
    settings: { password_breach_check: 'hibp' },
    ports: { breachedPasswords: createBreachedPasswords(standIn.fetchFor('https://api.pwnedpasswords.com')) },
  });
  const suffix = digestOf(leaked).slice(5);
  answer = (_request, response) => void response.end([...padding(3), `${suffix}:42`, ...padding(0)].join('\r\n'));
  expect((await signUp(leaked)).error).toMatchObject({ status: 422, code: 'weak_password', reasons: ['pwned'] });
  expect((await signUp('another that nobody ever used 9')).error).toBeNull();
  expect(standIn.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
    `GET /range/${digestOf(leaked).slice(0, 5)}`,
    `GET /range/${digestOf('another that nobody ever used 9').slice(0, 5)}`,
  ]);
  expect(standIn.seen[0]?.headers['add-padding']).toBe('true');
  expect(JSON.stringify(standIn.seen)).not.toContain(suffix);

  // With padding a suffix that nobody leaked is listed with a count of 0.
  answer = (_request, response) => void response.end(`${suffix}:0\r\n${padding(0).join('\r\n')}`);
  expect((await signUp(leaked)).error).toBeNull();
  for (const bad of [
    (response: ServerResponse) => void response.writeHead(503).end('down'),
    (response: ServerResponse) => void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
    (response: ServerResponse) => response.destroy(),
    (response: ServerResponse) => void response.end('<html>'),
  ]) {
    answer = (_request, response) => void bad(response);
    expect((await signUp(leaked)).error).toBeNull();
    // The list in the box needs nobody.
    expect((await signUp('password1')).error).toMatchObject({ code: 'weak_password' });
  }
});

test.each([
  ['turnstile', 'https://challenges.cloudflare.com', '/turnstile/v0/siteverify'],
  ['hcaptcha', 'https://api.hcaptcha.com', '/siteverify'],
] as const)('%s is asked with secret, token and address, and anything but its yes is a no', async (provider, origin, path) => {
  environment = await openAuthEnvironment({
    settings: { security_captcha_enabled: true, security_captcha_provider: provider, security_captcha_secret: 'the-secret' },
    ports: { captcha: createCaptcha(standIn.fetchFor(origin)) },
  });
  const used = new Set<string>();
  answer = ({ body }, response) => {
    const form = new URLSearchParams(body);
    const token = form.get('response') ?? '';
    const codes = [
      ...(form.get('secret') === 'the-secret' ? [] : ['invalid-input-secret']),
      ...(token.startsWith('good') ? [] : ['invalid-input-response']),
      ...(used.has(token) ? ['timeout-or-duplicate'] : []),
    ];
    used.add(token);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ success: codes.length === 0, 'error-codes': codes, hostname: 'app.example.com' }));
  };
  const code = async (token?: string) => (await signUp('secret1', token)).error?.code ?? null;
  expect(await code('good-1')).toBeNull();
  const [asked] = standIn.seen;
  expect(asked).toMatchObject({ method: 'POST', path });
  expect(asked?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
  expect(Object.fromEntries(new URLSearchParams(asked?.body))).toEqual({
    secret: 'the-secret',
    response: 'good-1',
    remoteip: '203.0.113.7',
  });
  expect(await code('good-1')).toBe('captcha_failed');
  expect(await code('bad')).toBe('captcha_failed');
  const before = standIn.seen.length;
  expect(await code()).toBe('captcha_failed');
  expect(standIn.seen).toHaveLength(before);
  environment.set({ security_captcha_secret: 'wrong' });
  expect(await code('good-2')).toBe('captcha_failed');
  for (const [status, body] of [
    [500, '{"success":true}x'],
    [200, '<html>'],
    [200, '{"success":"yes"}'],
    [200, ''],
    [302, '{"success":true}'],
    [503, '{"success":true}'],
  ] as const) {
    answer = (_request, response) => void response.writeHead(status, { location: '/' }).end(body);
    expect(await code('good-3')).toBe('captcha_failed');
  }
});

/** Sends what is due, once. */
async function deliver(timeoutMs = 5000): Promise<void> {
  const sender = createResendSender('re_test_key', standIn.url, timeoutMs);
  const handler = mailJobHandler(
    environment.database,
    { mail: () => sender, sms: () => smsOutbox, seal: environment.seal },
    environment.now,
  );
  const queue = startQueue(environment.database, { [mailJobKind]: handler }, { nowMs: environment.now, random: () => 0.5 });
  await queue.drain();
  await queue.stop();
}

const acceptMail = (_request: SeenRequest, response: ServerResponse) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"49a3999c-0ce1-4ea6-ab68-afcd6dc2e794"}');

async function openMailing(): Promise<void> {
  environment = await openAuthEnvironment({ settings: { mailer_autoconfirm: false, smtp_admin_email: 'hello@example.com' } });
  await connect(environment, environment.anonKey).auth.signUp({ email: 'a@x.io', password: 'secret1' });
}
const mail = () => environment.mails('a@x.io')[0];

test('Resend is asked as its documentation says, and its id is kept', async () => {
  await openMailing();
  answer = acceptMail;
  await deliver();
  expect(standIn.seen).toMatchObject([
    {
      method: 'POST',
      path: '/emails',
      headers: { authorization: 'Bearer re_test_key', 'content-type': 'application/json', 'idempotency-key': mail()?.id },
    },
  ]);
  expect(JSON.parse(standIn.seen[0]?.body ?? '')).toMatchObject({
    from: 'hello@example.com',
    to: ['a@x.io'],
    subject: 'Confirm your email address',
    html: expect.stringContaining('/verify?token='),
    text: expect.stringContaining('/verify?token='),
  });
  expect(mail()).toMatchObject({ status: 'sent', providerId: '49a3999c-0ce1-4ea6-ab68-afcd6dc2e794', text: null, html: null });
});

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const refusal = (statusCode: number, name: string) => json(statusCode, { statusCode, name, message: `no: ${name}` });

test.each<[string, (response: ServerResponse) => unknown]>([
  ['too many requests', refusal(429, 'rate_limit_exceeded')],
  ['a used-up quota', refusal(429, 'daily_quota_exceeded')],
  ['a wrong key', refusal(403, 'invalid_api_key')],
  ['a missing key', refusal(401, 'missing_api_key')],
  ['the same mail under way', refusal(409, 'concurrent_idempotent_requests')],
  ['an error of its own', refusal(500, 'internal_server_error')],
  ['a proxy that is down', (response) => void response.writeHead(502).end('<html>Bad gateway</html>')],
  ['an empty 503', (response) => void response.writeHead(503).end()],
  ['a 500 that says null', json(500, null)],
  ['a 500 that says a text', json(500, 'oops')],
  ['a 500 that says a list', json(500, [])],
  ['a 200 without an id', json(200, {})],
  ['a 200 with an empty id', json(200, { id: '' })],
  ['a 200 of a captive portal', (response) => void response.writeHead(200).end('<html>Sign in to the network</html>')],
  ['an empty 200', (response) => void response.writeHead(200).end()],
  [
    'half an answer',
    (response) => void response.writeHead(200, { 'content-length': '100' }).write('{"id":', () => response.destroy()),
  ],
  ['a broken connection', (response) => response.destroy()],
  ['no answer in time', () => undefined],
])('%s from Resend delays the mail and loses nothing', async (_, bad) => {
  await openMailing();
  const id = mail()?.id;
  answer = (_request, response) => void bad(response);
  await deliver(300);
  expect(mail()).toMatchObject({ status: 'queued', text: expect.stringContaining('token=') });
  answer = acceptMail;
  environment.pass(60);
  await deliver();
  expect(mail()).toMatchObject({ status: 'sent', error: null });
  expect(standIn.seen.map((request) => request.headers['idempotency-key'])).toEqual([id, id]);
});

test.each(['validation_error', 'invalid_from_address', 'missing_required_field', 'invalid_parameter'])(
  'what Resend calls %s is tried once',
  async (name) => {
    await openMailing();
    answer = (_request, response) => void refusal(422, name)(response);
    await deliver();
    environment.pass(3600);
    await deliver();
    expect(standIn.seen).toHaveLength(1);
    expect(mail()).toMatchObject({ status: 'failed', error: `${name}: no: ${name}` });
  },
);

test('the pause Resend asks for is kept, within reason', async () => {
  await openMailing();
  answer = (_request, response) =>
    void json(429, { name: 'rate_limit_exceeded', message: 'slow' }, { 'retry-after': '120' })(response);
  await deliver();
  environment.pass(119);
  await deliver();
  expect(standIn.seen).toHaveLength(1);
  answer = (_request, response) =>
    void json(429, { name: 'rate_limit_exceeded', message: 'slow' }, { 'retry-after': '1e9' })(response);
  environment.pass(2);
  await deliver();
  answer = acceptMail;
  environment.pass(86_401);
  await deliver();
  expect(standIn.seen).toHaveLength(3);
  expect(mail()?.status).toBe('sent');
});

const webhookSecret = `whsec_${Buffer.from('a webhook secret of Resend').toString('base64')}`;

function event(payload: string, seconds = Math.floor(Date.now() / 1000)): Record<string, string> {
  const signed = createHmac('sha256', 'a webhook secret of Resend').update(`msg_1.${seconds}.${payload}`).digest('base64');
  return { 'svix-id': 'msg_1', 'svix-timestamp': String(seconds), 'svix-signature': `v1,${signed}` };
}

test('a signed report marks the mail as bounced; nothing else does', async () => {
  await openMailing();
  answer = acceptMail;
  await deliver();
  const bounce = JSON.stringify({
    type: 'email.bounced',
    created_at: '2026-11-25T00:00:00.000Z',
    data: {
      email_id: mail()?.providerId,
      to: ['a@x.io'],
      bounce: { type: 'Permanent', subType: 'Suppressed', message: 'The mailbox does not exist.' },
    },
  });
  const post = (headers: Record<string, string>, body = bounce) => ask(environment, '/webhooks/resend', { body, headers });
  expect((await post(event(bounce))).status).toBe(404);
  environment.set({ resend_webhook_secret: webhookSecret });
  const now = Math.floor(Date.now() / 1000);
  for (const headers of [
    {},
    { ...event(bounce), 'svix-signature': 'v1,AAAA' },
    { ...event(bounce), 'svix-id': 'msg_2' },
    event(bounce, now - 600),
    event(bounce, now + 600),
    event(`${bounce} `),
  ] as Record<string, string>[])
    expect(await post(headers)).toMatchObject({ status: 401, body: { code: 'no_authorization' } });
  const delivered = JSON.stringify({ type: 'email.delivered', data: { email_id: mail()?.providerId } });
  expect((await post(event(delivered), delivered)).status).toBe(200);
  const unknown = bounce.replace(String(mail()?.providerId), 'somebody-elses');
  expect((await post(event(unknown), unknown)).status).toBe(200);
  expect(mail()?.status).toBe('sent');
  expect((await post(event(bounce))).status).toBe(200);
  expect(mail()).toMatchObject({ status: 'bounced', error: 'The mailbox does not exist.' });
  expect((await post(event(bounce))).status).toBe(200);
});
