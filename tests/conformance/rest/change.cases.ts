/** Updates and deletes, writes through views, and batches. */

import type { RestCase } from './rest-case.ts';

const representation = { prefer: 'return=representation' };
const merge = { prefer: 'resolution=merge-duplicates,return=representation' };

const refused = (
  name: string,
  request: string,
  send: unknown,
  status: number,
  error: Record<string, unknown>,
  more: Partial<RestCase> = {},
): RestCase => ({
  name,
  request,
  send,
  status,
  error,
  ...more,
});

export const changeCases: readonly RestCase[] = [
  {
    name: 'update',
    request: 'PATCH /tasks?id=eq.1',
    send: { name: 'x' },
    status: 204,
    body: '',
    answers: { 'content-range': '0-0/*' },
  },
  {
    name: 'update, returned',
    request: 'PATCH /tasks?project_id=eq.1&select=id,done',
    send: { done: true },
    headers: representation,
    status: 200,
    body: [
      { id: 1, done: true },
      { id: 2, done: true },
    ],
  },
  {
    name: 'update of nothing',
    request: 'PATCH /tasks?id=eq.0',
    send: { name: 'x' },
    status: 204,
    answers: { 'content-range': '*/*' },
  },
  {
    name: 'update of nothing, returned',
    request: 'PATCH /tasks?id=eq.0',
    send: { name: 'x' },
    headers: representation,
    status: 200,
    body: [],
  },
  {
    name: 'update with an empty object',
    request: 'PATCH /tasks?id=eq.1',
    send: {},
    headers: representation,
    status: 200,
    body: [],
  },
  {
    name: 'update and count',
    request: 'PATCH /tasks?project_id=eq.1',
    send: { done: true },
    headers: { prefer: 'count=exact' },
    status: 204,
    answers: { 'content-range': '0-1/2' },
  },
  {
    name: 'update to null',
    request: 'PATCH /tasks?id=eq.1&select=project_id',
    send: { project_id: null },
    headers: representation,
    status: 200,
    body: [{ project_id: null }],
  },
  {
    name: 'update within max-affected',
    request: 'PATCH /tasks?id=eq.1',
    send: { name: 'x' },
    headers: { prefer: 'handling=strict,max-affected=1' },
    status: 204,
  },
  {
    name: 'update with a filter on an embed',
    request: 'PATCH /projects?id=eq.1&select=name,tasks(id)&tasks.id=eq.1',
    send: { name: 'x' },
    headers: representation,
    status: 200,
    body: [{ name: 'x', tasks: [{ id: 1 }] }],
  },
  refused(
    'update beyond max-affected',
    'PATCH /tasks?project_id=eq.1',
    { name: 'x' },
    400,
    { code: 'PGRST124', message: 'Query result exceeds max-affected preference constraint', details: 'The query affects 2 rows' },
    { headers: { prefer: 'handling=strict,max-affected=1' } },
  ),
  {
    name: 'an update beyond max-affected keeps nothing',
    request: 'GET /tasks?project_id=eq.1&select=name',
    after: [],
    status: 200,
    body: [{ name: 'design' }, { name: 'build' }],
  },
  refused(
    'update of many as one object',
    'PATCH /tasks?project_id=eq.1',
    { name: 'x' },
    406,
    { code: 'PGRST116', details: 'The result contains 2 rows' },
    { headers: { ...representation, accept: 'application/vnd.pgrst.object+json' } },
  ),
  refused('update without a filter', 'PATCH /tasks', { name: 'x' }, 400, {
    code: '21000',
    message: 'UPDATE requires a WHERE clause',
  }),
  refused('delete without a filter', 'DELETE /tasks', undefined, 400, {
    code: '21000',
    message: 'DELETE requires a WHERE clause',
  }),

  { name: 'delete', request: 'DELETE /tasks?id=eq.5', status: 204, body: '', answers: { 'content-range': '*/*' } },
  {
    name: 'delete, returned',
    request: 'DELETE /tasks?id=eq.5&select=name',
    headers: { prefer: 'return=representation,count=exact' },
    status: 200,
    body: [{ name: 'stray' }],
    answers: { 'content-range': '*/1' },
  },
  { name: 'delete cascades', request: 'GET /task_labels?task_id=eq.2', after: ['DELETE /tasks?id=eq.2'], status: 200, body: [] },
  {
    name: 'delete with an embed',
    request: 'DELETE /tasks?id=eq.5&select=name,projects(name)',
    headers: representation,
    status: 200,
    body: [{ name: 'stray', projects: null }],
  },
  {
    name: 'an id is never given twice',
    request: 'POST /tasks?select=id',
    after: ['POST /tasks {"name":"a"}', 'DELETE /tasks?id=eq.6'],
    send: { name: 'b' },
    headers: representation,
    status: 201,
    body: [{ id: 7 }],
  },
  {
    name: 'ids go on after a given one',
    request: 'POST /tasks?select=id',
    after: ['POST /tasks {"id":100,"name":"a"}'],
    send: { name: 'b' },
    headers: representation,
    status: 201,
    body: [{ id: 101 }],
    difference:
      'Generated ids continue after the highest id ever used, given or generated; a PostgreSQL sequence does not notice given ids.',
  },

  {
    name: 'insert through a view',
    request: 'POST /titled_tasks',
    send: { title: 'x' },
    headers: representation,
    status: 201,
    body: [{ id: 6, title: 'x', loud: 'X' }],
  },
  {
    name: 'update through a view',
    request: 'PATCH /open_tasks?id=in.(1,2)&select=id,name',
    send: { name: 'x' },
    headers: representation,
    status: 200,
    body: [{ id: 2, name: 'x' }],
  },
  {
    name: 'delete through a view touches only what it shows',
    request: 'GET /tasks?select=id&project_id=eq.1',
    after: ['DELETE /open_tasks?project_id=eq.1'],
    status: 200,
    body: [{ id: 1 }],
  },
  {
    name: 'upsert through a view',
    request: 'POST /titled_tasks?select=id,title',
    send: { id: 1, title: 'x' },
    headers: merge,
    status: 200,
    body: [{ id: 1, title: 'x' }],
  },
  refused('a column of a view that is no column of its table', 'POST /titled_tasks', { loud: 'x' }, 400, { code: '0A000' }),
  refused(
    'a view that groups',
    'POST /task_counts',
    { project_id: 1 },
    405,
    { code: '55000', message: 'cannot insert into view "task_counts"' },
    { difference: 'A write to a view that cannot be written through answers 405, not 500.' },
  ),

  {
    name: 'a new key comes back under it',
    request: 'PATCH /places?id=eq.2&select=id,name',
    send: { id: 9 },
    headers: { prefer: 'return=representation' },
    status: 200,
    body: [{ id: 9, name: 'nowhere' }],
  },
  {
    name: 'part of a new key comes back under it',
    request: 'PATCH /seats?row=eq.1&select=row,seat,who',
    send: { row: 7 },
    headers: { prefer: 'return=representation' },
    status: 200,
    body: [
      { row: 7, seat: 'a', who: 'Ada' },
      { row: 7, seat: 'b', who: 'Bob' },
    ],
  },

  {
    name: 'a batch',
    request: 'POST /batch',
    send: [
      { method: 'POST', path: '/labels', body: { id: 9, label: 'x' }, headers: { Prefer: 'return=representation' } },
      { method: 'DELETE', path: '/labels?id=eq.9' },
    ],
    status: 200,
    body: [
      {
        status: 201,
        headers: {
          'Content-Type': 'application/json; charset=utf-8',
          'Content-Range': '*/*',
          'Preference-Applied': 'return=representation',
        },
        body: [{ id: 9, label: 'x' }],
      },
      { status: 204, headers: { 'Content-Range': '*/*' }, body: null },
    ],
    difference:
      '`POST /rest/v1/batch` takes a list of up to 100 writes `{method, path, body, headers}` and does all of them or none.',
  },
  refused(
    'a batch that fails',
    'POST /batch',
    [
      { method: 'POST', path: '/labels', body: { id: 9, label: 'x' } },
      { method: 'POST', path: '/labels', body: { id: 1, label: 'x' } },
    ],
    409,
    { code: '23505' },
    { answers: { 'batch-index': '1' } },
  ),
  {
    name: 'a failed batch keeps nothing',
    request: 'GET /labels?id=eq.9',
    after: [
      'POST /batch [{"method":"POST","path":"/labels","body":{"id":9,"label":"x"}},{"method":"POST","path":"/labels","body":{"id":1,"label":"x"}}]',
    ],
    status: 200,
    body: [],
  },
  refused(
    'a batch of too many',
    'POST /batch',
    Array.from({ length: 101 }, () => ({ method: 'DELETE', path: '/labels?id=eq.9' })),
    400,
    { code: 'PGRST102' },
  ),
  refused('a batch with a read', 'POST /batch', [{ method: 'GET', path: '/labels' }], 400, { code: 'PGRST102' }),
  refused('a batch within a batch', 'POST /batch', [{ method: 'POST', path: '/batch', body: [] }], 400, { code: 'PGRST125' }),
];
