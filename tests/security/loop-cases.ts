/** Requests made to hold up everybody else's: what `loop-probe.ts` sends, and the schemas they are sent to. */

export interface HostileRequest {
  readonly name: string;
  readonly environment: 'plain' | 'guarded' | 'wide';
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Made by the sender: on the server's thread it would count as the server's. */
  readonly body?: () => string;
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
  create function measure (document jsonb) returns integer language sql immutable as $$ select length(document) $$;
  create function count_items (items integer[]) returns integer language sql immutable as $$ select 1 $$;
  alter table notes disable row level security; alter table wide disable row level security;
  alter table people disable row level security; alter table orders disable row level security;
  alter table lines disable row level security; alter table large disable row level security;
  alter table uploads disable row level security;
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
const list = (count: number) => Array.from({ length: count }, (_, index) => index).join(',');

export const reads: HostileRequest[] = [
  { ...read, name: '1,000 wide rows', path: '/wide' },
  { ...read, name: '1,000 wide rows as CSV', path: '/wide', headers: { accept: 'text/csv' } },
  { ...read, name: '1,000 wide rows, HEAD', method: 'HEAD', path: '/wide' },
  { ...read, name: '1,000 wide rows, each with its parent', path: '/wide?select=*,parent(*)' },
  { ...read, name: '1,000 rows of 20 kB', path: '/long?order=id' },
  { ...read, name: '1,000 rows of 20 kB, their ids alone', path: '/long?select=id' },
  { ...read, name: '1,000 rows of 20 kB by another shape', path: '/long?id=gt.0&select=note,id' },
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

export function hostileRequests(): HostileRequest[] {
  return [
    ...reads,
    ...guardedRequests,
    ...manyTableRequests,
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
