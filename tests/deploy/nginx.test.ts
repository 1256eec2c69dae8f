/** What NGINX in front of KoyaLite lets through, rewrites and refuses. */

import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningNginx, startNginx } from './nginx-running.ts';

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

let upstream: Server;
let nginx: RunningNginx;

beforeAll(async () => {
  upstream = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ url: request.url, headers: request.headers }));
  });
  upstream.on('upgrade', (request, socket) => {
    socket.end(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${request.headers.upgrade}\r\nConnection: Upgrade\r\n\r\n`);
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  nginx = await startNginx((upstream.address() as AddressInfo).port);
});

afterAll(async () => {
  await nginx?.stop();
  upstream.closeAllConnections();
  upstream.close();
});

function ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: nginx.httpsPort, path, headers, rejectUnauthorized: false };
    const request = httpsRequest(options, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '' });
    });
    request.on('error', reject);
    request.end();
  });
}

async function received(path: string, headers: Record<string, string>): Promise<{ url: string; headers: IncomingHttpHeaders }> {
  return JSON.parse((await ask(path, headers)).body);
}

test('plain HTTP is sent to HTTPS', async () => {
  const answer = await fetch(`http://127.0.0.1:${nginx.httpPort}/projects?a=1`, { redirect: 'manual' });
  expect([answer.status, answer.headers.get('location')]).toEqual([301, 'https://127.0.0.1/projects?a=1']);
});

test('answers carry HSTS and no version of NGINX', async () => {
  const { headers } = await ask('/');
  expect(headers['strict-transport-security']).toMatch(/^max-age=63072000/);
  expect(headers.server).toBe('nginx');
});

test.each([
  '/',
  '/api/shop/rest/v1/notes',
  '/api/shop/storage/v1/object/a',
  '/api/shop/realtime/v1/websocket',
  '/api/shop/auth/v1/token',
])('a client cannot claim an address or an internal header at %s', async (path) => {
  const { headers } = await received(path, {
    'x-forwarded-for': '6.6.6.6',
    'x-real-ip': '6.6.6.6',
    forwarded: 'for=6.6.6.6',
    'true-client-ip': '6.6.6.6',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'evil.example',
    'x-middleware-subrequest': 'middleware',
    'next-action': 'x',
  });
  expect(JSON.stringify(headers)).not.toMatch(/6\.6\.6\.6|evil\.example|middleware|next-action/);
  expect(headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https' });
  expect(headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
});

test('path and query arrive as they were sent', async () => {
  const path = '/api/shop/rest/v1/a%2Fb?select=id,%22x%20y%22&or=(a.eq.1,b.eq.2)';
  expect((await received(path, {})).url).toBe(path);
});

test('a WebSocket is upgraded', async () => {
  const { status } = await ask('/api/shop/realtime/v1/websocket', { connection: 'Upgrade', upgrade: 'websocket' });
  expect(status).toBe(101);
});

test('password endpoints are limited before the rest of the API', async () => {
  const statuses = async (path: string): Promise<number[]> => {
    return (await Promise.all(Array.from({ length: 60 }, () => ask(path)))).map((answer) => answer.status);
  };
  expect(await statuses('/api/shop/rest/v1/notes')).not.toContain(429);
  const auth = await statuses('/api/shop/auth/v1/token');
  expect(auth).toContain(200);
  expect(auth).toContain(429);
});
