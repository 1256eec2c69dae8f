/** Security cases A13, A23–A26: redirects, links, mail scanners, poisoned hosts. */

import { afterEach, beforeEach, expect, test } from 'vitest';
import { toAllowedRedirect } from '#lib/identity/redirect-policy.ts';
import { type AuthEnvironment, openAuthEnvironment } from '../support/auth-environment.ts';
import { ask, newestMail, signIn } from '../support/auth-http.ts';

let environment: AuthEnvironment;
beforeEach(async () => {
  environment = await openAuthEnvironment({ settings: { mailer_autoconfirm: false } });
});
afterEach(() => environment.close());

const site = 'https://app.example.com';
const list = 'https://app.example.com/**,https://*.preview.example.com/**,myapp://login,https://**.deep.example.com/in';

const hostile = [
  'https://app.example.com/a\r\nSet-Cookie: x=1',
  'https://app.example.com\\@evil.com/',
  '//evil.com',
  '///evil.com',
  '\\\\evil.com',
  '/\\evil.com',
  'https:\\\\evil.com',
  'https://evil.com',
  'http://app.example.com',
  'https://app.example.com@evil.com',
  'https://app.example.com:pw@evil.com',
  'https://app.example.com%2f%2fevil.com',
  'https://app.example.com%00.evil.com',
  'https://app.example.com.evil.com',
  'https://evil.com/app.example.com',
  'https://evil.com#app.example.com',
  'https://evil.com?app.example.com',
  'https://evil.com/https://app.example.com/',
  'https://evil.com/.preview.example.com/',
  'https://evil.com#.preview.example.com/',
  'https://evil.com?.preview.example.com/',
  'https://evil.com\\.preview.example.com/',
  'https://a.b.preview.example.com/',
  'https://preview.example.com/',
  'https://xpreview.example.com/',
  'https://a.preview.example.com.evil.com/',
  'https://a/b.preview.example.com/',
  'https://evil.com/x.deep.example.com/in',
  'https://evil.com:80/x.deep.example.com/in',
  'https://x.deep.example.com/out',
  'https://user@app.example.com/',
  'https://app.example.com:8443/',
  'javascript:alert(1)',
  'javascript://app.example.com/%0aalert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,x',
  'data://app.example.com/x',
  'vbscript:x',
  'file:///etc/passwd',
  'blob:https://app.example.com/x',
  'about:blank',
  'view-source:https://app.example.com',
  ' https://evil.com',
  'https://evil.com ',
  '\thttps://evil.com',
  'https://ev\nil.com',
  'https://app.example.com\n.evil.com',
  'https:/evil.com',
  'https:evil.com',
  'http:evil.com',
  '/relative',
  'relative',
  '?query',
  '#fragment',
  '',
  'https://',
  'https://[::1]/',
  'https://0x7f.1/',
  'https://app。example。com.evil.com/',
  'https://аpp.example.com/',
  'myapp://evil',
  'myapp://login.evil.com',
  'other://login',
  'https://app.example.com/%2f%2fevil.com',
  'https://app.example.com/..%5cevil.com',
  'https://app.example.com/#access_token=stolen',
  'ftp://app.example.com/',
  'ws://app.example.com/',
];

test.each(hostile)('A13 %j falls back to the site', (wanted) => {
  expect(toAllowedRedirect(wanted, site, list)).toBe(site);
});

test.each([
  'https://app.example.com/',
  'https://app.example.com/a/b?c=d',
  'https://x.preview.example.com/cb',
  'myapp://login',
  'https://a.b.deep.example.com/in',
])('A13 %s is allowed', (wanted) => {
  expect(toAllowedRedirect(wanted, site, list)).toBe(wanted);
});

test('A13 a loopback site may use any port, and nothing but the list leads elsewhere', () => {
  expect(toAllowedRedirect('http://localhost:5173/x', 'http://localhost:3000', '')).toBe('http://localhost:5173/x');
  expect(toAllowedRedirect('http://127.0.0.1:5173/x', 'http://localhost:3000', '')).toBe('http://localhost:3000');
});

