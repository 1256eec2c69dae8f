/** Upserts and PUT. */

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

export const upsertCases: readonly RestCase[] = [
  {
    name: 'upsert, inserted',
    request: 'POST /labels',
    send: { id: 9, label: 'x' },
    headers: merge,
    status: 201,
    body: [{ id: 9, label: 'x' }],
    answers: { 'preference-applied': 'resolution=merge-duplicates, return=representation' },
  },
  {
    name: 'upsert, merged',
    request: 'POST /labels',
    send: { id: 1, label: 'x' },
    headers: merge,
    status: 200,
    body: [{ id: 1, label: 'x' }],
  },
  {
    name: 'upsert, both',
    request: 'POST /labels',
    send: [
      { id: 1, label: 'x' },
      { id: 9, label: 'y' },
    ],
    headers: merge,
    status: 201,
    body: [
      { id: 1, label: 'x' },
      { id: 9, label: 'y' },
    ],
  },
  {
    name: 'upsert keeps columns it does not name',
    request: 'POST /tasks?select=id,name,priority',
    send: { id: 2, name: 'rebuilt' },
    headers: merge,
    status: 200,
    body: [{ id: 2, name: 'rebuilt', priority: 5 }],
  },
  {
    name: 'upsert by another key',
    request: 'POST /clients?on_conflict=name',
    send: { name: 'Acme' },
    headers: merge,
    status: 200,
    body: [{ id: 1, name: 'Acme' }],
  },
  {
    name: 'ignored duplicates are not returned',
    request: 'POST /labels',
    send: [
      { id: 1, label: 'x' },
      { id: 9, label: 'y' },
    ],
    headers: { prefer: 'resolution=ignore-duplicates,return=representation' },
    status: 201,
    body: [{ id: 9, label: 'y' }],
  },
  {
    name: 'ignored duplicates stay as they were',
    request: 'GET /labels?id=eq.1&select=label',
    after: ['POST /labels?on_conflict=id {"id":1,"label":"x"}'],
    status: 200,
    body: [{ label: 'urgent' }],
  },
  refused(
    'upsert on columns without a key',
    'POST /labels?on_conflict=label',
    { id: 1, label: 'x' },
    400,
    { code: '42P10', message: 'there is no unique or exclusion constraint matching the ON CONFLICT specification' },
    { headers: merge },
  ),
  refused(
    'upsert of one row twice',
    'POST /labels',
    [
      { id: 1, label: 'x' },
      { id: 1, label: 'y' },
    ],
    400,
    { code: '21000' },
    { difference: 'An upsert of one row twice answers 400, not 500: the fault is the client’s.', headers: merge },
  ),

  {
    name: 'PUT, inserted',
    request: 'PUT /labels?id=eq.9',
    send: { id: 9, label: 'x' },
    headers: representation,
    status: 201,
    body: [{ id: 9, label: 'x' }],
  },
  {
    name: 'PUT, replaced',
    request: 'PUT /labels?id=eq.1',
    send: { id: 1, label: 'x' },
    headers: representation,
    status: 200,
    body: [{ id: 1, label: 'x' }],
  },
  { name: 'PUT, silently', request: 'PUT /labels?id=eq.1', send: { id: 1, label: 'x' }, status: 204, body: '' },
  refused('PUT with another filter', 'PUT /labels?label=eq.x', { id: 1, label: 'x' }, 405, { code: 'PGRST105' }),
  refused('PUT with another key in its body', 'PUT /labels?id=eq.1', { id: 2, label: 'x' }, 400, { code: 'PGRST115' }),
  refused('PUT with a limit', 'PUT /labels?id=eq.1&limit=1', { id: 1, label: 'x' }, 400, { code: 'PGRST114' }),
];
