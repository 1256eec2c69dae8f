/** What everything is compared with: a bare `node:http` server that answers a constant body of a given size. */

import { createServer } from 'node:http';

const listening = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const body = bodyOf(Number(searchParams.get('bytes') ?? 0));
  const answer = () => {
    const status = request.method === 'POST' ? 201 : 200;
    response.writeHead(status, ['Content-Type', 'application/json; charset=utf-8', 'Content-Length', String(body.length)]);
    response.end(body);
  };
  if (request.method !== 'POST') return answer();
  request.on('data', () => undefined);
  request.on('end', answer);
});

const bodies = new Map<number, string>();

function bodyOf(bytes: number): string {
  const known = bodies.get(bytes);
  if (known !== undefined) return known;
  const made = 'x'.repeat(bytes);
  bodies.set(bytes, made);
  return made;
}

listening.listen(0, '127.0.0.1', () => {
  const address = listening.address();
  if (address !== null && typeof address === 'object') process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
