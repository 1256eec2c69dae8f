/** Node's sockets as the exchange types, over a real HTTP server. */

import { once } from 'node:events';
import { request as clientRequest, createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { emptyResponse, type HttpRequest, type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { fromNode, toNode } from '#lib/http/node-exchange.ts';
import { isProblem } from '#lib/http/problem.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(handler: (request: HttpRequest) => HttpResponse | Promise<HttpResponse>): Promise<number> {
  const server = createServer((message, response) => {
    void Promise.resolve()
      .then(() => handler(fromNode(message, response)))
      .catch((error: unknown) =>
        jsonResponse(isProblem(error) ? error.status : 500, { code: isProblem(error) ? error.code : 'x' }),
      )
      .then((answer) => toNode(answer, message, response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

const echo = async (request: HttpRequest) => jsonResponse(200, { size: (await request.body(1000)).byteLength });

test('method, raw URL, repeated headers and the peer', async () => {
  const port = await serve((request) =>
    jsonResponse(200, [
      request.method,
      request.url,
      request.header('x-a'),
      request.headers()['x-a'],
      request.remoteAddress,
      request.header('x-no'),
    ]),
  );
  const sent = clientRequest({
    port,
    host: '127.0.0.1',
    path: '/a%2Fb?q=%20',
    method: 'PATCH',
    headers: { 'X-A': ['1', '2'] },
  }).end();
  const [message] = (await once(sent, 'response')) as [IncomingMessage];
  expect(JSON.parse(await text(message))).toEqual(['PATCH', '/a%2Fb?q=%20', '1, 2', '1, 2', '127.0.0.1', null]);
});

test('a body of several chunks arrives whole', async () => {
  const port = await serve(async (request) => ({ status: 200, headers: [], body: await request.body(1000) }));
  const sent = clientRequest({ port, host: '127.0.0.1', method: 'POST' });
  sent.write('né');
  sent.end('€');
  const [message] = (await once(sent, 'response')) as [IncomingMessage];
  expect(await text(message)).toBe('né€');
});

test('a declared length beyond the limit is refused before anything is sent', async () => {
  const port = await serve(echo);
  const socket = connect(port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000\r\n\r\n');
  const answer = await text(socket);
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(answer).toMatch(/^connection: close/im);
});

test('a chunked body is cut off where it passes the limit', async () => {
  const port = await serve(echo);
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write('POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n');
  for (let sent = 0; sent < 20; sent += 1) socket.write(`64\r\n${'x'.repeat(100)}\r\n`);
  const answer = await text(socket);
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(answer).toContain('request_entity_too_large');
});

test('an answer before the whole chunked body was read closes the connection', async () => {
  const port = await serve(() => emptyResponse(404));
  const socket = connect(port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n');
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 404 [\s\S]*^connection: close/im);
});

test('HEAD has headers and no body; empty answers have a length of zero, 204 none', async () => {
  const port = await serve((request) =>
    request.url === '/json' ? jsonResponse(200, { a: 1 }) : emptyResponse(Number(request.url.slice(1))),
  );
  const ask = (path: string, method: string) => fetch(`http://127.0.0.1:${port}${path}`, { method });
  const head = await ask('/json', 'HEAD');
  expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([
    200,
    'application/json; charset=utf-8',
    '',
  ]);
  expect((await ask('/404', 'GET')).headers.get('content-length')).toBe('0');
  expect((await ask('/204', 'GET')).headers.get('content-length')).toBeNull();
});

test('text beyond ASCII and bytes have their length in bytes', async () => {
  const port = await serve((request) => ({
    status: 200,
    headers: [],
    body: request.url === '/t' ? 'é€😀' : new Uint8Array([0, 255]),
  }));
  const textual = await fetch(`http://127.0.0.1:${port}/t`);
  expect([textual.headers.get('content-length'), await textual.text()]).toEqual(['9', 'é€😀']);
  expect(new Uint8Array(await (await fetch(`http://127.0.0.1:${port}/b`)).arrayBuffer())).toEqual(new Uint8Array([0, 255]));
});

test('streams go both ways, and one that fails ends the socket instead of looking complete', async () => {
  const port = await serve((request) => {
    if (request.url === '/echo') return { status: 200, headers: [], body: request.stream() };
    const failing = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('half')),
      pull: (controller) => controller.error(new Error('lost')),
    });
    return { status: 200, headers: [], body: failing };
  });
  const echoed = await fetch(`http://127.0.0.1:${port}/echo`, { method: 'POST', body: 'there and back' });
  expect(await echoed.text()).toBe('there and back');
  await expect(fetch(`http://127.0.0.1:${port}/fail`).then((response) => response.text())).rejects.toThrow();
});

test('a client that goes away aborts the signal; one that is answered does not', async () => {
  const aborted = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  let quickAborted = false;
  const port = await serve(async (request) => {
    if (request.url === '/quick') {
      request.signal?.addEventListener('abort', () => {
        quickAborted = true;
      });
      return emptyResponse(200);
    }
    request.signal?.addEventListener('abort', () => aborted.resolve());
    reached.resolve();
    await aborted.promise;
    return emptyResponse(200);
  });
  await (await fetch(`http://127.0.0.1:${port}/quick`)).text();
  const controller = new AbortController();
  const asked = fetch(`http://127.0.0.1:${port}/slow`, { signal: controller.signal });
  await reached.promise;
  controller.abort();
  await expect(asked).rejects.toThrow();
  await aborted.promise;
  expect(quickAborted).toBe(false);
});

test('a body that ends early is an error of the client', async () => {
  const failed = Promise.withResolvers<unknown>();
  const port = await serve(async (request) => {
    await request.body(1000).catch(failed.resolve);
    return emptyResponse(200);
  });
  const socket = connect(port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf', () => socket.destroy());
  expect(await failed.promise).toMatchObject({ code: expect.stringMatching(/^(aborted|ECONNRESET)$/) });
});

test('a long text arrives whole, with its length, wherever its pieces are cut', async () => {
  const body = `x${'\u{1F600}\u00e9'.repeat(700_000)}`;
  const port = await serve(() => ({ status: 200, headers: ['Content-Type', 'text/plain'], body }));
  const [message] = (await once(clientRequest({ port, host: '127.0.0.1' }).end(), 'response')) as [IncomingMessage];
  expect(message.headers['content-length']).toBe(String(Buffer.byteLength(body)));
  expect(await text(message)).toBe(body);
});
