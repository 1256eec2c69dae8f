import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { createTestFile, type TestFile } from '#lib/engine/sql/test-file.ts';

let file: TestFile;
beforeAll(() => {
  file = createTestFile();
  file.run(`create table notes (id int primary key, t text)`);
});

test.each([
  ['a pragma by a name in quotes', `select * from 'pragma_database_list'`],
  ['… among others', `select * from notes, 'pragma_database_list'`],
  ['… in parentheses', `select * from ('pragma_database_list')`],
  ['… inside a view', `create view v as select * from 'pragma_database_list'`],
  ['a conflict clause before the name', `update or ignore '_koyalite_grants' set grantee = 'x'`],
  ['… of any case', `UPDATE OR REPLACE '_KOYALITE_rls_policies' SET using_sql = 'true'`],
  ['… inside a trigger', `create trigger t after insert on notes begin update or fail '_koyalite_grants' set grantee = 'x'; end`],
  ['a second name in a list', `drop table notes, '_koyalite_grants'`],
  ['TRUNCATE', `truncate notes, '_koyalite_grants'`],
  ['a list after FROM', `delete from notes where id in (select 1 from notes, '_koyalite_grants')`],
  ['SQLite’s own tables', 'insert into sqlite_sequence(name) values (1)'],
  ['a function that writes a system table', `create function f() returns void language sql as 'delete from _koyalite_grants'`],
  [
    '… as its last word',
    `create function f() returns text language sql as $$ select 1; delete from "_koyalite_grants" returning grantee $$`,
  ],
  ['… without a language', `create function f() returns void as 'delete from _koyalite_grants'`],
  ['… language in quotes', `create function f() returns void language 'sql' as 'delete from _koyalite_grants'`],
  ['a function that leaves the file', `create function f() returns void language sql as $x$ attach '/x' as y $x$`],
  ['… in an atomic body', `create or replace function f() returns void begin atomic select 1; attach '/x' as y; end`],
  ['a function that loosens SQLite', `create function f() returns void language sql as 'pragma writable_schema = on'`],
])('refuses %s: %s', (_what, sql) => {
  expect(file.fails(sql)).toMatch(/^42501 /);
});

test('a function changes rows, never the schema', () => {
  expect(file.fails(`create function f() returns void language sql as 'drop table notes'`)).toBe(
    '0A000 DROP is not allowed in a SQL function',
  );
  expect(file.fails(`create function f() returns void language sql as 'commit'`)).toBe(
    '0A000 COMMIT is not allowed in a SQL function',
  );
});

test('a language that is not SQL is named, whatever its body says', () => {
  expect(file.fails(`create function f() returns void language plpgsql as 'begin attach; end'`)).toMatch(/^0A000 .*plpgsql/i);
});

test.each([
  [`select '_koyalite_grants', 'pragma_database_list', sqlite_version()`],
  [`insert into notes values (1, '_koyalite_grants'), (2, 'sqlite_sequence') on conflict do nothing`],
  [`update notes set t = '_koyalite_grants' where t in ('sqlite_x', '_koyalite_y')`],
  [`update notes set t = sqlite_version()`],
  ['select count(*) from _koyalite_grants'],
  [`create function fine() returns void language sql as $$ insert into notes values (7, 'pragma') $$; drop function fine`],
])('runs %s', (sql) => {
  expect(file.fails(sql)).toBe('succeeded');
});

test('no spelling of a write reaches a system table', () => {
  const space = fc.constantFrom(' ', '\n', '/* x */', ' -- x\n');
  const quoted = fc.constantFrom(
    '_koyalite_grants',
    '"_koyalite_grants"',
    '`_Koyalite_Grants`',
    '[_koyalite_grants]',
    `'_koyalite_grants'`,
    `"public"._koyalite_grants`,
    `public.'_koyalite_grants'`,
  );
  const head = fc.constantFrom(
    'delete from',
    'update',
    'update or ignore',
    'insert into',
    'insert or replace into',
    'replace into',
    'drop table',
    'drop table if exists',
    'truncate',
    'alter table',
  );
  fc.assert(
    fc.property(head, space, quoted, (verb, gap, name) => {
      const tail = verb.startsWith('update')
        ? ` set grantee = 'x'`
        : verb.includes('into')
          ? ' values (1, 1, 1, 1, 1, 1)'
          : verb.startsWith('alter')
            ? ' add column x int'
            : '';
      expect(file.fails(`${verb.replaceAll(' ', gap)}${gap}${name}${tail}`)).toMatch(/^42501 /);
    }),
    { numRuns: 300 },
  );
});
