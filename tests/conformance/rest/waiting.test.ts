/** What takes long for everybody's sake is waited for: the catalog of a changed schema, the description of many tables. */

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { printDocument } from '#lib/services/rest/openapi/openapi.ts';
import { openRestEnvironment, type RestEnvironment, serviceRole } from '../../support/rest-environment.ts';

let rest: RestEnvironment;
beforeAll(async () => {
  rest = await openRestEnvironment(`
    create table notes (id integer primary key, body text);
    alter table notes disable row level security; revoke all on notes from anon;
    create function shout (word text) returns text language sql immutable as $$ select upper(word) $$;`);
});
afterAll(() => rest.close());

test.each([
  ['GET', '/notes', undefined],
  ['POST', '/notes', { body: 'x' }],
  ['POST', '/rpc/shout', { word: 'x' }],
  ['POST', '/batch', [{ method: 'POST', path: '/notes', body: { body: 'y' } }]],
  ['GET', '/', undefined],
])('%s %s waits for the catalog', async (method, path, body) => {
  const waiting = Promise.withResolvers<void>();
  const ready = vi.spyOn(rest.database, 'ready').mockReturnValueOnce(waiting.promise);
  let answered = false;
  const call = rest.call(method, path, { as: serviceRole, ...(body === undefined ? {} : { body }) }).then((answer) => {
    answered = true;
    return answer.status;
  });
  await vi.waitUntil(() => ready.mock.calls.length > 0);
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(answered).toBe(false);
  waiting.resolve();
  expect(await call).toBeLessThan(300);
  ready.mockRestore();
});

test('what waited is answered for the schema that was waited for', async () => {
  const tables = Array.from({ length: 300 }, (_, index) => `create table t${index} (id integer primary key, v text);`).join('');
  rest.script(`${tables} create table late (id integer primary key); alter table late disable row level security`);
  const answers = await Promise.all(
    ['/late', '/late?select=id', '/t1'].map((path) => rest.call('GET', path, { as: serviceRole })),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
});

test('the description has a pause between two tables, and is made once for a role', async () => {
  const { catalog } = rest.database;
  let pauses = 0;
  for (const steps = printDocument(catalog, 'public', 'service_role', new URL('http://localhost/x')); !steps.next().done; )
    pauses += 1;
  expect(pauses).toBeGreaterThanOrEqual(catalog.tables.size);
  const first = await rest.call('GET', '/', { as: serviceRole });
  const stringify = vi.spyOn(JSON, 'stringify');
  const second = await rest.call('GET', '/', { as: serviceRole });
  const described = stringify.mock.calls.filter(
    ([value]) => typeof value === 'object' && value !== null && 'properties' in value,
  );
  stringify.mockRestore();
  expect([second.text === first.text, described.length]).toEqual([true, 0]);
  const anon = await rest.call('GET', '/');
  expect(anon.text).not.toBe(first.text);
  rest.script('comment on table notes is $$what is kept$$');
  expect((await rest.call('GET', '/', { as: serviceRole })).text).toContain('what is kept');
});
