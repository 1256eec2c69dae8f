/** The request log over the Platform API: what an app asked is found by its filters, and taken together. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Management, startManagement } from '../../support/management.ts';

let management: Management;

beforeAll(async () => {
  management = await startManagement();
  await management.ask('POST', '/projects', { body: { name: 'Shop' } });
  await management.ask('POST', '/projects/shop/database/query', { body: { query: 'create table notes (id int primary key)' } });
  const app = await management.app('shop');
  await app.from('notes').select('id').eq('id', 4711);
  await app.from('notes').select('id');
  await app.from('nowhere').select();
  await app.auth.signInWithPassword({ email: 'nobody@x.io', password: 'wrong' });
});
afterAll(() => management.close());

const rowSchema = z.array(
  z.object({ method: z.string(), path: z.string(), status: z.number(), at: z.string(), request_id: z.string() }),
);
async function list(query: string) {
  const answer = await management.ask('GET', `/projects/shop/logs?${query}`);
  expect(answer.status).toBe(200);
  expect(answer.text).not.toContain('4711');
  return rowSchema.parse(answer.body);
}
const paths = async (query: string) => (await list(query)).map(({ method, path }) => `${method} ${path}`);

test('requests are found by status, service, method, path, id and time', async () => {
  expect(await paths('')).toEqual(['POST /token', 'GET /nowhere', 'GET /notes', 'GET /notes']);
  expect(await paths('min_status=400&max_status=499&service=rest')).toEqual(['GET /nowhere']);
  expect(await paths('method=post')).toEqual(['POST /token']);
  expect(await paths('search=NOTES')).toHaveLength(2);
  const [newest] = await list('limit=1');
  expect(await paths(`search=${newest?.request_id}`)).toEqual(['POST /token']);
  const later = encodeURIComponent('2999-01-01T00:00:00Z');
  expect(await paths(`since=${later}`)).toEqual([]);
  expect(await paths(`before=${later}`)).toHaveLength(4);
});

test('requests of one kind are taken together', async () => {
  const { body } = await management.ask('GET', '/projects/shop/logs/slow');
  const groups = z.array(z.object({ path: z.string(), count: z.number(), failures: z.number() })).parse(body);
  expect(Object.fromEntries(groups.map(({ path, count }) => [path, count]))).toEqual({ '/notes': 2, '/nowhere': 1, '/token': 1 });
  expect(groups.every(({ failures }) => failures === 0)).toBe(true);
});

test.each(['since=yesterday', 'min_status=x', 'max_status=1000', 'limit=0', 'before=2026-01-01'])(
  '%s is refused',
  async (query) => {
    expect(await management.ask('GET', `/projects/shop/logs?${query}`)).toMatchObject({
      status: 400,
      fields: { code: 'invalid_request' },
    });
  },
);
