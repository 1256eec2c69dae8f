/** What a function makes of its own answer: `response.status`, `response.headers`, and errors it raises. */

import type { RestCase } from './rest-case.ts';

const headersProblem = {
  code: 'PGRST111',
  message: 'response.headers guc must be a JSON array composed of objects with a single key and a string value',
};

const setHeaders = (name: string, headers: string, details: string | null): RestCase => ({
  name,
  request: 'POST /rpc/set_response',
  send: { status: '200', headers },
  status: 500,
  error: { ...headersProblem, details },
});

const raised = (name: string, send: Record<string, string>, status: number, error: Record<string, unknown>): RestCase => ({
  name,
  request: 'POST /rpc/refuse',
  send,
  status,
  error,
});

const characters = 'A name or a value holds characters no header may have.';

export const responseCases: readonly RestCase[] = [
  {
    name: 'a status and headers',
    request: 'POST /rpc/teapot',
    send: {},
    status: 203,
    answers: { 'x-kind': 'pot', 'cache-control': 'public, max-age=60', 'content-type': 'application/json; charset=utf-8' },
  },
  { name: 'by GET', request: 'GET /rpc/teapot', status: 203, answers: { 'x-kind': 'pot' } },
  {
    name: 'a function that only reads',
    request: 'GET /rpc/kept?value=a%20b',
    status: 200,
    body: 'kept',
    answers: { 'x-value': 'a b' },
  },
  {
    name: 'a function of rows, counted and paged',
    request: 'GET /rpc/listed?select=id&limit=1',
    headers: { prefer: 'count=exact' },
    status: 206,
    body: [{ id: 1 }],
    answers: { 'x-listed': 'yes', 'content-range': '0-0/2' },
  },
  { name: 'a function of nothing', request: 'POST /rpc/silent', send: {}, status: 202, body: '' },
  {
    name: 'one call knows nothing of another',
    after: ['POST /rpc/teapot {}', 'GET /rpc/kept?value=x'],
    request: 'POST /rpc/add',
    send: { a: 1, b: 2 },
    status: 200,
    body: 3,
    answers: { 'x-kind': null, 'x-value': null, 'cache-control': 'no-store' },
  },
  {
    name: 'what a failed call had set is gone',
    after: ['POST /rpc/set_and_fail {}'],
    request: 'POST /rpc/silent',
    send: {},
    status: 202,
    answers: { 'x-left': null },
  },
  {
    name: 'what an earlier statement set is read',
    request: 'POST /rpc/set_one',
    send: { name: 'App.Tenant', value: 'acme' },
    status: 200,
    body: 'acme',
  },
  {
    name: 'a setting without a name',
    request: 'POST /rpc/set_one',
    send: { name: null, value: '1' },
    status: 400,
    error: { code: '22004' },
  },
  ...['request.jwt.claims', 'request.method', 'auth.uid', 'role', 'search_path', 'a b.c', ''].map(
    (name): RestCase => ({
      name: `nobody sets "${name}"`,
      request: 'POST /rpc/set_one',
      send: { name, value: 'x' },
      status: 400,
      error: { code: name.includes('.') ? '22023' : '42704' },
    }),
  ),
  {
    name: 'no more settings than a request may have',
    request: 'POST /rpc/set_one',
    send: { name: 'app.large', value: 'x'.repeat(70_000) },
    status: 400,
    error: { code: '54000' },
  },
  ...['', '20', '99', '600', '1xx', '200 OK', '-200', '2e2'].slice(1).map(
    (status): RestCase => ({
      name: `the status ${status}`,
      request: 'POST /rpc/set_response',
      send: { status, headers: '[]' },
      status: 500,
      error: { code: 'PGRST112', message: 'response.status guc must be a valid status code', details: null, hint: null },
    }),
  ),
  {
    name: 'an empty status is none',
    request: 'POST /rpc/set_response',
    send: { status: '', headers: '' },
    status: 200,
    body: 'done',
  },
  {
    name: 'a status without a body',
    request: 'POST /rpc/set_response',
    send: { status: '304', headers: '[]' },
    status: 304,
    body: '',
  },
  ...['{"X":"y"}', '[{"X":1}]', '[{"X":"y","Z":"w"}]', '[{}]', '["X: y"]', 'X: y', 'null'].map((headers) =>
    setHeaders(`headers that are ${headers}`, headers, null),
  ),
  setHeaders('a line break in a value', '[{"X":"y\\r\\nSet-Cookie: a=b"}]', characters),
  setHeaders('a line break in a name', '[{"X: y\\r\\nZ":"w"}]', characters),
  setHeaders('a zero byte', '[{"X":"a\\u0000b"}]', characters),
  setHeaders('a character beyond Latin-1', '[{"X":"\\u2028"}]', characters),
  ...[
    'Set-Cookie',
    'content-length',
    'Transfer-Encoding',
    'Connection',
    'Content-Security-Policy',
    'Access-Control-Allow-Origin',
    'X-Content-Type-Options',
    'Clear-Site-Data',
  ].map((name) => setHeaders(`the header ${name}`, `[{"${name}":"x"}]`, `The header ${name} is the server's own.`)),
  setHeaders('more bytes than headers may have', `[{"X":"${'y'.repeat(9000)}"}]`, 'Headers may have 8192 bytes together.'),
  {
    name: 'a refused answer keeps nothing',
    after: ['POST /rpc/set_response {"status":"1","headers":"[]"}'],
    request: 'GET /labels?id=eq.99',
    status: 200,
    body: [],
  },
  raised('a raised error', { message: 'no such luck' }, 400, {
    code: 'P0001',
    message: 'no such luck',
    details: null,
    hint: null,
  }),
  raised('a raised error with everything', { message: 'm', state: '23514', detail: 'd', hint: 'h' }, 400, {
    code: '23514',
    message: 'm',
    details: 'd',
    hint: 'h',
  }),
  raised(
    'a status of one’s own',
    { message: 'Payment Required', state: 'PT402', detail: 'Quota exceeded', hint: 'Upgrade' },
    402,
    {
      code: 'PT402',
      message: 'Payment Required',
      details: 'Quota exceeded',
      hint: 'Upgrade',
    },
  ),
  raised('a status that is none', { message: 'm', state: 'PT000' }, 500, { code: 'PT000' }),
  raised('a state that is none', { message: 'm', state: 'nope' }, 400, {
    code: '42704',
    message: 'unrecognized exception condition "nope"',
  }),
  {
    ...raised(
      'the whole answer',
      {
        message: '{"code":"123","message":"Payment Required","details":"Quota exceeded","hint":"Upgrade your plan"}',
        state: 'PGRST',
        detail: '{"status":402,"headers":{"X-Powered-By":"Nerd Rage"}}',
      },
      402,
      { code: '123', message: 'Payment Required', details: 'Quota exceeded', hint: 'Upgrade your plan' },
    ),
    answers: { 'x-powered-by': 'Nerd Rage' },
  },
  raised(
    'the whole answer, without its message',
    { message: 'INVALID', state: 'PGRST', detail: '{"status":402,"headers":{}}' },
    500,
    {
      code: 'PGRST121',
      message: `Could not parse JSON in the "RAISE SQLSTATE 'PGRST'" error`,
      details: "Invalid JSON value for MESSAGE: 'INVALID'",
      hint: "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'.",
    },
  ),
  raised('the whole answer, without its detail', { message: '{"code":"1","message":"m"}', state: 'PGRST' }, 500, {
    code: 'PGRST121',
    details: 'DETAIL is missing in the RAISE statement',
    hint: "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'.",
  }),
  raised(
    'the whole answer, with a bad status',
    { message: '{"code":"1","message":"m"}', state: 'PGRST', detail: '{"status":12,"headers":{}}' },
    500,
    { code: 'PGRST121' },
  ),
  raised(
    'the whole answer, with a header that is not its own',
    { message: '{"code":"1","message":"m"}', state: 'PGRST', detail: '{"status":400,"headers":{"Set-Cookie":"a=b"}}' },
    500,
    headersProblem,
  ),
  {
    name: 'a raised error keeps nothing',
    after: ['POST /rpc/refuse {"message":"m"}'],
    request: 'GET /labels?id=eq.98',
    status: 200,
    body: [],
  },
];
