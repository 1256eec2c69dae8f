/** Serves Next's own route file without Next: each method's handler, Fetch in and Fetch out. Prints its port. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

type Handler = (request: Request) => Promise<Response>;

const handlers: Readonly<Record<string, unknown>> = await import('../../../app/api/[...path]/route.ts');

const server = createServer(async (message, response) => {
  const method = message.method ?? 'GET';
  const handler = handlers[method] as Handler | undefined;
  if (handler === undefined) {
    response.writeHead(405).end();
    return;
  }
  const headers = new Headers();
  for (let at = 0; at + 1 < message.rawHeaders.length; at += 2)
    headers.append(message.rawHeaders[at] ?? '', message.rawHeaders[at + 1] ?? '');
  const body = method === 'GET' || method === 'HEAD' ? null : (Readable.toWeb(message) as ReadableStream<Uint8Array>);
  const init: RequestInit & { duplex: 'half' } = { method, headers, body, duplex: 'half' };
  const answer = await handler(new Request(`http://${message.headers.host}${message.url}`, init));
  response.writeHead(answer.status, [...answer.headers].flat());
  response.end(Buffer.from(await answer.arrayBuffer()));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
