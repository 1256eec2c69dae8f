/** Requests made to hold up everybody else's: what `loop-probe.ts` sends, and the schemas they are sent to. */

export interface HostileRequest {
  readonly name: string;
  /** `platform`: the Platform API of a whole server; `project`: the APIs of its project. */
  readonly environment: 'plain' | 'guarded' | 'wide' | 'platform' | 'project';
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Made by the sender: on the server's thread it would count as the server's. */
  readonly body?: () => string;
  /** Claims; the service role by default. */
  readonly as?: Readonly<Record<string, unknown>>;
  /** Runs before it, as the operator's console does. */
  readonly sql?: string;
}

export const plainSchema = `
  create table notes (id integer primary key, a text, n integer, d numeric, j jsonb, k json, l integer[], t text[], v text);
  create table wide (id integer primary key, parent integer references wide (id), ${columns(40, (index) => `c${index} text`)});
  create table people (id integer primary key, name text);
  create table orders (id integer primary key, person integer references people (id), note text);
  create table lines (id integer primary key, "order" integer references orders (id), note text);
  create table large (id integer primary key, n integer, note text);
  create table long (id integer primary key, note text);
  alter table long disable row level security;
  create table uploads (id integer primary key, note text check (length(note) < 100));
  create table kept (id integer primary key, note text, n integer);
  create table heavy (id integer primary key, body text, n integer);
  create table owned (id integer primary key, owner uuid, note text);
  create table folders (id integer primary key, name text);
  create table papers (id integer primary key, folder integer references folders (id), content jsonb);
  create policy own on owned for all using (owner = auth.uid());
  create function all_long () returns setof long language sql stable as $$ select * from long $$;
  create function texts () returns setof text language sql stable as $$ select note from long where id <= 500 $$;
  create function all_rows () returns setof large language sql stable as $$ select * from large $$;
  create function one_text () returns text language sql stable as $$ select body from heavy where id = 1 $$;
  create function joined () returns text language sql stable as $$ select group_concat(note) from long $$;
  create function touch () returns setof kept language sql volatile as $$ update kept set n = n + 1 returning * $$;
  create function measure (document jsonb) returns integer language sql immutable as $$ select length(document) $$;
  create function count_items (items integer[]) returns integer language sql immutable as $$ select 1 $$;
  alter table notes disable row level security; alter table wide disable row level security;
  alter table people disable row level security; alter table orders disable row level security;
  alter table lines disable row level security; alter table large disable row level security;
  alter table uploads disable row level security; alter table kept disable row level security;
  alter table heavy disable row level security; alter table folders disable row level security;
  alter table papers disable row level security;
  with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000) insert into kept select i, hex(zeroblob(10000)), i from n;
  with recursive n(i) as (select 1 union all select i + 1 from n where i < 5) insert into heavy select i, hex(zeroblob(5000000)), i from n;
  with recursive n(i) as (select 1 union all select i + 1 from n where i < 300000) insert into owned select i, '00000000-0000-4000-8000-00000000000b', 'x' from n;
  with recursive n(i) as (select 1 union all select i + 1 from n where i < 20) insert into folders select i, 'folder ' || i from n;
  with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000)
    insert into papers select i, i % 20 + 1, json_object('title', 'paper ' || i, 'text', hex(zeroblob(10000)), 'pages', json_array(1, 2, 3)) from n;
  with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000)
    insert into wide select i, 1, ${columns(40, () => "'some words of a wide row, some words of a wide row'")} from n;
  with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000) insert into people select i, 'name ' || i from n;
  with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000) insert into orders select i, i, 'order ' || i from n;
  with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000) insert into lines select i, i, 'line ' || i from n;
  with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000) insert into long select i, hex(zeroblob(10000)) from n;
  with recursive n(i) as (select 1 union all select i + 1 from n where i < 300000) insert into large select i, i % 1000, 'row ' || i from n;`;