test.each([
  ['https://app。example.com/in', 'https://app.example.com/in'],
  ['https://app.example.com/grüße?q=日本#ende', 'https://app.example.com/gr%C3%BC%C3%9Fe?q=%E6%97%A5%E6%9C%AC#ende'],
  ['https://app.example.com/\ud800', 'https://app.example.com/%EF%BF%BD'],
  ['https://еvil.com/', 'https://app.example.com'],
])('A13 %s leads, in letters of a header, to %s', async (wanted, expected) => {
  expect(toAllowedRedirect(wanted, site, list)).toBe(expected);
  const path = `/verify?type=signup&token=unknown&redirect_to=${encodeURIComponent(wanted.toWellFormed())}`;
  const { status, headers } = await ask(environment, path);
  expect([status, headers.get('location')?.replace(/[#&]error=.*/, '')]).toEqual([303, expected]);
});

test('A13 the link of a mail obeys the policy when it is clicked', async () => {
  await signIn(environment);
  const admin = { token: environment.serviceKey, body: { type: 'magiclink', email: 'a@x.io' } };
  const { body } = await ask(environment, '/admin/generate_link', admin);
  const link = new URL(String(body.action_link));
  link.searchParams.set('redirect_to', 'https://evil.com');
  const clicked = await ask(environment, link.href);
  expect(new URL(clicked.headers.get('location') ?? '').origin).toBe(site);
});

test('A24 a link works once among 20 in parallel, and only its hash is stored', async () => {
  await signIn(environment);
  for (const path of ['/recover', '/otp']) {
    await ask(environment, path, { body: { email: 'a@x.io' } });
    const { link, hash, code } = newestMail(environment, 'a@x.io');
    const rows = environment.database.read((connection) =>
      JSON.stringify(connection.all('SELECT * FROM _koyalite_one_time_tokens')),
    );
    expect(rows).not.toContain(hash);
    expect(rows).not.toContain(code);
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(environment, link)));
    expect(answers.filter((answer) => answer.headers.get('location')?.includes('access_token=')).length).toBe(1);
  }
});

test('A24 HEAD, prefetch and, with the confirmation page, GET consume nothing', async () => {
  await signIn(environment);
  await ask(environment, '/recover', { body: { email: 'a@x.io' } });
  const { link, hash } = newestMail(environment, 'a@x.io');
  expect((await ask(environment, link, { method: 'HEAD' })).status).toBe(200);
  expect((await ask(environment, link, { headers: { 'Sec-Purpose': 'prefetch' } })).status).toBe(204);
  environment.set({ mailer_link_confirmation: 'page' });
  const page = await environment.fetch(link);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain(`value="${hash}"`);
  const form = new URLSearchParams(new URL(link).search).toString();
  const posted = await ask(environment, '/verify', {
    body: form,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  });
  expect(posted.headers.get('location')).toContain('access_token=');
});

test('A24 the confirmation page quotes what it is given', async () => {
  environment.set({ mailer_link_confirmation: 'page' });
  const page = await environment.fetch(
    `${environment.url}/auth/v1/verify?token=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&type=signup`,
  );
  expect(await page.text()).not.toContain('<script>');
});

test('A25 mail links use the configured address, whatever the request calls the host', async () => {
  await signIn(environment);
  const headers = { 'X-Forwarded-Host': 'evil.com', 'X-Forwarded-Proto': 'http', Forwarded: 'host=evil.com' };
  await ask(environment, '/recover', { body: { email: 'a@x.io' }, headers });
  expect(newestMail(environment, 'a@x.io').link).toMatch(new RegExp(`^${environment.url}/auth/v1/verify`));
  expect(environment.mails('a@x.io')[0]?.html).not.toContain('evil.com');
});

test.each(['a@x.io\r\nBcc: b@x.io', 'a@x.io,b@x.io', 'a@x.io;b@x.io', '<a@x.io>', 'a@x.io b@x.io', '"a\\"@x.io'])(
  'A26 %j is no address',
  async (email) => {
    expect((await ask(environment, '/otp', { body: { email } })).status).toBe(400);
    expect(environment.mails()).toEqual([]);
  },
);

test('A26 a name in a mail stays text', async () => {
  environment.set({ mailer_templates_confirmation_content: '<p>Hi {{ .Data.name }}</p><a href="{{ .ConfirmationURL }}">go</a>' });
  await ask(environment, '/signup', {
    body: { email: 'b@x.io', password: 'secret1', data: { name: '<img src=x onerror=alert(1)>{{ .Token }}' } },
  });
  expect(environment.mails('b@x.io')[0]?.html).toContain('Hi &lt;img src=x onerror=alert(1)&gt;{{ .Token }}</p>');
});

test('A23 signing in gives a new session, and the one before does not become the new user', async () => {
  const planted = await signIn(environment, 'attacker@x.io');
  const own = await ask(environment, '/token?grant_type=password', {
    token: planted.access_token ?? '',
    body: { email: 'attacker@x.io', password: 'secret1' },
  });
  const sessionOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).session_id;
  expect(sessionOf(String(own.body.access_token))).not.toBe(sessionOf(planted.access_token ?? ''));
});
