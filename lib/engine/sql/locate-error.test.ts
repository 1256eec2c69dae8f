/** Errors point into the script as it was written: comments, dollar quotes, several statements, Windows line ends, a byte-order mark. */

import { expect, test } from 'vitest';
import { createTestFile } from '#lib/engine/sql/test-file.ts';
import { isSqlError } from '#lib/engine/sql-error.ts';

const before = `-- a migration; with a semicolon
create table notes (
  id int primary key, -- the key
  body text /* what it
  says */ default 'a;b'
);

create function body_of(n int) returns text language sql as $fn$
  -- inside; too
  select body from notes where id = n
$fn$;
`;

/** `^` stands before the token that is wrong. */
const wrong = [
  ['42601', 'select 1\n  from notes ^)'],
  ['42601', 'insert into notes (id)\n  values (1)^);'],
  ['42P01', 'select *\n  from notes, ^nowhere'],
  ['42703', `update notes\n   set body = 'x', -- a ) b\n       id = ^missing`],
  ['42601', 'create table t (\n  a int,\n  b int default ^)'],
  ['42704', 'create table t (a int,\n  b ^nothing)'],
  ['42601', 'create policy p on notes\n  using (id = (1))\n    ^)'],
  ['42P02', 'create policy p on notes using (id in (1,\n   ^:x))'],
  ['42601', 'create function f() returns int language sql as $$\n  select 1; -- fine\n  select (2) ^);\n$$'],
  ['42601', `create function f() returns int language sql as 'select (2) ^)'`],
  ['42601', 'create view v as\n  select id,\n  (1) ^) from notes'],
  ['42601', 'create index i\n  on notes (id)^)'],
  ['42704', 'drop table if exists nowhere; drop type ^nothing'],
  ['42601', `select $a$ ; ) $a$, 'x' ; ^selec 1`],
  ['42601', `select 1; select ^'open`],
] as const;

test.each(wrong)('%s %s', (sqlstate, marked) => {
  for (const [head, eol] of [
    ['', '\n'],
    [before, '\n'],
    [`\ufeff${before}`, '\r\n'],
  ] as const) {
    const script = `${head}${marked}`.replaceAll('\n', eol);
    const lines = script.slice(0, script.indexOf('^')).split('\n');
    const file = createTestFile();
    if (head === '') file.run(before);
    let place: unknown = 'succeeded';
    try {
      file.run(script.replace('^', ''));
    } catch (error) {
      place = isSqlError(error) ? [error.sqlstate, error.line, error.column] : error;
    }
    expect(place).toEqual([sqlstate, lines.length, (lines.at(-1)?.length ?? 0) + 1]);
  }
});
