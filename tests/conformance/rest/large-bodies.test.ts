/** A large body is read on a thread; it is answered as the same body would be if it were small. */

import fc from 'fast-check';
import { Piscina } from 'piscina';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { packRows } from '#lib/engine/run/packed-rows.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';
import { unpackRows } from '#lib/services/rest/payload/payload-threads.ts';
import { openRestEnvironment, type RestEnvironment, serviceRole } from '../../support/rest-environment.ts';

const schema = `
  create type mood as enum ('sad', 'glad');
  create table things (id integer primary key, name text not null default 'unnamed', n integer,
    d numeric, b boolean, u uuid, j jsonb, k json, l integer[], t timestamptz, m mood, x bytea, secret integer generated always as (n * 2));
  alter table things disable row level security;
  create view shown as select id, name as title, b as flag from things;
  create function describe (document jsonb, items integer[] default '{}', flag boolean default false) returns text language sql immutable
    as $$ select document || '|' || items || '|' || flag $$;
  create function whole (jsonb) returns text language sql immutable as $$ select $1 $$;
  create function title (things) returns text language sql immutable as $$ select $1 ->> 'name' $$;
  create function name_of (thing things) returns text language sql immutable as $$ select thing ->> 'name' $$;`;

let rest: RestEnvironment;
beforeAll(async () => {
  rest = await openRestEnvironment(schema, { api: { safeUpdate: false } });
});
afterAll(() => rest.close());

/** What every grammar skips. */
const padding = { json: ' '.repeat(200_000), csv: '\n'.repeat(200_000), form: '&'.repeat(200_000) };
const types = { json: 'application/json', csv: 'text/csv', form: 'application/x-www-form-urlencoded' };
const returning = { prefer: 'return=representation' };

const every = {
  name: 'a "b" é',
  n: 7,
  d: 1.1,
  b: true,
  u: 'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6',
  j: { z: 1, a: [1.5, null] },
  k: { z: 1 },
  l: [1, null, 3],
  t: '2026-01-02T03:04:05+01:00',
  m: 'glad',
  x: '\\xff00',
};
const digits = '{"d": 12345678901234567890.10, "j": {"v": 1.10}, "n": 1e1}';

type Case = readonly [
  name: string,
  kind: keyof typeof types,
  method: string,
  path: string,
  body: string,
  headers?: Record<string, string>,
];

const cases: Case[] = [
  ['every type', 'json', 'POST', '/things', JSON.stringify(every), returning],
  ['every digit', 'json', 'POST', '/things', digits, returning],
  ['nulls', 'json', 'POST', '/things', JSON.stringify({ name: 'x', n: null, j: null, l: null }), returning],
  ['defaults', 'json', 'POST', '/things', '[{"n":1},{"n":2}]', { prefer: 'return=representation, missing=default' }],
  ['rows that disagree', 'json', 'POST', '/things', '[{"n":1},{"name":"x"}]', returning],
  ['rows that disagree, columns named', 'json', 'POST', '/things?columns=name,n', '[{"n":1,"name":"y"},{"name":"x"}]', returning],
  ['an unknown column', 'json', 'POST', '/things', '{"n":1,"nope":2,"nope2":3}', returning],
  ['a generated column', 'json', 'POST', '/things', '{"secret":1}', returning],
  ['a wrong value in the second row', 'json', 'POST', '/things', '[{"n":1},{"n":"one"},{"n":3}]', returning],
  ['a value that no column takes', 'json', 'POST', '/things', '{"m":"angry"}', returning],
  ['a null that must not be', 'json', 'POST', '/things', '{"name":null}', returning],
  ['no JSON', 'json', 'POST', '/things', '{"n":1', returning],
  ['no object', 'json', 'POST', '/things', '[1]', returning],
  ['no rows', 'json', 'POST', '/things', '[]', returning],
  ['an upsert', 'json', 'POST', '/things', '[{"id":1,"n":9}]', { prefer: 'resolution=merge-duplicates,return=representation' }],
  ['a single row through a view', 'json', 'POST', '/shown', '{"title":"seen","flag":"yes"}', returning],
  ['an unknown table', 'json', 'POST', '/thing', '{"n":1}', returning],
  ['a change', 'json', 'PATCH', '/things?id=eq.1', '{"j":{"b":1,"a":2},"l":[3]}', returning],
  ['a change of nothing', 'json', 'PATCH', '/things?id=eq.1', '{}', returning],
  ['a PUT', 'json', 'PUT', '/things?id=eq.1', '{"id":1,"name":"put"}', returning],
  ['a PUT of another row', 'json', 'PUT', '/things?id=eq.1', '{"id":2,"name":"put"}', returning],
  ['CSV', 'csv', 'POST', '/things', 'name,n,b,l\n"a ""b"", c",1,t,{1}\nNULL2,NULL,f,"{1,2}"\n', returning],
  ['CSV of unequal lines', 'csv', 'POST', '/things', 'name,n\na,1\nb\n', returning],
  ['CSV with a quote that does not end', 'csv', 'POST', '/things', 'name,n\n"a,1\n', returning],
  ['CSV with a wrong value', 'csv', 'POST', '/things', 'name,n\na,1\nb,two\n', returning],
  ['a form', 'form', 'POST', '/things', 'name=form&n=4&b=off', returning],
  ['another kind of body', 'json', 'POST', '/things', '{}', { 'content-type': 'text/html' }],
  [
    'a batch',
    'json',
    'POST',
    '/batch',
    '[{"method":"POST","path":"/things","body":{"name":"in a batch"}},{"method":"PATCH","path":"/things?name=eq.in a batch","body":{"n":5}}]',
  ],
  ['a batch that is none', 'json', 'POST', '/batch', '[{"method":"GET","path":"/things"}]'],
  ['a call', 'json', 'POST', '/rpc/describe', '{"document":{"b":1.10,"a":2},"items":[1,2],"flag":true}'],
  ['a call of a form', 'form', 'POST', '/rpc/describe', 'document={"b":1}&flag=t'],
  ['a call with a wrong value', 'json', 'POST', '/rpc/describe', '{"document":{},"items":["x"]}'],
  ['a call with an argument there is not', 'json', 'POST', '/rpc/describe', '{"document":{},"nope":1}'],
  ['a call with a whole body', 'json', 'POST', '/rpc/whole', '[{"b":1,"a":2}]'],
  ['a call with a row', 'json', 'POST', '/rpc/name_of', '{"thing":{"id":1,"name":"row","b":true}}'],
  ['a call without JSON', 'json', 'POST', '/rpc/describe', '{"document":'],
];

