/** Fetch requests and answers as the exchange types. */

import { expect, test } from 'vitest';
import { emptyResponse, jsonResponse } from '#lib/http/exchange.ts';
import { fromFetch, toFetch } from '#lib/http/fetch-exchange.ts';

test('method, undecoded path and query, headers, host and peer', () => {
  const request = fromFetch(
    new Request('http://a.b:99/x%2Fy/%7Ez?q=%20', { method: 'PUT', headers: { 'X-A': '1' } }),
    '203.0.113.9',
  );
  expect([request.method, request.url, request.header('x-a'), request.header('x-b')]).toEqual([
    'PUT',
    '/x%2Fy/%7Ez?q=%20',
    '1',
    null,
  ]);
  expect([request.header('host'), request.remoteAddress, request.headers()]).toEqual(['a.b:99', '203.0.113.9', { 'x-a': '1' }]);
});

test('a body within the limit arrives whole, an empty one is empty', async () => {
  const request = fromFetch(new Request('http://h/', { method: 'POST', body: 'é€' }));
  expect(new TextDecoder().decode(await request.body(5))).toBe('é€');
  expect(await fromFetch(new Request('http://h/', { method: 'POST' })).body(1)).toHaveLength(0);
});

test('a body beyond the limit is refused: by what it declares, or as soon as it is too long', async () => {
  const declared = new Request('http://h/', { method: 'POST', body: 'xx', headers: { 'content-length': '999' } });
  await expect(fromFetch(declared).body(10)).rejects.toMatchObject({ status: 413 });
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(10));
    },
  });
  const streamed = new Request('http://h/', { method: 'POST', body: endless, duplex: 'half' } as RequestInit);
  await expect(fromFetch(streamed).body(100)).rejects.toMatchObject({ status: 413, code: 'request_entity_too_large' });
  expect(pulled).toBeLessThan(20);
});

test('a stream is handed on', async () => {
  const stream = fromFetch(new Request('http://h/', { method: 'POST', body: 'abc' })).stream();
  expect(stream === null ? '' : await new Response(stream).text()).toBe('abc');
  expect(fromFetch(new Request('http://h/')).stream()).toBeNull();
});

test('answers keep status, repeated headers and every kind of body', async () => {
  const response = toFetch(jsonResponse(201, { a: 1 }, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']));
  expect([response.status, await response.json(), response.headers.getSetCookie()]).toEqual([201, { a: 1 }, ['a=1', 'b=2']]);
  expect(await toFetch({ status: 200, headers: [], body: new Uint8Array([104, 105]) }).text()).toBe('hi');
  expect(await toFetch({ status: 200, headers: [], body: new Blob(['st']).stream() }).text()).toBe('st');
  expect(toFetch(emptyResponse(304)).body).toBeNull();
});
