/** A stand-in for an outside service: a real HTTP server, and a `fetch` that leads the service's own address there. */

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createOutboundFetch } from '#lib/ports/outbound.ts';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface StandIn {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** Goes out as the server does, but what is meant for `origin` arrives here. Anything else is refused. */
  fetchFor(origin: string): typeof fetch;
  close(): Promise<void>;
}

export async function startStandIn(answer: (request: SeenRequest, response: ServerResponse) => void): Promise<StandIn> {
  const seen: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
    seen.push(one);
    answer(one, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const outbound = createOutboundFetch(true);
  return {
    url,
    seen,
    fetchFor: (origin) => (input, init) => {
      const wanted = new URL(input instanceof Request ? input.url : input);
      if (wanted.origin !== origin) return Promise.reject(new Error(`${wanted.origin} is not ${origin}`));
      return outbound(url + wanted.pathname + wanted.search, init);
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
