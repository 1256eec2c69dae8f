/** Order, limits, ranges and counts. */

import type { RestCase } from './rest-case.ts';

const page = (
  name: string,
  request: string,
  found: readonly number[],
  range: string,
  more: Partial<RestCase> = {},
): RestCase => ({
  name,
  request: `GET /tasks?select=id${request}`,
  status: 200,
  body: found.map((id) => ({ id })),
  ...more,
  answers: { 'content-range': range, ...more.answers },
});

const exact = { prefer: 'count=exact' };

export const pagingCases: readonly RestCase[] = [
  page('without an order rows come as they were written', '', [1, 2, 3, 4, 5], '0-4/*', {
    difference: 'Without `order`, rows come in the order they were inserted; in PostgreSQL an UPDATE moves a row to the end.',
  }),
  page('ascending', '&order=priority', [4, 3, 1, 5, 2], '0-4/*'),
  page('descending', '&order=priority.desc', [2, 5, 1, 3, 4], '0-4/*'),
  page('by two columns', '&order=done.desc,id.desc', [4, 1, 5, 3, 2], '0-4/*'),
  page('nulls come last', '&order=project_id,id', [1, 2, 3, 4, 5], '0-4/*'),
  page('nulls come first in descending order', '&order=project_id.desc,id', [5, 4, 3, 1, 2], '0-4/*'),
  page('nullsfirst', '&order=project_id.nullsfirst,id', [5, 1, 2, 3, 4], '0-4/*'),
  page('nullslast', '&order=project_id.desc.nullslast,id', [4, 3, 1, 2, 5], '0-4/*'),
  page('by a computed column', '&order=shout', [2, 3, 1, 5, 4], '0-4/*'),
  page('text is ordered by code point', '&order=name', [2, 3, 1, 5, 4], '0-4/*'),
  page('limit', '&order=id&limit=2', [1, 2], '0-1/*'),
  page('offset', '&order=id&offset=3', [4, 5], '3-4/*'),
  page('limit and offset', '&order=id&limit=2&offset=1', [2, 3], '1-2/*'),
  page('a negative offset is none', '&order=id&limit=1&offset=-3', [1], '0-0/*'),
  page('limit zero', '&limit=0', [], '*/*'),
  page('an offset beyond the end, uncounted', '&offset=50', [], '*/*'),
  page('a huge limit is capped', '&order=id&limit=1000000000000', [1, 2, 3, 4, 5], '0-4/*'),
  page('Range', '&order=id', [2, 3], '1-2/*', { headers: { range: '1-2' } }),
  page('an open Range', '&order=id', [4, 5], '3-4/*', { headers: { range: '3-' } }),
  page('Range and limit', '&order=id&limit=1', [2], '1-1/*', { headers: { range: '1-3' } }),
  page('count', '', [1, 2, 3, 4, 5], '0-4/5', { headers: exact }),
  page('count with a limit answers 206', '&order=id&limit=2', [1, 2], '0-1/5', { status: 206, headers: exact }),
  page('count with a filter', '&done=is.true&order=id', [1, 4], '0-1/2', { headers: exact }),
  page('count of nothing', '&id=eq.0', [], '*/0', { headers: exact }),
  page('count with limit zero', '&limit=0', [], '*/5', { status: 206, headers: exact }),
  page('planned: a guess where no policy hides rows and no filter narrows them', '', [1, 2, 3, 4, 5], '0-4/960', {
    status: 206,
    headers: { prefer: 'count=planned' },
  }),
  page('planned with a filter counts', '&done=is.true&order=id', [1, 4], '0-1/2', {
    headers: { prefer: 'count=planned' },
    difference:
      '`count=planned` counts exactly under a filter or behind policies: a guess would tell of hidden rows; `count=estimated` always does.',
  }),
  page('estimated', '', [1, 2, 3, 4, 5], '0-4/5', { headers: { prefer: 'count=estimated' } }),
  {
    name: 'count and an offset beyond the end',
    request: 'GET /tasks?offset=9',
    headers: exact,
    status: 416,
    error: {
      code: 'PGRST103',
      message: 'Requested range not satisfiable',
      details: 'An offset of 9 was requested, but there are only 5 rows.',
    },
    answers: { 'content-range': '*/5' },
  },
  {
    name: 'an inverted Range',
    request: 'GET /tasks',
    headers: { range: '3-1' },
    status: 416,
    error: {
      code: 'PGRST103',
      details: 'The lower boundary must be lower than or equal to the upper boundary in the Range header.',
    },
  },
  {
    name: 'a negative limit',
    request: 'GET /tasks?limit=-1',
    status: 416,
    error: { code: 'PGRST103', details: 'Limit should be greater than or equal to zero.' },
  },
  { name: 'a limit that is no number', request: 'GET /tasks?limit=x', status: 400, error: { code: 'PGRST100' } },
  { name: 'an order that is no order', request: 'GET /tasks?order=id.sideways', status: 400, error: { code: 'PGRST100' } },
  { name: 'an order by an unknown column', request: 'GET /tasks?order=nope', status: 400, error: { code: '42703' } },
  { name: 'HEAD', request: 'HEAD /tasks?id=gt.1', status: 200, body: '', answers: { 'content-range': '0-3/*' } },
  {
    name: 'HEAD with a count',
    request: 'HEAD /tasks?limit=2',
    headers: exact,
    status: 206,
    body: '',
    answers: { 'content-range': '0-1/5' },
  },
  {
    name: 'the URL comes back in one order',
    request: 'GET /tasks?limit=1&id=eq.1',
    status: 200,
    answers: { 'content-location': '/tasks?id=eq.1&limit=1' },
  },
  { name: 'caches are told what matters', request: 'GET /tasks', status: 200, answers: { vary: 'Accept, Prefer, Range' } },
];