test.each(cases.map((asked) => ({ name: asked[0], asked })))(
  '$name',
  async ({ asked: [, kind, method, path, body, headers = {}] }) => {
    const ask = async (text: string) => {
      rest.script(`delete from things; insert into things (id, name) values (1, 'first')`);
      const answer = await rest.call(method, path, {
        as: serviceRole,
        body: text,
        headers: { 'content-type': types[kind], ...headers },
      });
      const stored = rest.script('select *, typeof(d), typeof(b), typeof(n) from things order by id').at(-1)?.rows;
      return {
        status: answer.status,
        json: answer.json,
        text: answer.text.replaceAll(/"(?:Date|Server-Timing)[^,]*,/g, ''),
        stored,
      };
    };
    const small = await ask(body);
    const decode = vi.spyOn(TextDecoder.prototype, 'decode');
    const large = await ask(kind === 'json' ? padding.json + body : body + padding[kind]);
    const decoded = Math.max(0, ...decode.mock.calls.map(([bytes]) => bytes?.byteLength ?? 0));
    decode.mockRestore();
    expect(large).toEqual(small);
    // Elsewhere, that is.
    expect(decoded).toBeLessThan(padding.json.length);
  },
);

test('a body read for columns that change meanwhile is read again', async () => {
  rest.script('create table moving (v text); alter table moving disable row level security');
  const { run } = Piscina.prototype;
  const running = vi.spyOn(Piscina.prototype, 'run').mockImplementationOnce(function (this: Piscina, ...args) {
    const read = run.apply(this, args);
    rest.script('drop table moving; create table moving (v boolean); alter table moving disable row level security');
    return read;
  });
  const answer = await rest.call('POST', '/moving', { as: serviceRole, body: `${padding.json}{"v":"yes"}` });
  expect([answer.status, running.mock.calls.length]).toEqual([201, 2]);
  running.mockRestore();
  expect(rest.script('select v, typeof(v) from moving').at(-1)?.rows).toEqual([[1, 'integer']]);
});

test('rows come back from their slices as they were, and no slice holds many', () => {
  const value = fc.oneof(
    fc.string(),
    fc.double({ noNaN: true }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constant(null),
  );
  const row = fc
    .dictionary(fc.constantFrom('a', 'b', '__proto__'), value)
    .map((given) => new Map<string, SqlValue>(Object.entries(given)));
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      const unpacked = unpackRows(packRows(rows.length, rows));
      expect([...unpacked]).toEqual(rows);
      expect(unpacked.at(Math.max(0, rows.length - 1))).toEqual(rows.at(-1));
    }),
  );
  const many = Array.from(
    { length: 20_000 },
    (_, index) =>
      new Map<string, SqlValue>([
        ['a', index],
        ['b', 'word'],
      ]),
  );
  const packed = packRows(many.length, many);
  expect(packed.ends.length).toBeGreaterThanOrEqual(20);
  expect([...unpackRows(packed)]).toEqual(many);
});
