/** Writes through simple views: PostgreSQL 15 and the REST API answer alike, whosever rights the view has. */

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openRestEnvironment, type RestEnvironment } from '../../support/rest-environment.ts';
import { type Postgres, startPostgres } from './postgres.ts';

interface Write {
  readonly name: string;
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly id?: number;
  readonly row?: Readonly<Record<string, string | number | null>>;
  readonly conflict?: 'merge' | 'ignore';
}

const writes: readonly Write[] = [
  { name: 'a row it shows', method: 'POST', row: { id: 7, owner: 'a', sort: 'open', note: 'n' } },
  { name: 'a row it does not show', method: 'POST', row: { id: 7, owner: 'a', sort: 'shut' } },
  { name: 'a row of somebody else', method: 'POST', row: { id: 7, owner: 'b', sort: 'open' } },
  { name: 'a row of somebody else it does not show', method: 'POST', row: { id: 7, owner: 'b', sort: 'shut' } },
  { name: 'a row by its defaults', method: 'POST', row: { id: 7, owner: 'a' } },
  { name: 'a row with a null it may not have', method: 'POST', row: { id: 7, owner: null, sort: 'open' } },
  { name: 'a row with a null, not shown', method: 'POST', row: { id: 7, owner: null, sort: 'shut' } },
  { name: 'a row that is there', method: 'POST', row: { id: 1, owner: 'a', sort: 'open' } },
  { name: 'a row that is there, not shown', method: 'POST', row: { id: 1, owner: 'a', sort: 'shut' } },
  { name: 'a row that breaks a check', method: 'POST', row: { id: 7, owner: 'a', sort: 'open', note: 'bad' } },
  { name: 'a computed column', method: 'POST', row: { id: 7, owner: 'a', loud: 'X' } },
  { name: 'a shown row', method: 'PATCH', id: 1, row: { note: 'x' } },
  { name: 'a shown row out of sight', method: 'PATCH', id: 1, row: { sort: 'shut' } },
  { name: 'a shown row to somebody else', method: 'PATCH', id: 1, row: { owner: 'b' } },
  { name: 'a shown row to a bad value', method: 'PATCH', id: 1, row: { note: 'bad', sort: 'shut' } },
  { name: 'a hidden row', method: 'PATCH', id: 2, row: { note: 'x' } },
  { name: 'a row of somebody else changed', method: 'PATCH', id: 3, row: { note: 'x' } },
  { name: 'a key', method: 'PATCH', id: 1, row: { id: 9 } },
  { name: 'a computed column changed', method: 'PATCH', id: 1, row: { loud: 'X' } },
  { name: 'a shown row deleted', method: 'DELETE', id: 1 },
  { name: 'a hidden row deleted', method: 'DELETE', id: 2 },
  { name: 'a row of somebody else deleted', method: 'DELETE', id: 3 },
  { name: 'a shown row merged', method: 'POST', conflict: 'merge', row: { id: 1, owner: 'a', sort: 'open', note: 'm' } },
  {
    name: 'a shown row merged out of sight',
    method: 'POST',
    conflict: 'merge',
    row: { id: 1, owner: 'a', sort: 'shut', note: 'm' },
  },
  { name: 'a hidden row merged', method: 'POST', conflict: 'merge', row: { id: 2, owner: 'a', sort: 'open', note: 'm' } },
  {
    name: 'a hidden row merged, still hidden',
    method: 'POST',
    conflict: 'merge',
    row: { id: 2, owner: 'a', sort: 'shut', note: 'm' },
  },
  { name: 'a row of somebody else merged', method: 'POST', conflict: 'merge', row: { id: 3, owner: 'a', sort: 'open' } },
  { name: 'a new row merged', method: 'POST', conflict: 'merge', row: { id: 7, owner: 'a', sort: 'open' } },
  { name: 'a shown row ignored', method: 'POST', conflict: 'ignore', row: { id: 1, owner: 'a', sort: 'open' } },
  { name: 'a row ignored that it would not show', method: 'POST', conflict: 'ignore', row: { id: 1, owner: 'a', sort: 'shut' } },
  { name: 'a new row, not ignored, not shown', method: 'POST', conflict: 'ignore', row: { id: 7, owner: 'a', sort: 'shut' } },
];

const views = ['owner', 'invoker'].flatMap((rights) =>
  ['', 'check'].flatMap((check) => [`${rights}${check}`, `${rights}${check}_partly`]),
);

const viewSql = views
  .map((name) => {
    const options = `security_invoker = ${name.startsWith('invoker')}`;
    const check = name.includes('check') ? ' with check option' : '';
    const grants = name.endsWith('_partly')
      ? 'select (id, note), update (note), insert (id, owner)'
      : 'select, insert, update, delete';
    return `create view ${name} with (${options}) as select x.id, owner, kind as sort, note, upper(note) as loud from t as x
        where x.kind = 'open'${check};
      revoke all on ${name} from authenticated; revoke all on ${name} from anon; grant ${grants} on ${name} to authenticated;`;
  })
  .join('\n');

