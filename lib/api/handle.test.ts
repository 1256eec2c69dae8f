/** The door of the data plane: what every answer carries, and how each failure leaves. */

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiOptions, createApi, createHealth } from '#lib/api/handle.ts';
import { createLimits } from '#lib/api/limits.ts';
import { restRow, type Service } from '#lib/api/services.ts';
import { createEngine } from '#lib/engine/create-engine.ts';
import type { Engine } from '#lib/engine/engine.ts';
import { createClientAddress } from '#lib/http/client-address.ts';
import { jsonResponse } from '#lib/http/exchange.ts';
import { fromFetch, toFetch } from '#lib/http/fetch-exchange.ts';
import { Problem } from '#lib/http/problem.ts';
import { apiSecurityHeaders } from '#lib/http/security-headers.ts';
import type { EnvironmentRecord } from '#lib/identity/environment.ts';
import { environmentSettingsSchema } from '#lib/identity/environment-settings.ts';
import { mintToken } from '#lib/identity/jwt.ts';

let engine: Engine;
const key = { kid: 'h', algorithm: 'HS256', secret: randomUUID() + randomUUID(), publicJwk: null, status: 'current' } as const;

beforeAll(async () => {
  engine = createEngine();
  await engine.create('shop', ':memory:');
});
afterAll(() => engine.shutdown());

const broken: Service = {
  handle({ address }) {
    if (address.path === '/sync') throw new Error('SELECT secret FROM /var/data.db');
    if (address.path === '/problem')
      throw new Problem({
        status: 418,
        code: 'teapot',
        message: 'short',
        hint: 'stout',
        headers: ['X-Tea', '1'],
        cause: 'secret',
      });
    return Promise.reject(new Error('SELECT secret FROM /var/data.db'));
  },
};
const whole: Service = {
  isOpen: (path) => path === '/open',
  handle: ({ caller, externalUrl, clientAddress }) =>
    jsonResponse(200, { role: caller?.role ?? null, externalUrl, clientAddress }),
};

interface Seen {
  entries: Record<string, unknown>[];
  warned: string[];
  errors: Record<string, unknown>[];
}

function open(settings: object = {}, options: Partial<ApiOptions> = {}, status: EnvironmentRecord['status'] = 'active') {
  const record: EnvironmentRecord = {
    ref: 'shop',
    projectId: 'p',
    kind: 'production',
    status,
    file: ':memory:',
    objectsDirectory: '',
    settings: environmentSettingsSchema.parse({ durability: 'fast', ...settings }),
    apiKeys: new Map(),
    signingKeys: [key],
    revision: '1',
  };
  const seen: Seen = { entries: [], warned: [], errors: [] };
  const api = createApi({
    directory: { find: (ref) => (ref === 'shop' ? record : Promise.resolve(null)) },
    engine,
    services: { rest: restRow, broken, whole },
    limits: createLimits(),
    clientAddress: createClientAddress([]),
    logger: {
      warn: (_, message) => seen.warned.push(message),
      error: (fields) => seen.errors.push(fields),
      debug: () => {},
    },
    requestLog: { record: (entry) => seen.entries.push({ ...entry }) },
    externalUrl: () => 'https://api.example.com',
    domain: null,
    securityHeaders: apiSecurityHeaders(false),
    serverTiming: false,
    ...options,
  });
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await api.handle(fromFetch(new Request(`http://evil.example${path}`, init), '203.0.113.5'));
    return answer === null ? null : toFetch(answer);
  };
  return { ask, seen };
}

async function json(answer: Promise<Response | null>): Promise<unknown> {
  return (await answer)?.json();
}

test('a URL that is no environment’s is left to other handlers', async () => {
  const { ask } = open();
  expect(await ask('/')).toBeNull();
  expect(await ask('/api/health/live')).toBeNull();
});

test('an unknown environment is 404, an unknown service too', async () => {
  const { ask, seen } = open();
  expect((await ask('/api/other/rest/v1/notes'))?.status).toBe(404);
  expect(await json(ask('/api/shop/nothing/v1/x'))).toMatchObject({ code: 'not_found' });
  expect(await json(ask('/api/shop/constructor/v1/x'))).toMatchObject({ code: 'not_found' });
  // What is no environment has no request log to grow.
  expect(seen.entries.map((entry) => entry.service)).toEqual(['nothing', 'constructor']);
});

test('a paused environment is 503 and says when to come again', async () => {
  const answer = await open({}, {}, 'paused').ask('/api/shop/rest/v1/notes');
  expect([answer?.status, answer?.headers.get('retry-after')]).toEqual([503, '60']);
});

test('a URL beyond all bounds is 414', async () => {
  const { ask } = open();
  expect((await ask(`/api/shop/rest/v1/notes?x=${'a'.repeat(40_000)}`))?.status).toBe(414);
});

test.each([['sync'], ['async']])(
  'an unexpected error (%s) is a 500 without any detail, found again by its request id',
  async (path) => {
    const { ask, seen } = open();
    const answer = await ask(`/api/shop/broken/v1/${path}`);
    const text = (await answer?.text()) ?? '';
    const id = answer?.headers.get('x-request-id') ?? '';
    expect(answer?.status).toBe(500);
    expect(text).toContain(id);
    expect(text + JSON.stringify([...(answer?.headers ?? [])])).not.toMatch(/secret|SELECT|data\.db|\bat .*:\d+/);
    expect(seen.errors).toMatchObject([{ requestId: id, ref: 'shop', err: { message: expect.stringContaining('secret') } }]);
    expect(seen.warned).toEqual(['request failed']);
  },
);

