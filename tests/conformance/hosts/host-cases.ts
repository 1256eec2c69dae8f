/** What every host answers alike: a request, and what must and must not come back. */

import type { HostKeys } from './hosts.ts';

export interface HostCase {
  readonly name: string;
  readonly path: string;
  readonly method?: string;
  /** Whose token; the anon key alone without one. */
  readonly as?: keyof HostKeys | 'nobody';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly status: number;
  /** Header by lower-case name; null = absent. */
  readonly expect?: Readonly<Record<string, string | RegExp | null>>;
  /** Exact JSON, or a part of the text. */
  readonly answer?: unknown;
  readonly contains?: string;
  readonly not?: string;
}

const rest = '/api/shop/rest/v1';
const json = 'application/json; charset=utf-8';

export const hostCases: readonly HostCase[] = [
  {
    name: 'a user reads own rows',
    path: `${rest}/notes?select=body`,
    as: 'alice',
    status: 200,
    answer: [{ body: 'from alice' }],
    not: 'bob',
    expect: { 'content-type': json },
  },
  {
    name: 'another user reads other rows',
    path: `${rest}/notes?select=body`,
    as: 'bob',
    status: 200,
    answer: [{ body: 'from bob' }],
    not: 'alice',
  },
  { name: 'nobody reads nothing', path: `${rest}/notes`, as: 'nobody', status: 200, answer: [] },
  {
    name: 'the service role reads all',
    path: `${rest}/notes?select=id&order=id`,
    as: 'service',
    status: 200,
    answer: [{ id: 1 }, { id: 2 }],
  },
  {
    name: 'an embed stays behind the walls',
    path: `${rest}/teams?select=name,notes(body)`,
    as: 'alice',
    status: 200,
    answer: [{ name: 'red', notes: [{ body: 'from alice' }] }],
    not: 'bob',
  },
  {
    name: 'a count',
    path: `${rest}/notes?select=id`,
    as: 'service',
    headers: { prefer: 'count=exact' },
    status: 200,
    expect: { 'content-range': '0-1/2' },
  },
  {
    name: 'a range',
    path: `${rest}/notes?select=id&limit=1`,
    as: 'service',
    headers: { prefer: 'count=exact' },
    status: 206,
    expect: { 'content-range': '0-0/2' },
  },
  {
    name: 'HEAD has no body',
    path: `${rest}/notes`,
    method: 'HEAD',
    as: 'alice',
    status: 200,
    answer: '',
    expect: { 'content-type': json },
  },
  {
    name: 'CSV',
    path: `${rest}/teams?select=id,name`,
    headers: { accept: 'text/csv' },
    status: 200,
    contains: '1,red',
    expect: { 'content-type': /^text\/csv/ },
  },
  {
    name: 'one object',
    path: `${rest}/teams?id=eq.1`,
    headers: { accept: 'application/vnd.pgrst.object+json' },
    status: 200,
    answer: { id: 1, name: 'red' },
  },
  {
    name: 'no object',
    path: `${rest}/teams?id=eq.9`,
    headers: { accept: 'application/vnd.pgrst.object+json' },
    status: 406,
    contains: 'PGRST116',
  },
  { name: 'an unknown table', path: `${rest}/nothing`, status: 404, contains: 'PGRST205', not: 'sqlite' },
  { name: 'an unknown column', path: `${rest}/teams?select=nothing`, status: 400, contains: '42703' },
  { name: 'a bad filter', path: `${rest}/teams?id=what.1`, status: 400, contains: 'PGRST100' },
  {
    name: 'a write for somebody else',
    path: `${rest}/notes`,
    method: 'POST',
    as: 'alice',
    body: { owner: '00000000-0000-4000-8000-00000000000b', body: 'x' },
    status: 403,
    contains: '42501',
  },
  { name: 'a write of nobody', path: `${rest}/notes`, method: 'POST', as: 'nobody', body: { body: 'x' }, status: 401 },
  { name: 'broken JSON', path: `${rest}/notes`, method: 'POST', as: 'alice', body: '{', status: 400, contains: 'PGRST102' },
  {
    name: 'a delete of somebody else’s row touches nothing',
    path: `${rest}/notes?id=eq.2`,
    method: 'DELETE',
    as: 'alice',
    headers: { prefer: 'return=representation' },
    status: 200,
    answer: [],
  },
  {
    name: 'a wrong key',
    path: `${rest}/teams`,
    headers: { apikey: 'sb_secret_wrong' },
    status: 401,
    contains: 'Invalid API key',
  },
  {
    name: 'a token without a signature',
    path: `${rest}/teams`,
    headers: { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.' },
    status: 401,
    expect: { 'www-authenticate': /invalid_token/ },
  },
  {
    name: 'a preflight',
    path: `${rest}/notes`,
    method: 'OPTIONS',
    as: 'nobody',
    headers: { origin: 'https://a.b', 'access-control-request-method': 'POST', 'access-control-request-headers': 'apikey' },
    status: 204,
    answer: '',
    expect: { 'access-control-allow-origin': '*', 'access-control-allow-credentials': null },
  },
  {
    name: 'headers of every answer',
    path: `${rest}/teams`,
    headers: { origin: 'https://a.b' },
    status: 200,
    expect: {
      'x-request-id': /^[\w-]+$/,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
    },
  },
  { name: 'an unknown environment', path: '/api/nobody/rest/v1/notes', status: 404, contains: 'environment_not_found' },
  { name: 'an unknown service', path: '/api/shop/constructor/v1/notes', status: 404, contains: 'not_found' },
  {
    name: 'an encoded way out stays in',
    path: `${rest}/..%2fauth%2fv1%2fadmin%2fusers`,
    as: 'service',
    status: 404,
    not: 'users":',
  },
  { name: 'auth settings', path: '/api/shop/auth/v1/settings', status: 200, contains: '"external"' },
  { name: 'auth health', path: '/api/shop/auth/v1/health', as: 'nobody', status: 200, contains: 'GoTrue' },
  {
    name: 'a wrong password',
    path: '/api/shop/auth/v1/token?grant_type=password',
    method: 'POST',
    body: { email: 'a@b.io', password: 'nonsense' },
    status: 400,
    contains: 'invalid_credentials',
  },
  { name: 'no administration with the anon key', path: '/api/shop/auth/v1/admin/users', status: 401 },
  { name: 'alive', path: '/api/health/live', as: 'nobody', status: 200, answer: { status: 'ok' } },
  { name: 'ready', path: '/api/health/ready', as: 'nobody', status: 200, answer: { status: 'ready' } },
  {
    name: 'the Platform API lets nobody in',
    path: '/api/platform/v1/projects',
    as: 'nobody',
    status: 401,
    contains: 'not_signed_in',
    not: 'shop',
  },
  {
    name: 'a key of an environment opens no Platform API',
    path: '/api/platform/v1/projects',
    as: 'service',
    status: 401,
    not: 'shop',
  },
  { name: 'nothing else below /api', path: '/api/elsewhere', as: 'nobody', status: 404 },
];
