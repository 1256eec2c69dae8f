/** Cross-origin answers: who may read, never with credentials, and nothing for an origin that is not listed. */

import { expect, test } from 'vitest';
import { addCors, answerPreflight, isPreflight } from '#lib/http/cors.ts';
import { emptyResponse } from '#lib/http/exchange.ts';
import { fromFetch, toFetch } from '#lib/http/fetch-exchange.ts';

const site = ['https://site.com'];

function ask(origin: string | null, headers: Record<string, string> = {}, method = 'GET') {
  return fromFetch(new Request('http://h/', { method, headers: { ...headers, ...(origin === null ? {} : { origin }) } }));
}

function answer(origin: string | null, origins: string[]): Headers {
  const response = emptyResponse(200);
  addCors(response, ask(origin), origins);
  return toFetch(response).headers;
}

function preflight(origin: string, origins: string[], asked = 'x-mine, apikey'): Headers {
  const request = ask(origin, { 'access-control-request-method': 'POST', 'access-control-request-headers': asked }, 'OPTIONS');
  expect(isPreflight(request)).toBe(true);
  return toFetch(answerPreflight(request, origins)).headers;
}

test.each([
  ['https://site.com.evil'],
  ['https://evil-site.com'],
  ['https://evil.com'],
  ['http://site.com'],
  ['https://site.com:444'],
  ['https://SITE.com'],
  ['https://sub.site.com'],
  ['null'],
])('%s is not let in by a list', (origin) => {
  expect(answer(origin, site).get('access-control-allow-origin')).toBeNull();
  const headers = preflight(origin, site);
  expect(headers.get('access-control-allow-origin')).toBeNull();
  expect(headers.get('access-control-allow-headers')).toBeNull();
});

test('a listed origin is named, and caches are told', () => {
  expect(answer('https://site.com', site).get('access-control-allow-origin')).toBe('https://site.com');
  expect(answer('https://site.com', site).get('vary')).toBe('Origin');
  expect(preflight('https://site.com', site).get('access-control-allow-origin')).toBe('https://site.com');
  expect(preflight('https://site.com', site).get('vary')).toContain('Origin');
});

test('the wildcard reflects no origin, and credentials are never allowed', () => {
  for (const headers of [
    answer('null', ['*']),
    answer('https://a.b', ['*']),
    preflight('null', ['*']),
    preflight('https://site.com', site),
  ]) {
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  }
  expect(answer('https://a.b', ['*']).get('access-control-allow-origin')).toBe('*');
  expect(preflight('https://a.b', ['*']).get('access-control-allow-origin')).toBe('*');
});

test('without an Origin nothing is added', () => {
  expect([...answer(null, ['*'])]).toEqual([]);
});

test('a preflight allows what the client libraries send and what was asked for, if it is a name', () => {
  const allowed = preflight('https://a.b', ['*'], 'X-Mine, bad name, x<script>').get('access-control-allow-headers') ?? '';
  const names = allowed.split(', ');
  for (const name of ['authorization', 'apikey', 'prefer', 'x-client-info', 'content-profile', 'x-mine'])
    expect(names).toContain(name);
  expect(allowed).not.toContain('script');
  expect(names).not.toContain('bad name');
});

test('an OPTIONS request without a requested method is no preflight', () => {
  expect(isPreflight(ask('https://a.b', {}, 'OPTIONS'))).toBe(false);
  expect(isPreflight(ask('https://a.b', { 'access-control-request-method': 'GET' }))).toBe(false);
});