/** Its function runs before each request and takes long. */
export const guardedSchema = `
  create table notes (id integer primary key, a text);
  alter table notes disable row level security;
  insert into notes values (1, 'x');
  create function look () returns integer language sql stable as $$
    with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000000) select max(i) from n $$;`;

export const manyTables = Array.from(
  { length: 2000 },
  (_, index) =>
    `create table t${index} (id integer primary key, owner uuid not null default (auth.uid()), title text, done boolean default false,
      next integer references t${Math.max(0, index - 1)} (id), unique (title, owner));`,
).join('\n');

function columns(count: number, make: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => make(index)).join(', ');
}

/** As much of `unit` as fits, between brackets. */
function fill(bytes: number, unit: (index: number) => string, [open, close] = ['[', ']']): string {
  const parts: string[] = [];
  for (let index = 0, size = 0; size < bytes; index += 1) {
    const part = unit(index);
    parts.push(part);
    size += part.length + 1;
  }
  return `${open}${parts.join(',')}${close}`;
}

const json = { 'content-type': 'application/json' };
const csv = { 'content-type': 'text/csv' };
const returning = { prefer: 'return=representation' };
const insert = { environment: 'plain', method: 'POST' } as const;

/** Bodies of so many bytes. */
export function largeBodies(label: string, bytes: number): HostileRequest[] {
  const note = (name: string, body: () => string, headers: Readonly<Record<string, string>> = {}): HostileRequest => ({
    ...insert,
    name: `${label}: ${name}`,
    path: '/notes',
    headers: { ...json, ...headers },
    body,
  });
  const csvOf = (unit: string) => `a,n\n${`${unit}\n`.repeat(Math.ceil(bytes / (unit.length + 1)))}`;
  const keys = () => fill(bytes, (index) => `"key${index}":${index}`, ['{', '}']);
  const integers = () => fill(bytes, () => '123');
  return [
    note('CSV of short lines', () => csvOf('x,1'), csv),
    note('CSV of long lines', () => csvOf(`${'word '.repeat(40)},123456`), csv),
    note('CSV of one quoted cell', () => `a,n\n"${'x""y,\n'.repeat(Math.ceil(bytes / 7))}",1\n`, csv),
    note('CSV of commas', () => `a,n\n${','.repeat(bytes)}`, csv),
    note('JSON of small rows', () => fill(bytes, (index) => `{"a":"row ${index}","n":${index}}`)),
    note('JSON of small rows read back', () => fill(bytes, (index) => `{"a":"row ${index}","n":${index}}`), returning),
    note(
      'JSON of rows of control characters read back',
      () => fill(bytes, (index) => `{"a":"${'\\u0001'.repeat(100)}","n":${index}}`),
      returning,
    ),
    note('JSON of small rows read back as CSV', () => fill(bytes, (index) => `{"a":"row ${index}","n":${index}}`), {
      ...returning,
      accept: 'text/csv',
    }),
    note('a long text read back', () => `{"a":"${'x'.repeat(bytes)}"}`, returning),
    note('JSON of empty rows', () => fill(bytes, () => '{}')),
    note('JSON of long decimals', () => fill(bytes, (index) => `{"d":1234567890.12345678901${index}}`)),
    note('JSON of rows that disagree', () => fill(bytes, (index) => `{"a${index % 500}":1}`)),
    note('JSON of one row of unknown keys', keys),
    note('JSON that is none', () => `[${'['.repeat(900)}${'1,'.repeat(bytes / 2)}`),
    note('a jsonb of many keys', () => `{"j":${keys()}}`),
    note('a jsonb of decimals', () => `{"j":${fill(bytes, (index) => `${index}.10`)}}`),
    note('a json of many keys', () => `{"k":${keys()}}`),
    note('an int[]', () => `{"l":${integers()}}`),
    note('a text[]', () => `{"t":${fill(bytes, () => '"ab"')}}`),
    note('an int[] as a literal', () => `{"l":"{${integers().slice(1, -1)}}"}`),
    note('a long text', () => `{"a":"${'x'.repeat(bytes)}"}`),
    note('a text of escapes', () => `{"a":"${'\\u00e9'.repeat(bytes / 6)}"}`),
    {
      ...insert,
      name: `${label}: a text that a CHECK reads`,
      path: '/uploads',
      headers: json,
      body: () => `{"note":"${'x'.repeat(bytes)}"}`,
    },
    {
      ...insert,
      name: `${label}: PATCH of a jsonb`,
      method: 'PATCH',
      path: '/notes?id=eq.1',
      headers: json,
      body: () => `{"j":${keys()}}`,
    },
    {
      ...insert,
      name: `${label}: upsert of small rows`,
      path: '/notes',
      headers: { ...json, prefer: 'resolution=merge-duplicates' },
      body: () => fill(bytes, (index) => `{"id":${index + 1},"a":"row ${index}"}`),
    },
    {
      ...insert,
      name: `${label}: upsert of small rows read back`,
      path: '/notes',
      headers: { ...json, prefer: 'resolution=merge-duplicates,return=representation' },
      body: () => fill(bytes, (index) => `{"id":${index + 1},"a":"row ${index}"}`),
    },
    {
      ...insert,
      name: `${label}: PUT of a long text read back`,
      method: 'PUT',
      path: '/notes?id=eq.1',
      headers: { ...json, ...returning },
      body: () => `{"id":1,"a":"${'x'.repeat(bytes)}"}`,
    },
    {
      ...insert,
      name: `${label}: batch of many inserts read back`,
      path: '/batch',
      headers: json,
      body: () =>
        fill(
          bytes,
          (index) =>
            `{"method":"POST","path":"/notes","headers":{"prefer":"return=representation"},"body":{"a":"${'x'.repeat(10_000)}","n":${index}}}`,
        ),
    },
    {
      ...insert,
      name: `${label}: batch of one large insert`,
      path: '/batch',
      headers: json,
      body: () => `[{"method":"POST","path":"/notes","body":${fill(bytes, (index) => `{"a":"row ${index}","n":${index}}`)}}]`,
    },
    { ...insert, name: `${label}: call with a jsonb`, path: '/rpc/measure', headers: json, body: () => `{"document":${keys()}}` },
    {
      ...insert,
      name: `${label}: call with an int[]`,
      path: '/rpc/count_items',
      headers: json,
      body: () => `{"items":${integers()}}`,
    },
    { ...insert, name: `${label}: call of no function`, path: '/rpc/nothing', headers: json, body: keys },
  ];
}

