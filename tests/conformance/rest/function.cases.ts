/** Functions at `/rpc`. */

import type { RestCase } from './rest-case.ts';

const call = (name: string, fn: string, send: unknown, body: unknown, more: Partial<RestCase> = {}): RestCase => ({
  name,
  request: `POST /rpc/${fn}`,
  send,
  status: 200,
  body,
  ...more,
});

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

export const functionCases: readonly RestCase[] = [
  call('a scalar', 'add', { a: 1, b: 2 }, 3),
  call('a default', 'add', { a: 1 }, 11),
  call('a text', 'greet', { name: 'Ada' }, 'Hello Ada'),
  call('a null argument', 'greet', { name: null }, null),
  { name: 'GET', request: 'GET /rpc/add?a=1&b=2', status: 200, body: 3 },
  { name: 'HEAD', request: 'HEAD /rpc/add?a=1&b=2', status: 200, body: '' },
  call('a strict function of null', 'known', { word: null }, null),
  call('a strict function', 'known', { word: 'x' }, 'known: x'),
  call('a strict function of null writes nothing', 'finish_strictly', { task: 2, really: null }, []),
  call('nothing', 'nothing', {}, '', { status: 204 }),
  { name: 'no body at all', request: 'POST /rpc/whoami', status: 200, body: 'anon' },
  call('the caller', 'whoami', {}, 'authenticated', { as: 'alice' }),
  call('a variadic argument', 'how_many', { numbers: [1, 2, 3] }, 3),
  { name: 'a variadic argument by GET', request: 'GET /rpc/how_many?numbers=1&numbers=2', status: 200, body: 2 },
  { name: 'a variadic argument by GET, once', request: 'GET /rpc/how_many?numbers=1', status: 200, body: 1 },
  {
    name: 'a form',
    request: 'POST /rpc/greet',
    send: 'name=Ada+L',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    status: 200,
    body: 'Hello Ada L',
  },
  call('an overload by name', 'pick', { b: 'x' }, 'text'),
  call('JSON as one argument', 'echo_json', [1, { a: 2 }], [1, { a: 2 }]),
  call('text as one argument', 'echo_text', 'plain words', 'plain words', { headers: { 'content-type': 'text/plain' } }),
  call('a set of scalars', 'numbers_to', { top: 3 }, [1, 2, 3]),
  call('a page of scalars', 'numbers_to?limit=2&offset=1', { top: 5 }, [2, 3], {
    status: 206,
    headers: { prefer: 'count=exact' },
    answers: { 'content-range': '1-2/5' },
  }),
  call(
    'scalars are capped',
    'numbers_to',
    { top: 500 },
    Array.from({ length: 100 }, (_, index) => index + 1),
  ),
  refused('a filter on scalars', 'POST /rpc/numbers_to?x=eq.1', { top: 3 }, 400, {
    code: '42703',
    message: 'column numbers_to.x does not exist',
  }),
  call('a set of rows', 'tasks_of?select=id,name', { project: 1 }, [
    { id: 1, name: 'design' },
    { id: 2, name: 'build' },
  ]),
  call('a filter on rows', 'tasks_of?select=id&done=is.false', { project: 1 }, [{ id: 2 }]),
  call('an order and a limit', 'tasks_of?select=id&order=id.desc&limit=1', { project: 1 }, [{ id: 2 }]),
  call('an embed', 'tasks_of?select=id,projects(name)&id=eq.2', { project: 1 }, [{ id: 2, projects: { name: 'Rocket' } }]),
  call('a count', 'tasks_of?select=id&limit=1', { project: 1 }, [{ id: 1 }], {
    status: 206,
    headers: { prefer: 'count=exact' },
    answers: { 'content-range': '0-0/2' },
  }),
  call('a scalar and a count', 'add', { a: 1 }, 11, {
    headers: { prefer: 'count=exact' },
    answers: { 'content-range': '0-0/1' },
  }),
  { name: 'rows by GET, filtered', request: 'GET /rpc/tasks_of?project=1&id=gt.1&select=id', status: 200, body: [{ id: 2 }] },
  call('one row is an object', 'first_task?select=id,name', {}, { id: 1, name: 'design' }),
  call('no row is a row of nulls', 'no_task', {}, { id: null, name: null, project_id: null, done: null, priority: null }),
  call('a table', 'pairs', {}, [
    { x: 1, y: 'one' },
    { x: 2, y: 'two' },
  ]),
  call('a table, one column', 'pairs?select=y&x=eq.2', {}, [{ y: 'two' }]),
  call('a row as an argument', 'project_tasks?select=id', { project: { id: 1, name: 'Rocket', client_id: 1 } }, [
    { id: 1 },
    { id: 2 },
  ]),
  call('a write', 'finish?select=id,done', { task: 2 }, [{ id: 2, done: true }]),
  {
    name: 'a write stays',
    request: 'GET /tasks?id=eq.2&select=done',
    after: ['POST /rpc/finish {"task":2}'],
    status: 200,
    body: [{ done: true }],
  },
  call('a write undone', 'finish?select=done', { task: 2 }, [{ done: true }], { headers: { prefer: 'tx=rollback' } }),
  call('one object', 'pairs?x=eq.1', {}, { x: 1, y: 'one' }, { headers: { accept: 'application/vnd.pgrst.object+json' } }),
  call('plain text', 'greet', { name: 'Ada' }, 'Hello Ada', {
    headers: { accept: 'text/plain' },
    answers: { 'content-type': 'text/plain; charset=utf-8' },
  }),
  call('CSV', 'pairs', {}, 'x,y\n1,one\n2,two', { headers: { accept: 'text/csv' } }),
  call('rows behind policies', 'visible_documents?select=body', {}, [{ body: 'alice public' }], { never: ['private'] }),
  call('rows behind policies, mine', 'visible_documents?select=id', {}, [{ id: 1 }, { id: 2 }], { as: 'alice', never: ['bob'] }),
  refused('a write by GET', 'GET /rpc/finish?task=2', undefined, 405, {
    code: '25006',
    message: 'cannot execute UPDATE in a read-only transaction',
  }),
  refused(
    'many as one object',
    'POST /rpc/pairs',
    {},
    406,
    { code: 'PGRST116' },
    { headers: { accept: 'application/vnd.pgrst.object+json' } },
  ),
  refused('no such function', 'POST /rpc/nofn', { a: 1 }, 404, {
    code: 'PGRST202',
    message: 'Could not find the function public.nofn(a) in the schema cache',
    details:
      'Searched for the function public.nofn with parameter a or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.',
    hint: null,
  }),
  refused('a near miss', 'POST /rpc/gret', { name: 'x' }, 404, {
    code: 'PGRST202',
    hint: 'Perhaps you meant to call the function public.greet',
  }),
  refused('other parameters', 'POST /rpc/greet', { nam: 'x' }, 404, {
    code: 'PGRST202',
    hint: 'Perhaps you meant to call the function public.greet(name)',
  }),
  refused('no such function, by GET', 'GET /rpc/nofn?a=1', undefined, 404, {
    code: 'PGRST202',
    details: 'Searched for the function public.nofn with parameter a, but no matches were found in the schema cache.',
  }),
  refused(
    'no function of one text',
    'POST /rpc/add',
    'x',
    404,
    {
      code: 'PGRST202',
      message: 'Could not find the function public.add in the schema cache',
      details:
        'Searched for the function public.add with a single unnamed text parameter, but no matches were found in the schema cache.',
      hint: null,
    },
    { headers: { 'content-type': 'text/plain' } },
  ),
  refused('a missing parameter', 'POST /rpc/add', { b: 1 }, 404, { code: 'PGRST202' }),
  refused('no parameters', 'POST /rpc/nofn', {}, 404, {
    message: 'Could not find the function public.nofn without parameters in the schema cache',
  }),
  refused('an ambiguous call', 'POST /rpc/torn', { a: 1 }, 300, {
    code: 'PGRST203',
    message: 'Could not choose the best candidate function between: public.torn(a => integer), public.torn(a => text)',
  }),
  refused('a malformed argument', 'POST /rpc/add', { a: 'x' }, 400, {
    code: '22P02',
    message: 'invalid input syntax for type integer: "x"',
  }),
  refused('a computed column is no function to call', 'POST /rpc/shout', { name: 'x' }, 404, { code: 'PGRST202' }),
  refused(
    'max-affected and a scalar',
    'POST /rpc/add',
    { a: 1 },
    400,
    { code: 'PGRST128' },
    { headers: { prefer: 'handling=strict,max-affected=1' } },
  ),
  refused(
    'max-affected exceeded',
    'POST /rpc/pairs',
    {},
    400,
    { code: 'PGRST124' },
    { headers: { prefer: 'handling=strict,max-affected=1' } },
  ),
  refused('PUT', 'PUT /rpc/add', {}, 405, { code: 'PGRST101', message: 'Cannot use the PUT method on RPC' }),
  refused(
    'a function nobody may call',
    'POST /rpc/secret',
    {},
    401,
    { code: '42501', message: 'permission denied for function secret' },
    { never: ['hidden'] },
  ),
  call('the service may call it', 'secret', {}, 'hidden', { as: 'service' }),
  { name: 'OPTIONS, stable', request: 'OPTIONS /rpc/add', status: 200, answers: { allow: 'OPTIONS,GET,HEAD,POST' } },
  { name: 'OPTIONS, volatile', request: 'OPTIONS /rpc/finish', status: 200, answers: { allow: 'OPTIONS,POST' } },
];
