/** PostgreSQL's expressions in SQLite's words: the text, and what SQLite makes of it. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openFile } from '#lib/engine/open-file.ts';
import { rewriteSql } from '#lib/engine/sql/rewrite-sql.ts';
import { isSqlError } from '#lib/engine/sql-error.ts';

test.each([
  ['auth.uid() = user_id', ':auth_uid = user_id'],
  [`(select auth.jwt()) ->> 'aal' = 'aal2'`, `((select :auth_jwt) ->> 'aal') = 'aal2'`],
  ['"auth"."uid"() = a', ':auth_uid = a'],
  [`current_setting('request.jwt.claims', true)::json ->> 'sub'`, `(:auth_jwt ->> 'sub')`],
  [`current_setting('request.jwt.claim.sub', true)`, ':auth_uid'],
  ['select * from public.posts', 'select * from "posts"'],
  ['select public.posts.id from public.posts', 'select posts.id from "posts"'],
  ['select * from app.t, app.u x where t.a = x.a', 'select * from "app.t" AS "t", "app.u" x where t.a = x.a'],
  [
    'select id from auth.users where users.id = auth.uid()',
    'select id from "_koyalite_users" AS "users" where users.id = :auth_uid',
  ],
  [`storage.foldername(name)`, 'storage_foldername(name)'],
  [`(storage.foldername(name))[1] = 'a'`, `((storage_foldername(name)) ->> 0) = 'a'`],
  [`a like 'b%'`, `(a GLOB 'b*')`],
  [`a not like '10\\%_[x]*'`, `(NOT (a GLOB '10%?[[]x][*]'))`],
  ['a like b', 'like_sensitive(a, b)'],
  [`lower(a) || 'x' ilike '%' || b || '%' and c`, `ilike(lower(a) || 'x', '%' || b || '%') and c`],
  [`a !~* 'x' or b ~ c`, `NOT regexp_match(a, 'x', 'i') or regexp_match(b, c, '')`],
  [`a = any(array['x','y'])`, `(a IN ('x', 'y'))`],
  [`a = any(tags)`, '(a IN (SELECT value FROM json_each((tags))))'],
  ['a = any (select b from t)', '(a IN (select b from t))'],
  [`a <> all('{x}'::text[])`, `(a NOT IN (SELECT value FROM json_each(('["x"]'))))`],
  [`tags @> array['a'] and tags && b`, `contains(tags, json_array('a')) and overlaps(tags, b)`],
  [`at > now() - interval '1 day'`, /^at > timestamp_add\(\(strftime.*, '1 day', -1\)$/],
  [`at + '2 hours'::interval`, `timestamp_add(at, '2 hours', 1)`],
  [`'2024-01-05'::date, '{"a": 1}'::jsonb, 't'::boolean, '5'::int`, `'2024-01-05', '{"a":1}', 1, 5`],
  [`a::text::int`, "cast_value(CAST(a AS TEXT), 'INTEGER')"],
  [`cast(a as uuid), cast('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11' as uuid)`, `a, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'`],
  [`E'a\\nb' || $$it's$$`, `'a\nb' || 'it''s'`],
  ['select 1 -- x\n, 2 /* y */', 'select 1  \n, 2  '],
  ['select a from t offset 5', 'select a from t LIMIT -1 offset 5'],
  ['select a from t for update skip locked', 'select a from t'],
  [`a is distinct from b`, 'a is distinct from b'],
  [`data #>> '{a,0}'`, `(data ->> '$."a"[0]')`],
  [`string_agg(a, ',') filter (where b ~ 'x')`, `group_concat(a, ',') FILTER (where regexp_match(b, 'x', ''))`],
  [`at time zone`, 'at time zone'],
])('%s', (sql, expected) => {
  if (typeof expected === 'string') expect(rewriteSql(sql).trim()).toBe(expected.trim());
  else expect(rewriteSql(sql)).toMatch(expected);
});

