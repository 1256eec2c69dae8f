/** Whose address counts: the socket's, or what a trusted proxy says; and what limits count by. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createClientAddress, toLimitKey } from '#lib/http/client-address.ts';
import { fromFetch } from '#lib/http/fetch-exchange.ts';

function addressOf(trusted: string[], peer: string | null, forwarded?: string, more: Record<string, string> = {}) {
  const headers = { ...more, ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }) };
  return createClientAddress(trusted)(fromFetch(new Request('http://h/', { headers }), peer));
}

test('without trusted proxies the headers are ignored', () => {
  const spoofs = { forwarded: 'for=9.9.9.9', 'x-real-ip': '9.9.9.9', 'true-client-ip': '9.9.9.9', 'cf-connecting-ip': '9.9.9.9' };
  expect(addressOf([], '203.0.113.5', '9.9.9.9', spoofs)).toBe('203.0.113.5');
  expect(addressOf(['10.0.0.0/8'], '203.0.113.5', '9.9.9.9', spoofs)).toBe('203.0.113.5');
  expect(addressOf(['10.0.0.0/8'], '10.0.0.1', undefined, spoofs)).toBe('10.0.0.1');
});

test.each([
  ['one hop', '198.51.100.7', '198.51.100.7'],
  ['what the client wrote to the left', '1.1.1.1, 127.0.0.1, 198.51.100.7', '198.51.100.7'],
  ['a chain of trusted proxies', '1.1.1.1, 198.51.100.7, 10.2.2.2', '198.51.100.7'],
  ['only trusted hops', '10.1.1.1, 10.2.2.2', '10.0.0.1'],
  ['no address', '1.1.1.1, unknown', '10.0.0.1'],
  ['an address with a port', '198.51.100.7:1234', '10.0.0.1'],
  ['an empty header', '', '10.0.0.1'],
  ['an empty last entry', '1.1.1.1,', '10.0.0.1'],
  ['an IPv4 address in IPv6 form', '::ffff:198.51.100.7', '198.51.100.7'],
  ['an IPv4 address in upper-case IPv6 form', '::FFFF:198.51.100.7', '198.51.100.7'],
  ['an IPv6 address', '2001:db8::7', '2001:db8::7'],
])('behind a trusted proxy: %s', (_, forwarded, expected) => {
  expect(addressOf(['10.0.0.0/8'], '10.0.0.1', forwarded)).toBe(expected);
  expect(addressOf(['10.0.0.0/8'], '::ffff:10.0.0.1', forwarded)).toBe(expected);
});

test('proxies may be single addresses and IPv6 ranges', () => {
  expect(addressOf(['192.0.2.1'], '192.0.2.1', '8.8.8.8')).toBe('8.8.8.8');
  expect(addressOf(['192.0.2.1'], '192.0.2.2', '8.8.8.8')).toBe('192.0.2.2');
  expect(addressOf(['fd00::/8'], 'fd12::1', '8.8.8.8')).toBe('8.8.8.8');
  expect(addressOf(['fd00::/8'], null, '8.8.8.8')).toBeNull();
});

test('the client cannot move its key by writing more hops', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string())), (hops) => {
      const spoof = [...hops.map((hop) => hop.replace(/[^\x21-\x7e]/g, '')), '198.51.100.7'].join(', ');
      expect(addressOf(['10.0.0.1'], '10.0.0.1', spoof)).toBe('198.51.100.7');
    }),
  );
});

test.each([
  ['198.51.100.7', '198.51.100.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('%s counts as %s', (address, key) => {
  expect(toLimitKey(address)).toBe(key);
});

test('addresses of one /64 share a key, of two do not', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }),
      fc.array(fc.nat(0xffff), { minLength: 4, maxLength: 4 }),
      (groups, other) => {
        const text = (list: number[]) => list.map((group) => group.toString(16)).join(':');
        const key = toLimitKey(text(groups));
        expect(toLimitKey(text([...groups.slice(0, 4), ...other]))).toBe(key);
        expect(toLimitKey(text([...groups.slice(0, 3), ((groups[3] ?? 0) + 1) & 0xffff, ...groups.slice(4)]))).not.toBe(key);
      },
    ),
  );
});
