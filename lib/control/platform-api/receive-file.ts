/** Brings an uploaded file to disk, without holding it in memory. */

import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { HttpRequest } from '#lib/http/exchange.ts';
import { Problem } from '#lib/http/problem.ts';

const limitBytes = 4 * 1024 ** 3;

export interface ReceivedFile {
  /** Reads the body; the path of the file. 413 beyond 4 GiB, 400 when there is no body. */
  receive(): Promise<string>;
  /** Idempotent. */
  remove(): Promise<void>;
}

/** In `<home>/tmp`, which is emptied at start. */
export function receiveFile(home: string, request: HttpRequest, maxBytes = limitBytes): ReceivedFile {
  const folder = join(home, 'tmp');
  const file = join(folder, `${randomUUID()}.db`);
  return {
    async receive() {
      const stream = request.stream();
      if (stream === null) throw new Problem({ status: 400, code: 'no_body', message: 'The body must be a SQLite file.' });
      if (Number(request.header('content-length') ?? 0) > maxBytes) throw tooLarge();
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await pipeline(limit(stream, maxBytes), createWriteStream(file, { mode: 0o600, flags: 'wx' }));
      return file;
    },
    async remove() {
      for (const end of ['', '-wal', '-shm', '-journal']) await rm(file + end, { force: true });
    },
  };
}

async function* limit(stream: ReadableStream<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let received = 0;
  for await (const chunk of stream) {
    received += chunk.byteLength;
    if (received > maxBytes) throw tooLarge();
    yield chunk;
  }
}

function tooLarge(): Problem {
  return new Problem({ status: 413, code: 'file_too_large', message: 'The file may have at most 4 GiB.' });
}
