/** Where a setting or a hook may not send this server. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOutboundFetch, type Resolver } from '#lib/ports/outbound.ts';

let reached = 0;
const server = createServer((request, response) => {
  reached += 1;
  if (request.url === '/moved') response.writeHead(302, { location: '/' });
  if (request.url === '/empty') return void response.writeHead(204).end();
  if (request.url === '/long') return void response.end('x'.repeat(2000));
  if (request.url === '/endless') {
    // Without a length, and never done.
    const more = () => response.destroyed || response.write('x'.repeat(1000), more);
    return more();
  }
  if (request.url === '/echo') {
    response.writeHead(
      201,
      [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['x-host', request.headers.host ?? ''],
      ].flat(),
    );
    request.pipe(response);
    return;
  }
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

const loopback = { address: '127.0.0.1', family: 4 };
const elsewhere = { address: '203.0.113.1', family: 4 };

test('a resolver that changes its answer between two calls: the one that was checked is the one connected to', async () => {
  const answers = [[elsewhere], [loopback], [loopback]];
  const asked: string[] = [];
  const resolve: Resolver = async (host) => {
    asked.push(host);
    return answers.shift() ?? [];
  };
  const before = reached;
  const call = createOutboundFetch(false, { resolve, timeoutMs: 300 });
  // Checked as public, so public is where it goes (and where nobody answers): a second look-up would have led inside.
  await expect(call(`http://rebind.example:${port}/`)).rejects.toThrow();
  expect(asked).toEqual(['rebind.example']);
  await expect(call(`http://rebind.example:${port}/`)).rejects.toThrow(/private networks/);
  expect(asked).toHaveLength(2);
  expect(reached).toBe(before);
});

test.each([
  ['public and private together', [elsewhere, loopback]],
  ['private in IPv6 form', [{ address: '::ffff:127.0.0.1', family: 6 }]],
])('%s refuse the name', async (_, addresses) => {
  const before = reached;
  const call = createOutboundFetch(false, { resolve: async () => addresses });
  await expect(call(`http://mixed.example:${port}/`)).rejects.toThrow(/private networks/);
  expect(reached).toBe(before);
});

test('a name that cannot be resolved is refused, and so is one without an address', async () => {
  const failing = createOutboundFetch(false, { resolve: () => Promise.reject(new Error('SERVFAIL')) });
  await expect(failing(`http://gone.example:${port}/`)).rejects.toThrow('SERVFAIL');
  await expect(createOutboundFetch(false, { resolve: async () => [] })(`http://gone.example:${port}/`)).rejects.toThrow(
    'no address',
  );
});

test('no redirect is followed, whatever the method and whoever asks for it', async () => {
  const call = createOutboundFetch(true);
  for (const init of [{}, { method: 'POST', body: 'x' }, { redirect: 'follow' } as const]) {
    const before = reached;
    await expect(call(`http://127.0.0.1:${port}/moved`, init)).rejects.toThrow(/redirect/);
    expect(reached).toBe(before + 1);
  }
});

test('an answer over the limit is cut off, also one that names no length and never ends', async () => {
  const call = createOutboundFetch(true, { limitBytes: 1999 });
  await expect(call(`http://127.0.0.1:${port}/long`)).rejects.toThrow(/larger than 1999/);
  await expect(call(`http://127.0.0.1:${port}/endless`)).rejects.toThrow(/larger than 1999/);
  expect(await (await createOutboundFetch(true, { limitBytes: 2000 })(`http://127.0.0.1:${port}/long`)).text()).toHaveLength(
    2000,
  );
});

test.each([
  ['says nothing', ''],
  ['stops within its headers', 'HTTP/1.1 200 OK\r\nX-Slow:'],
  ['stops within its body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort'],
])('a server that %s is left when the time is up', async (_, said) => {
  const sockets: Socket[] = [];
  const slow = createTcpServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {}).write(said);
  });
  await once(slow.listen(0, '127.0.0.1'), 'listening');
  const address = slow.address();
  const at = typeof address === 'object' ? address?.port : 0;
  await expect(createOutboundFetch(true, { timeoutMs: 200 })(`http://127.0.0.1:${at}/`)).rejects.toThrow(/timeout/i);
  for (const socket of sockets) socket.destroy();
  slow.close();
});

test('method, body and headers go out as given, status and headers come back, also of a Request', async () => {
  const call = createOutboundFetch(false, { resolve: async () => [elsewhere] });
  const local = createOutboundFetch(true, { resolve: async () => [loopback] });
  await expect(call('http://public.example:22/')).rejects.toThrow(/port 22/);
  await expect(call('http://public.example:6379/')).rejects.toThrow(/port 6379/);
  const url = `http://named.example:${port}/echo`;
  for (const send of [
    () => local(url, { method: 'POST', body: new URLSearchParams({ a: 'b' }) }),
    () => local(new Request(url, { method: 'POST', body: 'a=b' })),
  ]) {
    const response = await send();
    expect(response.status).toBe(201);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('x-host')).toBe(`named.example:${port}`);
    expect(await response.text()).toBe('a=b');
  }
  expect(await (await local(`http://named.example:${port}/empty`)).text()).toBe('');
});
