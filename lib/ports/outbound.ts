/** The one way out for HTTP that a setting or a hook names: short, without redirects, and not into private networks. */

import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

const privateRanges = new BlockList();
for (const [address, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  privateRanges.addSubnet(address, prefix, 'ipv4');
}
for (const [address, prefix] of [
  ['::', 96],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  privateRanges.addSubnet(address, prefix, 'ipv6');
}

const timeoutMs = 10_000;

/** `allowPrivate`: for servers that themselves only listen on this machine. */
export function createOutboundFetch(allowPrivate: boolean): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      throw new Error(`Outgoing requests go by HTTP, not ${url.protocol}`);
    if (url.username !== '' || url.password !== '') throw new Error('Outgoing addresses may not hold credentials');
    if (!allowPrivate) await refusePrivate(url.hostname.replace(/^\[|\]$/g, ''));
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(init?.signal ? [init.signal] : [])]);
    return fetch(input, { ...init, redirect: 'error', signal });
  };
}

/** Any private answer refuses the name. Throws when it cannot be resolved. */
async function refusePrivate(host: string): Promise<void> {
  const addresses = isIP(host) === 0 ? (await lookup(host, { all: true })).map((entry) => entry.address) : [host];
  for (const address of addresses) {
    // An IPv4 address in IPv6 form, in whichever spelling, is checked as the IPv4 address it is.
    if (privateRanges.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'))
      throw new Error('Outgoing requests may not enter private networks');
  }
}