test.each([
  [
    `select 'abc' like 'A%', 'abc' ilike 'A%', 'a_c' like 'a\\_c', 'abc' like 'a\\_c', 'abc' ~ '^a', 'ABC' ~* '^a'`,
    [0, 1, 1, 0, 1, 1],
  ],
  [
    `select '{"a": {"b": [1, true, "x"]}}' -> 'a' -> 'b' ->> 1, '{"n": 5}' ->> 'n' = '5', ('{"t": true}' ->> 't')::boolean`,
    ['true', 1, 1],
  ],
  [`select (array[3, 4])[2], 3 = any(array[1, 3]), 3 > all(array[1, 2]), array_length(array['a'], 1)`, [4, 1, 1, 1]],
  [
    `select extract(year from '2024-06-15'::date), date_trunc('month', '2024-06-15T10:00:00+00:00'), extract(epoch from '1970-01-02'::timestamptz)`,
    [2024, '2024-06-01T00:00:00+00:00', 86400],
  ],
  [
    `select substring('hello' from 2 for 3), position('l' in 'hello'), trim(both 'x' from 'xax'), left('hello', 2), right('hello', 2)`,
    ['ell', 3, 'a', 'he', 'lo'],
  ],
  [
    `select extract(epoch from ('2024-01-02'::timestamptz - '2024-01-01'::timestamptz)), extract(day from '2024-01-05'::timestamptz - '2024-01-01'::timestamptz)`,
    [86400, 4],
  ],
  ['select greatest(1, null, 3), least(2, 1), 2 ^ 3', [3, 1, 8]],
  [`select length(gen_random_uuid()), substr(uuid_generate_v4(), 15, 1), now() = rtrim(now())`, [36, '4', 1]],
  [`select case when 'a' like 'a%' then 'y' else 'n' end::text, coalesce(null::text, 'z'), -'3'::int`, ['y', 'z', -3]],
  [
    `select array(select x from unnest(array[1, 2]) as x), jsonb_build_object('a', 1), jsonb_typeof('{}'::jsonb)`,
    ['[1,2]', '{"a":1}', 'object'],
  ],
  [`select '2024-01-31'::timestamptz + interval '1 month'`, ['2024-02-29T00:00:00+00:00']],
  [`select 'b' like any (array['a%', 'b%']), 'b' not in ('a')`, [1, 1]],
])('SQLite runs %s', (sql, expected) => {
  const handle = openFile(':memory:', { create: true });
  expect(Object.values(handle.prepare(rewriteSql(sql)).get() as object)).toEqual(expected);
});

test('arguments of a function', () => {
  const context = { argumentNames: ['name_param', 'name', ''], functionName: 'f' };
  expect(rewriteSql('select name from t where a = name_param and b = f.name and c = $1 and d = $3', context)).toBe(
    'select :arg_name from t where a = :arg_name_param and b = :arg_name and c = :arg_name_param and d = :arg__24_3',
  );
  expect(rewriteSql('insert into t (name, a) select $2, 1; ', context)).toContain('(name, a)');
  expect(rewriteSql('update t set name = name, a = 1', context)).toBe('update t set name = :arg_name, a = 1');
  expect(rewriteSql('select u.name from u', { argumentNames: ['u'] })).toContain(`(:arg_u ->> 'name')`);
});

test('the built-ins alone where SQLite evaluates by itself', () => {
  expect(rewriteSql(`a like b and c ilike 'x'`, { builtinsOnly: true })).not.toMatch(/like_sensitive|ilike/);
  expect(() => rewriteSql(`a ~ 'x'`, { builtinsOnly: true })).toThrow(expect.objectContaining({ sqlstate: '0A000' }));
});

test.each([
  'select * from main.t',
  'select * from "main"."t"',
  `select * from 'main'.'t'`,
  'select main.t.a from t',
  'select 1 in temp.t',
  'delete from main . t',
])('%s would pass the walls', (sql) => {
  expect(() => rewriteSql(sql)).toThrow(expect.objectContaining({ sqlstate: '42501' }));
  expect(rewriteSql(sql, { allowMain: true })).toContain('.');
});

test('nesting and growth end in an error, not in a crash', () => {
  expect(() => rewriteSql(`${'('.repeat(5000)}1${')'.repeat(5000)}`)).toThrow(expect.objectContaining({ sqlstate: '54001' }));
  let nested = 'a';
  for (let depth = 0; depth < 60; depth += 1) nested = `(${nested} ->> 'k')`;
  expect(rewriteSql(nested).length).toBeLessThan(100_000);
});

test('property: any tokens end in text or a SqlError', () => {
  const word = fc.constantFrom(
    'a',
    'select',
    'from',
    'where',
    '(',
    ')',
    '[',
    ']',
    ',',
    "'x'",
    '1',
    '::',
    'int',
    'like',
    'ilike',
    '~',
    'any',
    'all',
    '=',
    'array',
    'case',
    'when',
    'end',
    'cast',
    'as',
    'interval',
    '->>',
    '-',
    '.',
    'auth',
    'uid',
    '@>',
    'not',
    'at',
    'time',
    'zone',
    'offset',
    'limit',
    'in',
    'over',
    'filter',
    'extract',
    '$1',
    '#>',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 20 }), (words) => {
      try {
        rewriteSql(words.join(' '), { argumentNames: ['a'] });
      } catch (error) {
        if (!isSqlError(error)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});
