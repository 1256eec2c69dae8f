/** Security cases L01–L04: whose requests a limit counts. */

import { afterAll, expect, test } from 'vitest';
import { createLimits, type LimitedRequest } from '#lib/api/limits.ts';
import { createClientAddress, toLimitKey } from '#lib/http/client-address.ts';
import type { HttpRequest } from '#lib/http/exchange.ts';
import { liveHeapBytes } from '../support/live-heap.ts';
import { openRestEnvironment, type RestEnvironment } from '../support/rest-environment.ts';

const opened: RestEnvironment[] = [];
afterAll(async () => {
  for (const environment of opened) await environment.close();
});

async function open(api: Record<string, unknown>): Promise<RestEnvironment> {
  const environment = await openRestEnvironment(
    'create table notes (id int primary key); alter table notes disable row level security;',
    { api },
  );
  opened.push(environment);
  return environment;
}

function from(remoteAddress: string | null, headers: Record<string, string> = {}): HttpRequest {
  return {
    method: 'GET',
    url: '/',
    header: (name) => headers[name] ?? null,
    headers: () => headers,
    body: () => Promise.resolve(new Uint8Array()),
    stream: () => null,
    remoteAddress,
    signal: null,
  };
}

const spoofs: readonly Record<string, string>[] = [
  { 'x-forwarded-for': '1.1.1.1' },
  { 'x-forwarded-for': '1.1.1.1, 2.2.2.2' },
  { 'x-forwarded-for': '' },
  { 'x-forwarded-for': ',,,' },
  { 'x-forwarded-for': 'unknown' },
  { 'x-forwarded-for': '127.0.0.1' },
  { 'x-real-ip': '1.1.1.1' },
  { 'true-client-ip': '1.1.1.1' },
  { forwarded: 'for=1.1.1.1' },
  { 'cf-connecting-ip': '1.1.1.1' },
  { 'x-client-ip': '1.1.1.1' },
];

test.each(spoofs)('L01 %o from anybody changes nothing', (headers) => {
  expect(createClientAddress([])(from('203.0.113.9', headers))).toBe('203.0.113.9');
  expect(createClientAddress(['10.0.0.0/8'])(from('203.0.113.9', headers))).toBe('203.0.113.9');
});

test.each([
  ['1.1.1.1, 203.0.113.9', '203.0.113.9'],
  ['1.1.1.1, 203.0.113.9, 10.0.0.7', '203.0.113.9'],
  ['203.0.113.9, not-an-address', '10.0.0.1'],
  ['', '10.0.0.1'],
  ['10.0.0.3, 10.0.0.2', '10.0.0.1'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
])('L01 behind a trusted proxy %j counts the hop it vouches for', (forwarded, expected) => {
  expect(createClientAddress(['10.0.0.0/8'])(from('10.0.0.1', { 'x-forwarded-for': forwarded }))).toBe(expected);
});

test('L02 an IPv6 subscriber is one, however many addresses he has', () => {
  const keys = ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', '2001:0db8:0001:0002:0:0:0:1', '2001:DB8:1:2:a:b:c:d'].map(toLimitKey);
  expect(new Set(keys).size).toBe(1);
  expect(toLimitKey('2001:db8:1:3::1')).not.toBe(keys[0]);
});

test('L02 spellings of one path are counted as one', async () => {
  const environment = await open({ rateLimits: [{ service: 'rest', per: 'route', requests: 3, seconds: 60 }] });
  const statuses: number[] = [];
  for (const path of ['/notes', '/notes/', '//notes', '/%6eotes', '/NOTES', '/notes?id=eq.1', '/n%6ftes'])
    statuses.push((await environment.call('GET', path)).status);
  expect(statuses.slice(0, 3)).not.toContain(429);
  expect(statuses.slice(3)).toEqual([429, 429, 429, 429]);
});

test('L03 a flood of addresses fails closed and stays small', async () => {
  const environment = (await open({ requestsPerMinute: 5 })).environment;
  const limits = createLimits();
  const request = (clientAddress: string): LimitedRequest => ({
    environment,
    address: { service: 'rest', path: '/notes' },
    method: 'GET',
    clientAddress,
    subject: null,
  });
  const before = liveHeapBytes();
  let refused = 0;
  for (let index = 0; index < 130_000; index += 1) {
    await limits.take('arrival', request(`10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`))?.catch(() => {
      refused += 1;
    });
  }
  expect(refused).toBeGreaterThan(29_000);
  expect(liveHeapBytes() - before).toBeLessThan(100e6);
  // Who was there before is served on.
  await limits.take('arrival', request('10.0.0.1'));
});

test('L04 a batch is counted by its operations', async () => {
  const environment = await open({ requestsPerMinute: 10 });
  const operations = Array.from({ length: 8 }, (_, index) => ({ method: 'POST', path: '/notes', body: { id: index } }));
  expect((await environment.call('POST', '/batch', { body: operations })).status).toBeLessThan(300);
  const again = await environment.call('POST', '/batch', { body: operations });
  expect(again.status).toBe(429);
});
