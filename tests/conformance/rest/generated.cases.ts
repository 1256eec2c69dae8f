/** Columns that are always generated: nobody gives them a value, whichever way a write comes. */

import type { RestCase } from './rest-case.ts';

const identity = 'Column "id" is an identity column defined as GENERATED ALWAYS.';
const computed = 'Column "loud" is a generated column.';
const inserted = {
  code: '428C9',
  message: 'cannot insert a non-DEFAULT value into column "id"',
  details: identity,
  hint: 'Use OVERRIDING SYSTEM VALUE to override.',
};
const insertedComputed = {
  code: '428C9',
  message: 'cannot insert a non-DEFAULT value into column "loud"',
  details: computed,
  hint: null,
};
const updated = { code: '428C9', message: 'column "id" can only be updated to DEFAULT', details: identity, hint: null };
const updatedComputed = { code: '428C9', message: 'column "loud" can only be updated to DEFAULT', details: computed, hint: null };

const refused = (
  name: string,
  request: string,
  send: unknown,
  error: Record<string, unknown>,
  more: Partial<RestCase> = {},
): RestCase => ({
  name,
  request,
  send,
  status: 400,
  error,
  ...more,
});

export const generatedCases: readonly RestCase[] = [
  refused('an identity inserted', 'POST /counters', { id: 7, name: 'x' }, inserted),
  refused('an identity that is null', 'POST /counters', { id: null, name: 'x' }, inserted),
  refused('an identity that is its next value', 'POST /counters', { id: 3, name: 'x' }, inserted),
  refused(
    'an identity in a list',
    'POST /counters',
    [
      { id: 7, name: 'x' },
      { id: 8, name: 'y' },
    ],
    inserted,
  ),
  refused(
    'an identity in large list',
    'POST /counters',
    Array.from({ length: 300 }, (_, id) => ({ id, name: `n${id}` })),
    inserted,
  ),
  refused('an identity named by columns', 'POST /counters?columns=id,name', [{ name: 'x' }], inserted),
  refused('an identity that would take its default', 'POST /counters?columns=id,name', [{ name: 'x' }], inserted, {
    headers: { prefer: 'missing=default' },
  }),
  refused('an identity in CSV', 'POST /counters', 'id,name\n7,x', inserted, { headers: { 'content-type': 'text/csv' } }),
  refused('an identity in a form', 'POST /counters', 'id=7&name=x', inserted, {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  }),
  refused('an identity merged', 'POST /counters', { id: 1, name: 'x' }, inserted, {
    headers: { prefer: 'resolution=merge-duplicates' },
  }),
  refused('an identity ignored', 'POST /counters', { id: 1, name: 'x' }, inserted, {
    headers: { prefer: 'resolution=ignore-duplicates' },
  }),
  refused('an identity put', 'PUT /counters?id=eq.1', { id: 1, name: 'x' }, inserted),
  refused('an identity updated', 'PATCH /counters?id=eq.1', { id: 7 }, updated),
  refused('an identity updated to itself', 'PATCH /counters?id=eq.1', { id: 1, name: 'x' }, updated),
  refused('an identity of a view', 'POST /shown_counters', { number: 7, name: 'x' }, inserted),
  refused('an identity of a view updated', 'PATCH /shown_counters?number=eq.1', { number: 7 }, updated),
  refused('an identity in a batch', 'POST /batch', [{ method: 'POST', path: '/counters', body: { id: 7, name: 'x' } }], inserted),
  refused('a computed column inserted', 'POST /counters', { name: 'x', loud: 'X' }, insertedComputed),
  refused('a computed column that is null', 'POST /counters', { name: 'x', loud: null }, insertedComputed),
  refused('a computed column updated', 'PATCH /counters?id=eq.1', { loud: 'X' }, updatedComputed),
  refused('a computed column merged', 'POST /counters?on_conflict=name', { name: 'one', loud: 'X' }, insertedComputed, {
    headers: { prefer: 'resolution=merge-duplicates' },
  }),
  {
    name: 'rows without them',
    request: 'POST /counters',
    send: [{ name: 'three' }, { name: 'four' }],
    headers: { prefer: 'return=representation' },
    status: 201,
    body: [
      { id: 3, name: 'three', loud: 'THREE' },
      { id: 4, name: 'four', loud: 'FOUR' },
    ],
  },
  {
    name: 'a merge by another key keeps them',
    request: 'POST /counters?on_conflict=name',
    send: { name: 'two' },
    headers: { prefer: 'resolution=merge-duplicates,return=representation' },
    status: 200,
    body: [{ id: 2, name: 'two', loud: 'TWO' }],
  },
];
