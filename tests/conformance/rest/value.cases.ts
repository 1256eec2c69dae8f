/** What each type looks like in JSON. Bodies are compared as text where JavaScript would lose digits. */

import type { RestCase } from './rest-case.ts';

const value = (column: string, first: unknown, second: unknown): RestCase => ({
  name: `${column}`,
  request: `GET /things?select=v:${column}&order=id`,
  status: 200,
  body: [{ v: first }, { v: second }, { v: null }],
});

/** A CSV cell shows the digits that a parsed JSON number would lose. */
const digits = (column: string, first: string, second: string): RestCase => ({
  name: `${column}, digit by digit`,
  request: `GET /things?select=${column}&order=id&limit=2`,
  headers: { accept: 'text/csv' },
  status: 200,
  body: `${column}\n${first}\n${second}`,
});

export const valueCases: readonly RestCase[] = [
  value('small', 7, -1),
  value('ratio', 0.5, 1e300),
  value('price', 9.9, -0.01),
  value('flag', true, false),
  value('code', 'abcde', 'b'),
  value('uid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '00000000-0000-4000-8000-000000000001'),
  value('doc', { a: 1, b: { c: [1, 'two', true] } }, [1, 2]),
  value('day', '2024-06-15', '1999-12-31'),
  value('at', '2024-06-15T12:00:00+00:00', '1999-12-31T23:59:59.5+00:00'),
  value('local_at', '2024-06-15T12:00:00', '1999-12-31T23:59:59.25'),
  value('tags', ['x', 'y, z'], []),
  value('numbers', [1, 2, 3], null),
  value('period', '[1,6)', 'empty'),
  value('words', "'cat' 'fat'", "'fox' 'quick'"),
  value('data', '\\x6869', '\\x'),
  value('mood', 'wild', 'calm'),
  value('big::text', '9007199254740993', '1'),
  value('price::text', '9.90', '-0.01'),
  value('exact::text', '123456789012345678901234567890.10', '1.10'),
  digits('big', '9007199254740993', '1'),
  digits('price', '9.90', '-0.01'),
  digits('exact', '123456789012345678901234567890.10', '1.10'),
  {
    name: 'json keeps the order of its keys',
    request: 'GET /things?select=raw&id=eq.1',
    headers: { accept: 'text/csv' },
    status: 200,
    body: 'raw\n"{""z"":1,""a"":2}"',
    difference: 'A `json` column keeps the order of its keys but not its white space.',
  },
  {
    name: 'a preferred time zone',
    request: 'GET /things?select=at&id=eq.1',
    headers: { prefer: 'timezone=Europe/Paris' },
    status: 200,
    body: [{ at: '2024-06-15T14:00:00+02:00' }],
    answers: { 'preference-applied': 'timezone=Europe/Paris' },
  },
  {
    name: 'a zone nobody knows is ignored',
    request: 'GET /things?select=at&id=eq.1',
    headers: { prefer: 'timezone=Mars/Olympus' },
    status: 200,
    body: [{ at: '2024-06-15T12:00:00+00:00' }],
    answers: { 'preference-applied': null },
  },
  { name: 'json null is null', request: 'GET /things?select=raw&id=eq.2', status: 200, body: [{ raw: null }] },
];
