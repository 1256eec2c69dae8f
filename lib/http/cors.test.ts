/** What a browser of another origin is told, and that it is told once: it refuses a doubled header. */

import { expect, test } from 'vitest';
import { addCors, answerPreflight, isPreflight } from '#lib/http/cors.ts';
import { emptyResponse, type HttpRequest } from '#lib/http/exchange.ts';
import { fromFetch } from '#lib/http/fetch-exchange.ts';

const ask = (headers: Record<string, string>, method = 'OPTIONS'): HttpRequest =>
  fromFetch(new Request('http://x.test/api/shop/rest/v1/', { method, headers }));
const valuesOf = (headers: readonly string[], name: string) => headers.filter((_, i) => i % 2 === 1 && headers[i - 1] === name);

test.each([
  [['*'], ['*']],
  [['https://app.test'], ['https://app.test']],
  [['https://other.test'], []],
])('origins %j: a preflight and what is added after it name the origin once', (origins, expected) => {
  const request = ask({ origin: 'https://app.test', 'access-control-request-method': 'POST' });
  expect(isPreflight(request)).toBe(true);
  const answer = answerPreflight(request, origins);
  addCors(answer, request, origins);
  expect(valuesOf(answer.headers, 'Access-Control-Allow-Origin')).toEqual(expected);
});

test('other answers get the header when the origin is allowed, and none without an origin', () => {
  const answer = emptyResponse(200);
  addCors(answer, ask({ origin: 'https://app.test' }, 'GET'), ['https://app.test']);
  expect(valuesOf(answer.headers, 'Access-Control-Allow-Origin')).toEqual(['https://app.test']);
  const own = emptyResponse(200);
  addCors(own, ask({}, 'GET'), ['*']);
  expect(own.headers).toEqual([]);
});
