/** Between Node's sockets and the exchange types: as little work per request as the hot path allows. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import type { HttpRequest, HttpResponse } from '#lib/http/exchange.ts';
import { Problem } from '#lib/http/problem.ts';

class NodeRequest implements HttpRequest {
  readonly #message: IncomingMessage;
  readonly #response: ServerResponse;
  #abort: AbortController | null = null;

  constructor(message: IncomingMessage, response: ServerResponse) {
    this.#message = message;
    this.#response = response;
  }

  get method(): string {
    return this.#message.method ?? 'GET';
  }

  get url(): string {
    return this.#message.url ?? '/';
  }

  header(name: string): string | null {
    const value = this.#message.headers[name];
    if (value === undefined) return null;
    return typeof value === 'string' ? value : value.join(', ');
  }

  headers(): Record<string, string> {
    const entries = Object.entries(this.#message.headers);
    return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]));
  }

  body(limitBytes: number): Promise<Uint8Array> {
    return readBody(this.#message, limitBytes);
  }

  stream(): ReadableStream<Uint8Array> | null {
    return Readable.toWeb(this.#message) as ReadableStream<Uint8Array>;
  }

  get remoteAddress(): string | null {
    return this.#message.socket.remoteAddress ?? null;
  }

  get signal(): AbortSignal {
    if (this.#abort === null) {
      const controller = new AbortController();
      this.#abort = controller;
      this.#response.once('close', () => {
        if (!this.#response.writableFinished) controller.abort();
      });
    }
    return this.#abort.signal;
  }
}

export function fromNode(message: IncomingMessage, response: ServerResponse): HttpRequest {
  return new NodeRequest(message, response);
}

function readBody(message: IncomingMessage, limitBytes: number): Promise<Uint8Array> {
  const declared = Number(message.headers['content-length'] ?? 0);
  if (declared > limitBytes) return Promise.reject(tooLarge(limitBytes));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limitBytes) chunks.push(chunk);
      else {
        message.pause();
        message.removeAllListeners('data');
        reject(tooLarge(limitBytes));
      }
    });
    message.on('end', () => resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)));
    message.on('error', reject);
    message.on('aborted', () => reject(new Problem({ status: 400, code: 'aborted', message: 'The request ended early' })));
  });
}

export function tooLarge(limitBytes: number): Problem {
  return new Problem({
    status: 413,
    code: 'request_entity_too_large',
    message: `Request body is larger than ${limitBytes} bytes`,
    hint: 'Send less at once, or raise the limit in the environment settings.',
  });
}

/** Writes the answer. Resolves when a streamed body is through; a failing stream ends the socket. */
export async function toNode(answer: HttpResponse, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, headers, body } = answer;
  const unread = !message.complete && message.headers['transfer-encoding'] !== undefined;
  if (status === 413 || unread) headers.push('Connection', 'close');
  if (body === null || message.method === 'HEAD') {
    if (status !== 204 && status !== 304 && message.method !== 'HEAD') headers.push('Content-Length', '0');
    response.writeHead(status, headers);
    response.end();
  } else if (typeof body === 'string' && body.length > atOnceCharacters) {
    await sendInSteps(body, status, headers, response);
  } else if (typeof body === 'string') {
    const length = Buffer.byteLength(body);
    headers.push('Content-Length', String(length));
    response.writeHead(status, headers);
    // ASCII needs no encoding pass.
    response.end(body, length === body.length ? 'latin1' : 'utf8');
  } else if (body instanceof Uint8Array) {
    headers.push('Content-Length', String(body.byteLength));
    response.writeHead(status, headers);
    response.end(body);
  } else {
    response.writeHead(status, headers);
    await pipeline(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]), response).catch(() => response.destroy());
  }
}

/** A longer text is encoded in steps: others have their turn between them. */
const atOnceCharacters = 512 << 10;

async function sendInSteps(text: string, status: number, headers: string[], response: ServerResponse): Promise<void> {
  const pieces: Buffer[] = [];
  let length = 0;
  for (let start = 0; start < text.length; ) {
    const end = toBoundary(text, start + atOnceCharacters);
    const piece = Buffer.from(text.slice(start, end));
    pieces.push(piece);
    length += piece.byteLength;
    start = end;
    await setImmediate();
  }
  headers.push('Content-Length', String(length));
  response.writeHead(status, headers);
  await pipeline(Readable.from(pieces), response).catch(() => response.destroy());
}

/** Not between the two halves of one character. */
function toBoundary(text: string, end: number): number {
  return /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) ? end - 1 : end;
}
