/** Which URL and host address which environment, and what odd paths become. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findAddress, getEnvironment } from '#lib/api/resolve-environment.ts';
import type { EnvironmentRecord, EnvironmentStatus } from '#lib/identity/environment.ts';
import { defaultEnvironmentSettings } from '#lib/identity/environment-settings.ts';

test('by path', () => {
  expect(findAddress('/api/shop-pr-42/rest/v1/notes?select=a%2Fb&x=?', null, null)).toEqual({
    ref: 'shop-pr-42',
    service: 'rest',
    path: '/notes',
    query: 'select=a%2Fb&x=?',
    base: '/api/shop-pr-42',
  });
  expect(findAddress('/api/shop/rest/v1', null, null)).toMatchObject({ path: '/', query: '' });
  expect(findAddress('/api/shop/rest/v1?a=1', null, null)).toMatchObject({ path: '/', query: 'a=1' });
});

test('by host', () => {
  const address = findAddress('/auth/v1/token?grant_type=password', 'Shop.Example.com:8443', 'example.com');
  expect(address).toEqual({ ref: 'shop', service: 'auth', path: '/token', query: 'grant_type=password', base: '' });
});

test('well-known documents in front of the issuer’s path, as RFC 8414 has them', () => {
  const metadata = { service: 'auth', path: '/.well-known/oauth-authorization-server', query: '' };
  const url = '/.well-known/oauth-authorization-server/api/shop/auth/v1';
  expect(findAddress(url, null, null)).toEqual({ ...metadata, ref: 'shop', base: '/api/shop' });
  expect(findAddress(`${url}/`, null, null)).toMatchObject({ ref: 'shop', path: metadata.path });
  const byHost = findAddress('/.well-known/oauth-authorization-server/auth/v1', 'shop.example.com', 'example.com');
  expect(byHost).toEqual({ ...metadata, ref: 'shop', base: '' });
  for (const other of [
    '/.well-known/oauth-authorization-server',
    '/.well-known/jwks.json/api/shop/auth/v1',
    `${url}/admin/users`,
    '/.well-known/oauth-authorization-server/api/shop/rest/v1',
    '/.well-known/oauth-authorization-server/auth/v1',
  ])
    expect(findAddress(other, null, null)).toBeNull();
});

test.each([
  ['another domain', 'shop.example.com.evil'],
  ['the domain as a suffix', 'shopexample.com'],
  ['the domain itself', 'example.com'],
  ['no host', null],
])('by host: %s addresses nothing', (_, host) => {
  expect(findAddress('/rest/v1/notes', host, 'example.com')).toBeNull();
});

test('by host needs a domain', () => {
  expect(findAddress('/rest/v1/notes', 'shop.example.com', null)).toBeNull();
});

test.each([
  ['/'],
  ['/api'],
  ['/api/shop'],
  ['/api/shop/rest'],
  ['/api/shop/rest/v2/notes'],
  ['/api/shop/rest/v11'],
  ['/api//rest/v1/notes'],
  ['//api/shop/rest/v1/notes'],
  ['/api/shop//rest/v1/notes'],
  ['/API/shop/rest/v1/notes'],
  ['/api/Shop/rest/v1/notes'],
  ['/api/sh%6Fp/rest/v1/notes'],
  ['/api/shop/re%73t/v1/notes'],
  ['/api/../api/shop/rest/v1/notes'],
  ['/api/shop%2Frest/v1/notes'],
  ['/api/shop/rest%2fv1/notes'],
  ['/api/shop/Rest/v1/notes'],
  ['/api/1shop/rest/v1/notes'],
])('%s addresses nothing', (url) => {
  expect(findAddress(url, null, null)).toBeNull();
});

test.each([
  ['/api/shop/rest/v1/..%2fauth%2fv1%2fadmin', '/..%2fauth%2fv1%2fadmin'],
  ['/api/shop/rest/v1/../../auth/v1/admin', '/../../auth/v1/admin'],
  ['/api/shop/rest/v1/notes%00', '/notes%00'],
  ['/api/shop/rest/v1/%252e%252e', '/%252e%252e'],
])('%s stays with its service, undecoded', (url, path) => {
  expect(findAddress(url, null, null)).toMatchObject({ ref: 'shop', service: 'rest', path });
});

test('whatever follows, the service in the URL is the one addressed', () => {
  fc.assert(
    fc.property(fc.webPath(), fc.webQueryParameters(), (path, query) => {
      const address = findAddress(`/api/shop/rest/v1${path}?${query}`, null, null);
      expect(address).toMatchObject({ ref: 'shop', service: 'rest', path: path === '' ? '/' : path, query });
    }),
  );
});

function directory(status: EnvironmentStatus | null, later = false) {
  const record: EnvironmentRecord | null =
    status === null
      ? null
      : {
          ref: 'shop',
          projectId: 'p',
          kind: 'production',
          status,
          file: '',
          objectsDirectory: '',
          settings: defaultEnvironmentSettings,
          apiKeys: new Map(),
          signingKeys: [],
          revision: '1',
        };
  return { find: () => (later ? Promise.resolve(record) : record) };
}

test.each([
  [null, 404, 'environment_not_found', undefined],
  ['deleting', 404, 'environment_not_found', undefined],
  ['paused', 503, 'environment_unavailable', '60'],
  ['provisioning', 503, 'environment_unavailable', '1'],
] as const)('an environment that is %s answers %d', async (status, code, name, wait) => {
  const expected = { status: code, code: name, headers: wait === undefined ? [] : ['Retry-After', wait] };
  expect(() => getEnvironment(directory(status), 'shop')).toThrowError(expect.objectContaining(expected));
  await expect(getEnvironment(directory(status, true), 'shop')).rejects.toMatchObject(expected);
});

test('an active environment is found at once when it is known', () => {
  expect(getEnvironment(directory('active'), 'shop')).toMatchObject({ ref: 'shop' });
});
