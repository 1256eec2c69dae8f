/** The address a request really comes from: the socket's peer, or what a trusted proxy says. */

import { BlockList, isIP } from 'node:net';
import type { HttpRequest } from '#lib/http/exchange.ts';

export type ClientAddress = (request: HttpRequest) => string | null;

/**
 * Walks `X-Forwarded-For` from the right and stops at the first hop that is no trusted proxy: everything left of it was
 * written by the client. Without trusted proxies the header is ignored. Addresses may be given as CIDR ranges.
 */
export function createClientAddress(trusted: readonly string[]): ClientAddress {
  const proxies = new BlockList();
  for (const entry of trusted) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) proxies.addAddress(address, family);
    else proxies.addSubnet(address, Number(prefix), family);
  }
  const isTrusted = (address: string) => proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return (request) => {
    const peer = normalize(request.remoteAddress);
    if (peer === null || trusted.length === 0 || !isTrusted(peer)) return peer;
    const hops = (request.header('x-forwarded-for') ?? '').split(',').map((hop) => normalize(hop.trim()));
    for (const hop of hops.reverse()) {
      if (hop === null) return peer;
      if (!isTrusted(hop)) return hop;
    }
    return peer;
  };
}

/** IPv4 in its plain form; null for anything that is no address. */
function normalize(address: string | null): string | null {
  if (address === null) return null;
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(plain) === 0 ? null : plain;
}

/** What limits count by: an IPv4 address, or an IPv6 /64, which one subscriber owns whole. */
export function toLimitKey(address: string | null): string {
  if (address === null) return 'local';
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups =
    tail === undefined ? left : [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