const read = { environment: 'plain', method: 'GET' } as const;
const user = { role: 'authenticated', sub: '00000000-0000-4000-8000-00000000000a' };
const list = (count: number) => Array.from({ length: count }, (_, index) => index).join(',');

export const reads: HostileRequest[] = [
  { ...read, name: '1,000 wide rows', path: '/wide' },
  { ...read, name: '1,000 wide rows as CSV', path: '/wide', headers: { accept: 'text/csv' } },
  { ...read, name: '1,000 wide rows, HEAD', method: 'HEAD', path: '/wide' },
  { ...read, name: '1,000 wide rows, each with its parent', path: '/wide?select=*,parent(*)' },
  { ...read, name: '1,000 rows of 20 kB', path: '/long?order=id' },
  { ...read, name: '1,000 rows of 20 kB, their ids alone', path: '/long?select=id' },
  { ...read, name: '1,000 rows of 20 kB by another shape', path: '/long?id=gt.0&select=note,id' },
  { ...read, name: '1,000 rows of 20 kB as CSV', path: '/long?order=id', headers: { accept: 'text/csv' } },
  { ...read, name: 'a row of 10 MB', path: '/heavy?id=eq.1' },
  { ...read, name: 'a row of 10 MB, its number alone', path: '/heavy?id=eq.1&select=id,n' },
  {
    ...read,
    name: 'a row of 10 MB, 30 times',
    path: `/heavy?id=eq.1&select=${Array.from({ length: 30 }, (_, at) => `x${at}:body`)}`,
  },
  { ...read, name: 'five rows of 10 MB by their keys', path: '/heavy?id=in.(1,2,3,4,5)' },
  { ...read, name: 'embeds with large JSON', path: '/folders?select=*,papers(*)' },
  { ...read, name: 'one embed with large JSON', path: '/folders?id=eq.1&select=*,papers(*)' },
  { ...read, name: 'an embed with large JSON upwards', path: '/papers?select=id,content,folders(*)&limit=900' },
  { ...read, name: 'parts of large JSON', path: '/papers?select=id,content->title,content->pages,content->>text' },
  { ...read, name: 'a policy that hides 300,000 rows', path: '/owned', as: user },
  {
    ...read,
    name: 'a policy that hides 300,000 rows, a change',
    method: 'PATCH',
    path: '/owned?note=eq.x',
    as: user,
    headers: json,
    body: () => '{"note":"y"}',
  },
  { ...insert, name: 'call: 1,000 rows of 20 kB', path: '/rpc/all_long' },
  { ...insert, name: 'call: 1,000 rows of 20 kB, ids alone', path: '/rpc/all_long?select=id' },
  { ...insert, name: 'call: 500 texts of 20 kB', path: '/rpc/texts' },
  { ...insert, name: 'call: 300,000 rows', path: '/rpc/all_rows?limit=100000' },
  { ...insert, name: 'call: a text of 10 MB', path: '/rpc/one_text' },
  { ...insert, name: 'call: 20 MB joined', path: '/rpc/joined' },
  { ...insert, name: 'call: a change of 5,000 rows of 20 kB, returned', path: '/rpc/touch?limit=1000' },
  {
    ...insert,
    name: 'PATCH of 900 rows of 20 kB read back',
    method: 'PATCH',
    path: '/kept?id=lt.900',
    headers: { ...json, ...returning },
    body: () => '{"n":7}',
  },
  {
    ...insert,
    name: 'PATCH of a row of 10 MB read back',
    method: 'PATCH',
    path: '/heavy?id=eq.2',
    headers: { ...json, ...returning },
    body: () => '{"n":7}',
  },
  {
    ...insert,
    name: 'PATCH of 900 rows of 20 kB',
    method: 'PATCH',
    path: '/kept?id=lt.900',
    headers: json,
    body: () => '{"n":8}',
  },
  {
    ...insert,
    name: 'upsert over 200 rows of 20 kB read back',
    path: '/kept',
    headers: { ...json, prefer: 'resolution=merge-duplicates,return=representation' },
    body: () => fill(4000, (index) => `{"id":${index + 1000},"n":1}`),
  },
  {
    ...insert,
    name: 'DELETE of 900 rows of 20 kB read back',
    method: 'DELETE',
    path: '/kept?id=gt.4000&id=lt.4900',
    headers: returning,
  },
  { ...read, name: 'count=exact of 300,000 rows', path: '/large?limit=1', headers: { prefer: 'count=exact' } },
  { ...read, name: 'count=exact of 300,000 rows, HEAD', method: 'HEAD', path: '/large', headers: { prefer: 'count=exact' } },
  { ...read, name: 'a filter of 300,000 rows', path: '/large?note=eq.none' },
  { ...read, name: 'a sort of 300,000 rows', path: '/large?order=note&limit=1' },
  { ...read, name: 'an offset of 290,000 rows', path: '/large?limit=1&offset=290000' },
  { ...read, name: 'in.(…) of 6,000 keys', path: `/large?id=in.(${list(6000)})` },
  { ...read, name: 'not.in.(…) of 6,000 keys', path: `/large?id=not.in.(${list(6000)})` },
  { ...read, name: 'three levels of 1,000 rows', path: '/people?select=*,orders(*,lines(*))' },
  { ...read, name: 'three levels upwards', path: '/lines?select=*,orders(*,people(*))' },
  { ...read, name: '500 filters', path: `/notes?${Array.from({ length: 100 }, (_, index) => `a=neq.${index}`).join('&')}` },
  {
    ...read,
    name: 'a tree of 2,500 conditions',
    path: `/notes?or=(${Array.from({ length: 2500 }, (_, index) => `n.eq.${index}`).join(',')})`,
  },
  {
    ...read,
    name: 'a select of 4,000 columns',
    path: `/notes?select=${Array.from({ length: 4000 }, (_, index) => `x${index}:a`).join(',')}`,
  },
  { ...read, name: 'parentheses 15,000 deep', path: `/notes?select=${'a('.repeat(15_000)}` },
  { ...read, name: 'brackets 7,000 deep', path: `/notes?or=${'and('.repeat(7000)}` },
  { ...read, name: 'no table, nearly', path: `/${'nots'.repeat(2000)}` },
];

