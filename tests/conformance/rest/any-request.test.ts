/** Whatever a client sends, the answer is never a fault of ours and never shows a row that policies hide. */

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRestEnvironments, type RestEnvironments } from './rest-environment.ts';

let environments: RestEnvironments;
let answer: (request: Request) => Promise<Response>;

beforeAll(async () => {
  environments = await openRestEnvironments();
  answer = environments.fresh();
});
afterAll(() => environments.close());

const table = fc.constantFrom(
  'tasks',
  'documents',
  'shared_documents',
  'things',
  'people',
  'open_tasks',
  'rpc/visible_documents',
  'rpc/add',
);
const column = fc.constantFrom(
  'id',
  'name',
  'body',
  'owner',
  'public',
  'doc',
  'doc->a',
  'doc->>0',
  'tags',
  'period',
  'words',
  'at',
  'price',
  'big',
  'flag',
  'mood',
  'shout',
  'projects',
  'projects.name',
  'nope',
  '"odd name"',
  'a',
  'b',
  'rowid',
  '__koyalite_rowid',
  'count',
);
const operator = fc.constantFrom(
  'eq',
  'neq',
  'gt',
  'lt',
  'like',
  'ilike',
  'match',
  'in',
  'is',
  'isdistinct',
  'fts',
  'plfts',
  'cs',
  'cd',
  'ov',
  'sl',
  'adj',
  'not.eq',
  'eq(any)',
);
const value = fc.oneof(
  fc.constantFrom(
    '1',
    'null',
    'true',
    '(1,2)',
    '{a,b}',
    '{"a":1}',
    '[1,2)',
    '2024-01-01',
    "'",
    '%',
    '*',
    'alice private',
    '9'.repeat(40),
    '-1',
    '',
    '1e400',
    '\\',
    '(',
    'a & !b',
  ),
  fc.string({ maxLength: 8 }),
);
const filter = fc
  .tuple(column, operator, value)
  .map(([name, op, text]) => `${encodeURIComponent(name)}=${op}.${encodeURIComponent(text)}`);
const tree = fc
  .array(fc.tuple(column, operator, value), { minLength: 1, maxLength: 3 })
  .map((list) => `or=(${encodeURIComponent(list.map(([name, op, text]) => `${name}.${op}.${text}`).join(','))})`);
const part = fc.constantFrom(
  '*',
  'id',
  'name',
  'body',
  'projects(*)',
  'clients(name)',
  'labels(label)',
  '...projects(name)',
  'projects!inner(id)',
  'count()',
  'id.sum()',
  'body::int',
  'name.max()',
  'doc->a->b',
  'tasks(count)',
  'shout',
  'people!boss_id(name)',
  'boss_id(name)',
  'projects()',
  'owner::text',
  'price.avg()::text',
);
const select = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => `select=${encodeURIComponent(parts.join(','))}`);
const order = fc
  .tuple(column, fc.constantFrom('', '.desc', '.nullsfirst'))
  .map(([name, way]) => `order=${encodeURIComponent(name)}${way}`);
const limit = fc.constantFrom('limit=1', 'limit=0', 'offset=2', 'projects.limit=1', 'limit=-1', 'offset=x');
const query = fc.array(fc.oneof(filter, tree, select, order, limit), { maxLength: 5 }).map((parts) => parts.join('&'));
const accept = fc.constantFrom(
  '*/*',
  'application/vnd.pgrst.object+json',
  'text/csv',
  'application/geo+json',
  'application/vnd.pgrst.plan+json',
  'text/plain',
);
const prefer = fc.constantFrom(
  '',
  'count=exact',
  'return=representation',
  'handling=strict,max-affected=1',
  'resolution=merge-duplicates,return=representation',
);

async function isHarmless(method: string, path: string, headers: Record<string, string>, body: string | null): Promise<void> {
  const rollback = [headers.prefer, 'tx=rollback'].filter(Boolean).join(',');
  const response = await answer(
    new Request(`http://localhost/rest/v1/${path}`, { method, headers: { ...headers, prefer: rollback }, body }),
  );
  const text = await response.text();
  expect(response.status, `${method} ${path} ${JSON.stringify(headers)} ${body} answered ${text}`).toBeLessThan(500);
  expect(text).not.toMatch(/bob private|\bat .*\.ts:\d+|sqlite_/i);
}

test('reads', async () => {
  await fc.assert(
    fc.asyncProperty(table, query, accept, prefer, async (name, text, type, preference) => {
      await isHarmless('GET', `${name}?${text}`, { accept: type, prefer: preference }, null);
    }),
    { numRuns: 400 },
  );
});

const json = fc.oneof(
  fc.dictionary(
    fc.constantFrom('id', 'name', 'body', 'owner', 'doc', 'tags', 'at', 'nope', 'done', 'priority', 'a', 'b'),
    fc.oneof(value, fc.integer(), fc.boolean(), fc.constant(null), fc.constant([]), fc.constant({ a: 1 })),
    { maxKeys: 4 },
  ),
  fc.jsonValue(),
);
const payload = fc.oneof(json, fc.array(json, { maxLength: 3 })).map((item) => JSON.stringify(item));

test('writes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('POST', 'PATCH', 'PUT', 'DELETE'),
      fc.oneof(table, fc.constant('batch')),
      query,
      accept,
      prefer,
      payload,
      async (method, name, text, type, preference, body) => {
        const headers = { accept: type, prefer: preference, 'content-type': 'application/json' };
        await isHarmless(method, `${name}?${text}`, headers, method === 'DELETE' ? null : body);
      },
    ),
    { numRuns: 400 },
  );
});
