/** Between Fetch's `Request`/`Response` and the exchange types: for tests, for Next's route file, for hosts without sockets. */

import type { HttpRequest, HttpResponse } from '#lib/http/exchange.ts';
import { tooLarge } from '#lib/http/node-exchange.ts';

export function fromFetch(request: Request, remoteAddress: string | null = null): HttpRequest {
  const url = new URL(request.url);
  return {
    method: request.method,
    url: url.pathname + url.search,
    header: (name) => (name === 'host' ? (request.headers.get('host') ?? url.host) : request.headers.get(name)),
    headers: () => Object.fromEntries(request.headers),
    body: (limitBytes) => readBody(request, limitBytes),
    stream: () => request.body,
    remoteAddress,
    signal: request.signal,
  };
}

/** Never holds more than the limit, whatever the request declares. */
async function readBody(request: Request, limitBytes: number): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) throw tooLarge(limitBytes);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the stream.
    if (size > limitBytes) throw tooLarge(limitBytes);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

export function toFetch(answer: HttpResponse): Response {
  const headers = new Headers();
  for (let index = 0; index + 1 < answer.headers.length; index += 2) {
    headers.append(answer.headers[index] ?? '', answer.headers[index + 1] ?? '');
  }
  const body = answer.body instanceof Uint8Array ? new Uint8Array(answer.body) : answer.body;
  return new Response(body, { status: answer.status, headers });
}