const guarded = { environment: 'guarded' } as const;

export const guardedRequests: HostileRequest[] = [
  { ...guarded, name: 'dear pre-request: GET', method: 'GET', path: '/notes' },
  { ...guarded, name: 'dear pre-request: insert', method: 'POST', path: '/notes', headers: json, body: () => '{"a":"y"}' },
  { ...guarded, name: 'dear pre-request: empty PATCH', method: 'PATCH', path: '/notes?id=eq.1', headers: json, body: () => '{}' },
  {
    ...guarded,
    name: 'dear pre-request: plan of a write',
    method: 'POST',
    path: '/notes',
    headers: { ...json, accept: 'application/vnd.pgrst.plan+json' },
    body: () => '{"a":"y"}',
  },
  { ...guarded, name: 'dear pre-request: no rows', method: 'POST', path: '/notes', headers: json, body: () => '[]' },
  {
    ...guarded,
    name: 'dear pre-request: batch of an empty PATCH',
    method: 'POST',
    path: '/batch',
    headers: json,
    body: () => '[{"method":"PATCH","path":"/notes?id=eq.1","body":{}}]',
  },
  { ...guarded, name: 'dear pre-request: OpenAPI', method: 'GET', path: '/' },
];

const wide = { environment: 'wide', method: 'GET' } as const;

