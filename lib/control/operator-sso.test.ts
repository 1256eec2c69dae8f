/** Where a sign-in through the provider leads, and by which cookie it is held, behind a configured public address. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { instanceSignIn } from '#lib/control/instance-sign-in.ts';
import { call, makeTestControl, type TestControl } from '#lib/control/test-control.ts';

let started: TestControl;
afterEach(() => started.close());

const issuer = 'https://idp.example.org';
const provider: typeof fetch = async () =>
  Response.json({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
  });

async function start(fetcher?: typeof fetch, sso_issuer = issuer): Promise<void> {
  started = await makeTestControl(fetcher === undefined ? {} : { fetch: fetcher });
  const home = started.home;
  const config = { home, masterKey: null, publicUrl: 'https://k.example' };
  started = await started.restart({ config, ...(fetcher === undefined ? {} : { fetch: fetcher }) });
  const patch = { sso_enabled: true, sso_issuer, sso_client_id: 'k', sso_client_secret: 'geheim' };
  await instanceSignIn.update(started.control.context, started.owner, patch);
}

const begin = (headers: Record<string, string>) => call(started.control, 'POST', '/sso/start', { headers, body: {} });

test('the way back is the configured address whatever the request says, and the cookie belongs to this host alone', async () => {
  await start(provider);
  for (const headers of [{ origin: 'https://k.example' }, { host: 'evil.example' }, { 'x-forwarded-host': 'evil.example' }]) {
    const answer = await begin(headers);
    expect(answer.status).toBe(200);
    expect(new URL(String(answer.fields.url)).searchParams.get('redirect_uri')).toBe('https://k.example/sso');
    const cookie = answer.headers.getSetCookie()[0] ?? '';
    expect(cookie).toMatch(/^__Host-koyalite_sso=v1:[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600; Secure$/);
  }
  expect(await begin({ origin: 'https://evil.example' })).toMatchObject({ status: 403, body: { code: 'cross_origin' } });
});

test('a provider that is down is named as unreachable and nothing more', async () => {
  await start(async () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.5:443')), 'https://down.example.org');
  const down = await begin({ origin: 'https://k.example' });
  expect(down).toMatchObject({ status: 409, body: { code: 'sso_unreachable' } });
  expect(down.text).not.toContain('10.0.0.5');
});

test('the provider is reached by the guarded way out alone', async () => {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests++;
    response.end('{}');
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
  await start(undefined, `http://127.0.0.1:${port}`);
  expect(await begin({ origin: 'https://k.example' })).toMatchObject({ status: 409, body: { code: 'sso_unreachable' } });
  await new Promise<void>((resolve) => server.close(() => resolve()));
  expect(requests).toBe(0);
});

test('the secret is told nobody, not even owners', async () => {
  await start(provider);
  const shown = await call(started.control, 'GET', '/instance/sign-in', { token: started.token });
  expect(shown.fields).toMatchObject({ sso_client_secret: '********', sso_redirect_uri: 'https://k.example/sso' });
  expect(shown.text).not.toContain('geheim');
  const rows = await started.control.context.database.setting.findMany();
  expect(JSON.stringify(rows)).not.toContain('geheim');
});
