/** Requests that address nothing, ask too much, or come from nobody known. */

import type { RestCase } from './rest-case.ts';

const refused = (
  name: string,
  request: string,
  status: number,
  error: Record<string, unknown>,
  more: Partial<RestCase> = {},
): RestCase => ({
  name,
  request,
  status,
  error,
  ...more,
});

export const errorCases: readonly RestCase[] = [
  refused('no such table', 'GET /nope', 404, {
    code: 'PGRST205',
    message: "Could not find the table 'public.nope' in the schema cache",
    hint: null,
    details: null,
  }),
  refused('a near miss', 'GET /task', 404, { code: 'PGRST205', hint: "Perhaps you meant the table 'public.tasks'" }),
  refused('a table of another schema', 'GET /items', 404, { code: 'PGRST205' }),
  refused('a system table', 'GET /_koyalite_users', 404, { code: 'PGRST205' }),
  refused('SQLite’s own table', 'GET /sqlite_schema', 404, { code: 'PGRST205' }),
  refused('a system table through an embed', 'GET /tasks?select=id,_koyalite_jobs(*)', 400, { code: 'PGRST200' }),
  refused('a name only generated SQL has', 'GET /documents?select=__koyalite_rowid', 400, { code: '42703' }),
  refused('SQLite’s own column', 'GET /documents?select=rowid', 400, { code: '42703' }),
  refused('a path too deep', 'GET /tasks/1', 404, { code: 'PGRST125', message: 'Invalid path specified in request URL' }),
  refused('an encoded slash', 'GET /tasks%2F1', 404, { code: 'PGRST125' }),
  refused('a malformed escape in the path', 'GET /%zz', 404, { code: 'PGRST125' }),
  refused('a malformed escape in the query', 'GET /tasks?name=eq.%zz', 400, { code: 'PGRST100' }),
  refused('a NUL', 'GET /tasks?name=eq.%00', 400, { code: 'PGRST100' }),
  refused('no function named', 'GET /rpc/', 404, { code: 'PGRST125' }),
  refused(
    'a role that does not exist',
    'GET /tasks',
    401,
    { code: '22023', message: 'role "astronaut" does not exist' },
    { as: 'stranger' },
  ),
  refused('a logic tree a thousand deep', `GET /tasks?or=${'(and'.repeat(1000)}(id.eq.1)${')'.repeat(1000)}`, 400, {
    code: 'PGRST100',
  }),
  refused('JSON a thousand deep', 'POST /things', 400, {}, { send: `{"id":9,"doc":${'['.repeat(5000)}${']'.repeat(5000)}}` }),
  {
    name: 'five thousand elements',
    request: `GET /tasks?select=id&id=in.(${Array.from({ length: 5000 }, (_, i) => i + 2).join(',')})&limit=1`,
    status: 200,
    body: [{ id: 2 }],
  },
];