export const manyTableRequests: HostileRequest[] = [
  { ...wide, name: '2,000 tables: first request', path: '/t1' },
  { ...wide, name: '2,000 tables: after a new column', path: '/t1', sql: 'alter table t7 add column more text' },
  { ...wide, name: '2,000 tables: after a new table', path: '/t1', sql: 'create table added (id integer primary key)' },
  {
    ...wide,
    name: '2,000 tables: after a new policy',
    path: '/t1',
    sql: 'create policy p on t1 for select using (owner = auth.uid())',
  },
  {
    ...wide,
    name: '2,000 tables: insert after a new column',
    method: 'POST',
    path: '/t1',
    headers: json,
    body: () => '{"title":"x"}',
    sql: 'alter table t8 add column more text',
  },
  { ...wide, name: '2,000 tables: OpenAPI', path: '/' },
  { ...wide, name: '2,000 tables: OpenAPI again', path: '/' },
  { ...wide, name: '2,000 tables: OpenAPI after a new column', path: '/', sql: 'alter table t9 add column more text' },
  { ...wide, name: '2,000 tables: no table, nearly', path: '/t20000' },
];

const platform = { environment: 'platform', method: 'POST', headers: json } as const;
const project = { environment: 'project', method: 'POST', headers: json } as const;

/** Bodies as large as the Platform API and auth take them. */
export function cappedBodies(): HostileRequest[] {
  const keys = (bytes: number) => fill(bytes, (index) => `"key${index}":${index}`, ['{', '}']);
  const words = (bytes: number) => 'word '.repeat(bytes / 5);
  return [
    {
      ...project,
      name: 'auth: sign-up with 1 MB of metadata',
      path: '/auth/v1/signup',
      body: () => `{"email":"a@example.com","password":"correct horse battery","data":${keys(990_000)}}`,
    },
    {
      ...project,
      name: 'auth: sign-up with a password of 1 MB',
      path: '/auth/v1/signup',
      body: () => `{"email":"a@example.com","password":"${words(990_000)}"}`,
    },
    {
      ...project,
      name: 'auth: an email of 1 MB',
      path: '/auth/v1/signup',
      body: () => `{"email":"${'a.'.repeat(490_000)}@example.com","password":"correct horse battery"}`,
    },
    {
      ...project,
      name: 'auth: sign-in with 1 MB of keys',
      path: '/auth/v1/token?grant_type=password',
      body: () => keys(990_000),
    },
    {
      ...project,
      name: 'auth: a refresh token of 1 MB',
      path: '/auth/v1/token?grant_type=refresh_token',
      body: () => `{"refresh_token":"${words(990_000)}"}`,
    },
    {
      ...project,
      name: 'auth: an ID token of 1 MB',
      path: '/auth/v1/token?grant_type=id_token',
      body: () => `{"provider":"google","id_token":"${'a.'.repeat(490_000)}"}`,
    },
    {
      ...project,
      name: 'auth: a user with 1 MB of metadata',
      path: '/auth/v1/admin/users',
      body: () => `{"email":"b@example.com","user_metadata":${keys(990_000)}}`,
    },
    { ...project, name: 'auth: brackets', path: '/auth/v1/signup', body: () => '['.repeat(990_000) },
    { ...project, name: 'graphql: a query of 1 MB', path: '/graphql/v1', body: () => `{"query":"{ ${'a '.repeat(490_000)}}"}` },
    {
      ...platform,
      name: 'platform: SQL of 16 MB',
      path: '/projects/demo/database/query',
      body: () => `{"query":"select '${'x'.repeat(16_000_000)}'"}`,
    },
    {
      ...platform,
      name: 'platform: SQL of 8 MB of short statements',
      path: '/projects/demo/database/query',
      body: () => `{"query":"${'select 1;'.repeat(900_000)}"}`,
    },
    {
      ...platform,
      name: 'platform: SQL that gives 20 MB',
      path: '/projects/demo/database/query',
      body: () =>
        `{"query":"select hex(zeroblob(10000)) from (with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000) select i from n)"}`,
    },
    { ...platform, name: 'platform: a project of 1 MB of keys', path: '/projects', body: () => keys(1_000_000) },
    {
      ...platform,
      name: 'platform: a project with a name of 1 MB',
      path: '/projects',
      body: () => `{"name":"${words(1_000_000)}"}`,
    },
    {
      ...platform,
      name: 'platform: settings of 1 MB',
      method: 'PATCH',
      path: '/projects/demo/config/auth',
      body: () => `{"site_url":"${words(1_000_000)}"}`,
    },
    {
      ...platform,
      name: 'platform: a sign-in of 1 MB',
      path: '/auth/sign-in',
      body: () => `{"email":"owner@example.com","password":"${words(1_000_000)}"}`,
    },
  ];
}

export function hostileRequests(): HostileRequest[] {
  return [
    ...reads,
    ...guardedRequests,
    ...manyTableRequests,
    ...cappedBodies(),
    ...largeBodies('1 MB', 1_000_000),
    ...largeBodies('10 MB', 10_000_000),
  ];
}

/** Throws when there is none of this name. */
export function findRequest(name: string): HostileRequest {
  const found = hostileRequests().find((request) => request.name === name);
  if (found === undefined) throw new Error(`no request is called ${name}`);
  return found;
}