const schema = `
  create table t (id integer primary key, owner text not null, kind text default 'open', note text default 'none',
    constraint t_note_check check (note <> 'bad'));
  create policy own on t using (owner = (auth.jwt() ->> 'uid'));
  ${viewSql}`;
const rows = `insert into t values (1, 'a', 'open', 'x'), (2, 'a', 'shut', 'y'), (3, 'b', 'open', 'z'), (4, 'b', 'shut', 'w');`;

interface Outcome {
  readonly error: string | null;
  readonly returned: unknown;
  readonly table: unknown;
}

let postgres: Postgres;
let rest: RestEnvironment;

beforeAll(async () => {
  postgres = await startPostgres();
  await postgres.client.query(`
    create role anon; create role authenticated;
    create schema auth; grant usage on schema auth to public;
    create function auth.jwt() returns jsonb language sql stable as $$ select nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
    ${schema}
    alter table t enable row level security;`);
  rest = await openRestEnvironment(schema, { api: { safeUpdate: false } });
}, 120_000);
afterAll(async () => {
  await rest.close();
  await postgres.stop();
});

/** Whether the caller has the table itself, besides the view. */
type Base = 'granted' | 'revoked';
const toBase = (base: Base) =>
  base === 'granted'
    ? 'grant select, insert, update, delete on t to authenticated;'
    : 'revoke all on t from authenticated; revoke all on t from anon;';
const shown = ['id', 'owner', 'sort', 'note', 'loud'];

async function onPostgres(view: string, base: Base, write: Write, returning: boolean): Promise<Outcome> {
  const { client } = postgres;
  await client.query(
    `begin; ${toBase(base)} ${rows} savepoint before; set local role authenticated; set local request.jwt.claims = '{"role":"authenticated","uid":"a"}';`,
  );
  try {
    const result = await client.query(toSql(view, write, returning), Object.values(write.row ?? {}));
    const table = await client.query('reset role; select * from t order by id');
    return { error: null, returned: returning ? result.rows : null, table: lastRows(table) };
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    return { error: `${error.code} ${error.message}`, returned: null, table: null };
  } finally {
    await client.query('rollback');
  }
}

/** The statement PostgREST would send. */
function toSql(view: string, { method, id, row = {}, conflict }: Write, returning: boolean): string {
  const names = Object.keys(row);
  const back = returning ? ` returning ${view.endsWith('_partly') ? 'id, note' : shown.join(', ')}` : '';
  const where = id === undefined ? '' : ` where id = ${id}`;
  if (method === 'DELETE') return `delete from ${view}${where}${back}`;
  if (method === 'PATCH')
    return `update ${view} set ${names.map((name, at) => `${name} = $${at + 1}`).join(', ')}${where}${back}`;
  const merge = `do update set ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`;
  const onConflict = conflict === undefined ? '' : ` on conflict (id) ${conflict === 'merge' ? merge : 'do nothing'}`;
  return `insert into ${view} (${names.join(', ')}) values (${names.map((_, at) => `$${at + 1}`).join(', ')})${onConflict}${back}`;
}

function lastRows(result: pg.QueryResult | pg.QueryResult[]): unknown {
  return (Array.isArray(result) ? result.at(-1) : result)?.rows;
}

const problemSchema = z.object({ code: z.string(), message: z.string() });

async function onRest(view: string, base: Base, { method, id, row, conflict }: Write, returning: boolean): Promise<Outcome> {
  rest.script(`${toBase(base)} delete from t; ${rows}`);
  const prefer = [returning ? 'return=representation' : 'return=minimal'];
  if (conflict !== undefined) prefer.push(`resolution=${conflict}-duplicates`);
  const select = returning && view.endsWith('_partly') ? 'select=id,note' : '';
  const filter = id === undefined ? '' : `id=eq.${id}`;
  const answer = await rest.call(method, `/${view}?${[select, filter].filter(Boolean).join('&')}`, {
    as: { role: 'authenticated', uid: 'a' },
    headers: { prefer: prefer.join(', ') },
    ...(row === undefined ? {} : { body: row }),
  });
  if (answer.status >= 400) {
    const { code, message } = problemSchema.parse(answer.json);
    return { error: `${code} ${message}`, returned: null, table: null };
  }
  const table = rest.database.read((connection) => connection.all('select * from main.t order by id'));
  return {
    error: null,
    returned: returning ? answer.json : null,
    table: table.map((item) => ({ ...item, id: Number(item.id) })),
  };
}

describe.each(views)('through %s', (view) => {
  describe.each(['granted', 'revoked'] as const)('with the table %s', (base) => {
    test.each(writes.flatMap((write) => [true, false].map((returning) => [write.name, returning, write] as const)))(
      '%s, returned: %s',
      async (_name, returning, write) => {
        expect(await onRest(view, base, write, returning)).toEqual(await onPostgres(view, base, write, returning));
      },
    );
  });
});
