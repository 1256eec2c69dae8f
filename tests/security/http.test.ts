/** Security cases H01–H08 against the running server: forged requests, headers, cookies, raw sockets. */

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes } from '#lib/control/platform-api/routes.ts';
import { addCors } from '#lib/http/cors.ts';
import { emptyResponse, type HttpRequest } from '#lib/http/exchange.ts';
import { type RunningServer, startServer } from '../faults/start-server.ts';
import { createTestProject, type TestProject } from '../faults/test-project.ts';

const email = 'owner@example.com';
const password = 'correct horse battery staple';

let home: string;
let server: RunningServer;
let project: TestProject;
let cookie: string;
let setCookie: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'koyalite-http-'));
  const env = { KOYALITE_ADMIN_EMAIL: email, KOYALITE_ADMIN_PASSWORD: password, KOYALITE_PUBLIC_URL: 'https://api.example.com' };
  server = await startServer(home, { env });
  project = await createTestProject(
    server,
    'http',
    'create table notes (id int primary key, body text); alter table notes disable row level security;',
    randomUUID(),
  );
  const answer = await fetch(`${server.url}/api/platform/v1/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  setCookie = answer.headers.get('set-cookie') ?? '';
  cookie = setCookie.split(';')[0] ?? '';
}, 60_000);

afterAll(async () => {
  await server?.stop();
  rmSync(home, { recursive: true, force: true });
});

test('H01 what another site makes a browser send to a cookie route is refused', async () => {
  expect(cookie).not.toBe('');
  const forgeries = [
    { origin: 'https://evil.example', 'content-type': 'text/plain' },
    { origin: 'null', 'content-type': 'application/x-www-form-urlencoded' },
    { origin: 'https://api.example.com.evil.example', 'content-type': 'application/json' },
    { 'sec-fetch-site': 'cross-site', 'content-type': 'application/json' },
    { 'sec-fetch-site': 'same-site', origin: 'https://api.example.com', 'content-type': 'application/json' },
    { 'sec-fetch-site': 'none', 'content-type': 'multipart/form-data; boundary=x' },
    { 'content-type': 'text/plain' },
  ];
  const changing = routes.filter((route) => route.method !== 'GET' && route.access !== 'public');
  expect(changing.length).toBeGreaterThan(15);
  for (const route of changing) {
    const path = route.path.replace('{ref}', project.ref).replace(/\{\w+\}/g, 'x');
    for (const forged of forgeries) {
      const answer = await fetch(`${server.url}/api/platform/v1${path}`, {
        method: route.method,
        headers: { cookie, ...forged },
        body: '{}',
      });
      expect([route.method, path, answer.status]).toEqual([route.method, path, 403]);
    }
  }
  const signIn = await fetch(`${server.url}/api/platform/v1/sign-in`, {
    method: 'POST',
    headers: { origin: 'https://evil.example', 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  expect([signIn.status, signIn.headers.get('set-cookie')]).toEqual([403, null]);
}, 60_000);

test.each([
  'https://evil.example',
  'null',
  'https://site.com.evil',
  'https://evilsite.com',
  'http://site.com',
  'https://site.com:8443',
  'https://site.com@evil.example',
])('H02 the origin %s is not let in where one is named', (origin) => {
  const answer = emptyResponse(200);
  const request: HttpRequest = {
    method: 'GET',
    url: '/',
    header: (name) => (name === 'origin' ? origin : null),
    headers: () => ({}),
    body: () => Promise.resolve(new Uint8Array()),
    stream: () => null,
    remoteAddress: null,
    signal: null,
  };
  addCors(answer, request, ['https://site.com']);
  expect(answer.headers.join()).not.toMatch(/access-control-allow/i);
});

test('H02 no answer allows credentials, and the Platform API is open to no origin', async () => {
  for (const origin of ['https://evil.example', 'null']) {
    for (const path of [
      `${project.path}/rest/v1/notes`,
      `${project.path}/auth/v1/settings`,
      '/api/platform/v1/projects',
      '/api/platform/v1/sign-in',
      '/api/health/live',
      '/metrics',
    ]) {
      for (const method of ['GET', 'OPTIONS']) {
        const answer = await fetch(server.url + path, {
          method,
          headers: { origin, cookie, 'access-control-request-method': 'POST' },
        });
        expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
        expect([null, '*']).toContain(answer.headers.get('access-control-allow-origin'));
        if (path.startsWith('/api/platform')) expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      }
    }
  }
});

test('H03 no page of another site opens a WebSocket with the cookie', async () => {
  for (const path of ['/', `${project.path}/realtime/v1/websocket`, `${project.path}/rest/v1/notes`, '/_next/webpack-hmr']) {
    const told = await send(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: https://evil.example\r\n` +
        `Cookie: ${cookie}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    expect([path, told]).toEqual([path, expect.not.stringMatching(/^HTTP\/1\.1 101/)]);
  }
});

test('H04 every API answer, errors among them, asks the browser for nothing', async () => {
  const paths = [
    `${project.path}/rest/v1/notes`,
    `${project.path}/rest/v1/nope`,
    `${project.path}/auth/v1/settings`,
    `${project.path}/auth/v1/nope`,
    '/api/nope/rest/v1/x',
    `${project.path}/nope/v1/x`,
    '/api/platform/v1/projects',
    '/api/platform/v1/nope',
    '/api/platform/v1/openapi.json',
  ];
  for (const path of paths) {
    const { headers } = await fetch(server.url + path);
    expect([path, headers.get('x-content-type-options')]).toEqual([path, 'nosniff']);
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(Number(/max-age=(\d+)/.exec(headers.get('strict-transport-security') ?? '')?.[1])).toBeGreaterThanOrEqual(31_536_000);
    expect(headers.get('x-powered-by')).toBeNull();
  }
});

test('H05 the session cookie is bound to this host, hidden from scripts and secure', () => {
  expect(setCookie).toMatch(/^__Host-[\w-]+=/);
  for (const attribute of ['HttpOnly', 'Secure', 'Path=/']) expect(setCookie).toContain(attribute);
  expect(setCookie).toMatch(/SameSite=(Lax|Strict)/);
  expect(setCookie).not.toMatch(/Domain=/i);
});

/** What the server says to these bytes until it closes or falls silent. */
function send(bytes: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let told = '';
    socket.setEncoding('latin1');
    socket.setTimeout(250, () => socket.destroy());
    socket.on('data', (chunk: string) => {
      told += chunk;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(told));
    socket.write(bytes, 'latin1');
  });
}

const smuggled = 'GET /api/health/ready HTTP/1.1\r\nHost: smuggled\r\n\r\n';
const post = (headers: string, body: string) =>
  `POST ${project.path}/rest/v1/notes HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n${body}`;

const probes: Readonly<Record<string, () => string>> = {
  'CL.TE': () => post(`Content-Length: ${5 + smuggled.length}\r\nTransfer-Encoding: chunked`, `0\r\n\r\n${smuggled}`),
  'TE.CL': () =>
    post('Transfer-Encoding: chunked\r\nContent-Length: 4', `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`),
  'two lengths': () => post(`Content-Length: 0\r\nContent-Length: ${smuggled.length}`, smuggled),
  'a list of lengths': () => post(`Content-Length: 0, ${smuggled.length}`, smuggled),
  'a signed length': () => post('Content-Length: +0', smuggled),
  'a negative length': () => post('Content-Length: -1', smuggled),
  'a length in hex': () => post('Content-Length: 0x0', smuggled),
  'an unknown encoding': () => post('Transfer-Encoding: xchunked', smuggled),
  'chunked, then something else': () => post('Transfer-Encoding: chunked, identity', `0\r\n\r\n${smuggled}`),
  'chunked twice': () => post('Transfer-Encoding: chunked\r\nTransfer-Encoding: x', `0\r\n\r\n${smuggled}`),
  'space before the colon': () => post('Transfer-Encoding : chunked', `0\r\n\r\n${smuggled}`),
  'obs-fold': () => post('X: a\r\n Transfer-Encoding: chunked', `0\r\n\r\n${smuggled}`),
  'obs-fold of the encoding': () => post('Transfer-Encoding:\r\n chunked', `0\r\n\r\n${smuggled}`),
  'a bare line feed': () => `POST ${project.path}/rest/v1/notes HTTP/1.1\nHost: x\nContent-Length: 0\n\n${smuggled}`,
  'a bare carriage return': () => post('X: a\rTransfer-Encoding: chunked', `0\r\n\r\n${smuggled}`),
  'a chunk size with a sign': () => post('Transfer-Encoding: chunked', `+0\r\n\r\n${smuggled}`),
  'a chunk without its end': () => post('Transfer-Encoding: chunked', `1\r\nAB0\r\n\r\n${smuggled}`),
  'a chunk extension with a line feed': () => post('Transfer-Encoding: chunked', `1;a\nb\r\nA\r\n0\r\n\r\n${smuggled}`),
  'two hosts': () => `GET ${project.path}/rest/v1/notes HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`,
  'no host': () => `GET ${project.path}/rest/v1/notes HTTP/1.1\r\n\r\n`,
  'a NUL in a header': () => post('X: a\0b', ''),
  'an old protocol with a body behind': () => `GET ${project.path}/rest/v1/notes HTTP/0.9\r\n\r\n${smuggled}`,
  'a method of its own': () => `SMUGGLE / HTTP/1.1\r\nHost: x\r\n\r\n${smuggled}`,
};

test.each(Object.entries(probes))('H06 %s: 400, and nothing behind it is answered', async (_name, make) => {
  const told = await send(make());
  expect(told).toMatch(/^HTTP\/1\.1 400 /);
  expect(told.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  expect(told).not.toContain('"ready"');
});

test('H06 two requests that are both sound are both answered', async () => {
  const told = await send(smuggled + smuggled);
  expect(told.match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
});

test('H07 no answer about data may be kept, a read with a body among them', async () => {
  const paths = [
    `${project.path}/rest/v1/notes`,
    `${project.path}/rest/v1/nope`,
    `${project.path}/auth/v1/user`,
    '/api/platform/v1/projects',
  ];
  for (const path of paths) {
    const answer = await fetch(server.url + path, { headers: project.headers });
    expect([path, answer.headers.get('cache-control')]).toEqual([path, expect.stringContaining('no-store')]);
  }
  const told = await send(`GET ${project.path}/rest/v1/notes HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}`);
  expect(told).toMatch(/cache-control: no-store/i);
});

test.each([
  'TRACE /',
  'TRACK /',
  'CONNECT /',
  'TRACE /api/platform/v1/projects',
  'GET /metrics',
  'GET /server.json',
  'GET /api/debug',
  'GET /api/health/../../server.json',
  'DELETE /api/health/live',
])('H08 %s shows nothing', async (line) => {
  const [method, path] = line.split(' ');
  const told = await send(`${method} ${path} HTTP/1.1\r\nHost: x\r\nX-Secret: reflected\r\nConnection: close\r\n\r\n`);
  expect(told).toMatch(/^(HTTP\/1\.1 (400|401|403|404|405|501|503) |$)/);
  expect(told).not.toMatch(/reflected|token/);
});

test.each([
  '/.git/HEAD',
  '/.env',
  '/package.json',
  '/server.ts',
  '/.koyalite/server.json',
  '/_next/static/../../server.ts',
  '/%2e%2e/package.json',
  '/..%2fpackage.json',
  '/prisma/schema.prisma',
])('H08 %s is no page', async (path) => {
  const told = await send(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  expect(told).not.toMatch(/^HTTP\/1\.1 200/);
  expect(told).not.toMatch(/"dependencies"|ref: refs|import \{/);
});
