/** Where a setting or a hook may not send this server. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOutboundFetch } from '#lib/ports/outbound.ts';

let reached = 0;
const server = createServer((request, response) => {
  reached += 1;
  if (request.url === '/moved') response.writeHead(302, { location: '/' });
  response.end('here');
});
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

test.each([
  ['127.0.0.1'],
  ['127.9.9.9'],
  ['2130706433'],
  ['0x7f000001'],
  ['0177.0.0.1'],
  ['127.1'],
  ['0.0.0.0'],
  ['0'],
  ['10.1.2.3'],
  ['100.64.0.1'],
  ['169.254.169.254'],
  ['172.16.0.1'],
  ['172.31.255.255'],
  ['192.168.1.1'],
  ['198.18.0.1'],
  ['224.0.0.1'],
  ['255.255.255.255'],
  ['[::1]'],
  ['[::]'],
  ['[::ffff:127.0.0.1]'],
  ['[::ffff:7f00:1]'],
  ['[0:0:0:0:0:ffff:a9fe:a9fe]'],
  ['[::127.0.0.1]'],
  ['[64:ff9b::7f00:1]'],
  ['[64:ff9b:1::7f00:1]'],
  ['[2002:7f00:1::]'],
  ['[2001:0:1::1]'],
  ['[fc00::1]'],
  ['[fd12:3456::1]'],
  ['[fe80::1]'],
  ['[fec0::1]'],
  ['[ff02::1]'],
  ['localhost'],
])('%s is inside', async (host) => {
  const before = reached;
  await expect(createOutboundFetch(false)(`http://${host}:${port}/`)).rejects.toThrow(
    /^Outgoing requests may not enter private networks$/,
  );
  expect(reached).toBe(before);
});

test.each([['file:///etc/passwd'], ['ftp://example.com/'], ['data:text/plain,x'], ['http://user:pass@example.com/']])(
  '%s is no address to go to',
  async (url) => {
    for (const isOpen of [true, false])
      await expect(createOutboundFetch(isOpen)(url)).rejects.toThrow(/^Outgoing (requests|addresses)/);
  },
);

test('a server that only listens on this machine may call this machine, but follows no redirect', async () => {
  const call = createOutboundFetch(true);
  expect(await (await call(`http://127.0.0.1:${port}/`)).text()).toBe('here');
  await expect(call(`http://127.0.0.1:${port}/moved`)).rejects.toThrow();
});

test('a Request and its own signal are kept', async () => {
  const controller = new AbortController();
  controller.abort();
  await expect(createOutboundFetch(true)(`http://127.0.0.1:${port}/`, { signal: controller.signal })).rejects.toThrow(/abort/i);
  await expect(createOutboundFetch(false)(new Request(`http://127.0.0.1:${port}/`))).rejects.toThrow(/private/);
});