test('a problem is told as it is, without its cause', async () => {
  const answer = await open().ask('/api/shop/broken/v1/problem');
  expect([answer?.status, answer?.headers.get('x-tea')]).toEqual([418, '1']);
  expect(await answer?.json()).toEqual({ code: 'teapot', message: 'short', details: null, hint: 'stout' });
});

test('every answer carries a request id of its own, security headers and no-store', async () => {
  const { ask } = open();
  const ids = new Set<string | null | undefined>();
  for (const path of ['/api/shop/whole/v1/', '/api/shop/broken/v1/sync', '/api/other/rest/v1/x', '/api/shop/rest/v1/missing']) {
    const headers = (await ask(path))?.headers;
    ids.add(headers?.get('x-request-id'));
    expect(headers?.get('x-content-type-options')).toBe('nosniff');
    expect(headers?.get('cache-control')).toBe('no-store');
    expect(headers?.get('server-timing')).toBeNull();
  }
  expect(ids.size).toBe(4);
});

test('a request id sent by a client is not believed', async () => {
  const answer = await open().ask('/api/shop/whole/v1/', { headers: { 'x-request-id': 'mine' } });
  expect(answer?.headers.get('x-request-id')).not.toContain('mine');
});

test('custom headers and Server-Timing come when they are set', async () => {
  const { ask } = open({ api: { responseHeaders: { 'X-Team': 'blue' } } }, { serverTiming: true });
  const answer = await ask('/api/shop/whole/v1/');
  expect(answer?.headers.get('x-team')).toBe('blue');
  expect(answer?.headers.get('server-timing')).toMatch(/^total;dur=\d+\.\d\d$/);
});

test('CORS follows the settings, on errors too, and preflights need no key', async () => {
  const { ask } = open({ cors: { origins: ['https://site.com'] }, api: { requireApiKey: true } });
  const from = (origin: string, more: Record<string, string> = {}) => ({ headers: { origin, ...more } });
  const refused = await ask('/api/shop/rest/v1/notes', from('https://site.com'));
  expect([refused?.status, refused?.headers.get('access-control-allow-origin')]).toEqual([401, 'https://site.com']);
  const evil = await ask('/api/shop/rest/v1/notes', from('https://evil.com'));
  expect(evil?.headers.get('access-control-allow-origin')).toBeNull();
  const preflight = await ask('/api/shop/rest/v1/notes', {
    method: 'OPTIONS',
    ...from('https://site.com', { 'access-control-request-method': 'POST' }),
  });
  expect(preflight?.status).toBe(204);
  expect(preflight?.headers.get('access-control-allow-methods')).toContain('POST');
  expect(preflight?.headers.get('access-control-allow-origin')).toBe('https://site.com');
});

test('the caller, the client and the address of the server are not what a request claims', async () => {
  const { ask } = open();
  const token = mintToken({ sub: 'u', role: 'authenticated', exp: 4_000_000_000 }, [key]);
  const headers = { authorization: `Bearer ${token}`, 'x-forwarded-for': '9.9.9.9', 'x-forwarded-host': 'evil' };
  expect(await json(ask('/api/shop/whole/v1/x', { headers }))).toEqual({
    role: 'authenticated',
    externalUrl: 'https://api.example.com/api/shop',
    clientAddress: '203.0.113.5',
  });
  expect(await json(ask('/api/shop/whole/v1/open', { headers: { apikey: 'rubbish' } }))).toMatchObject({ role: null });
  expect((await ask('/api/shop/whole/v1/shut', { headers: { apikey: 'rubbish' } }))?.status).toBe(401);
});

test('the log has the request without its query, where tokens travel', async () => {
  const { ask, seen } = open();
  const token = mintToken({ role: 'service_role', exp: 4_000_000_000 }, [key]);
  await ask(`/api/shop/whole/v1/x?apikey=${token}`);
  expect(seen.entries).toMatchObject([
    { ref: 'shop', service: 'whole', method: 'GET', path: '/x', status: 200, role: 'service_role' },
  ]);
  expect(JSON.stringify(seen.entries)).not.toContain(token);
});

test('a limit answers 429 with CORS and Retry-After', async () => {
  const { ask } = open({ api: { requestsPerMinute: 1 } });
  const init = { headers: { origin: 'https://a.b' } };
  expect((await ask('/api/shop/whole/v1/', init))?.status).toBe(200);
  const answer = await ask('/api/shop/whole/v1/', init);
  expect([answer?.status, answer?.headers.get('access-control-allow-origin')]).toEqual([429, '*']);
  expect(Number(answer?.headers.get('retry-after'))).toBeGreaterThan(0);
});

test('health is alive at once and ready when it is', async () => {
  const ask = (path: string, ready: boolean) => createHealth(() => ready)(fromFetch(new Request(`http://h${path}`)));
  expect(ask('/api/health/live', false)).toMatchObject({ status: 200 });
  expect(ask('/api/health/ready', false)).toMatchObject({ status: 503 });
  expect(ask('/api/health/ready?x=1', true)).toMatchObject({ status: 200 });
  expect(ask('/api/health/other', true)).toMatchObject({ status: 404 });
});
