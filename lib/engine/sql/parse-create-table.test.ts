/** CREATE TABLE as a person writes it and as SQLite keeps it. */

import { expect, test } from 'vitest';
import { parseCreateTable } from '#lib/engine/sql/parse-create-table.ts';
import { renderCreateTable } from '#lib/engine/sql/render-create-table.ts';

test('columns with everything beside them', () => {
  const { schema, name, columns, constraints } = parseCreateTable(
    `CREATE TABLE IF NOT EXISTS app."Posts" (
       ID bigserial primary key, owner uuid not null default auth.uid() references auth.users on delete set null, "Title" character varying(20) collate "C" default 'x'::text not null check ("Title" <> ''),
       price numeric(10, 2) unique, tags text[] default array[]::text[], at timestamp(3) with time zone default (now() at time zone 'utc'), low text generated always as (lower("Title")) stored, status public.status,
       unique (owner, price), constraint named check (price > 0 and price < 9), check (price <> 5), foreign key (id, owner) references pairs (a, b) match simple on update cascade deferrable initially deferred
     ) partition by range (at)`,
    { foldsCase: true },
  );
  expect([schema, name]).toEqual(['app', 'Posts']);
  expect(columns.map((column) => [column.name, column.typeText, column.notNull, column.default])).toEqual([
    ['id', 'bigint', true, null],
    ['owner', 'uuid', true, 'auth.uid()'],
    ['Title', 'character varying(20)', true, `'x'::text`],
    ['price', 'numeric(10,2)', false, null],
    ['tags', 'text[]', false, 'array[]::text[]'],
    ['at', 'timestamp(3) with time zone', false, `now() at time zone 'utc'`],
    ['low', 'text', false, null],
    ['status', 'status', false, null],
  ]);
  expect(columns[0]).toMatchObject({ primaryKey: true, identity: 'by default' });
  expect(columns[1]?.references).toEqual({
    table: '_koyalite_users',
    columns: [],
    onDelete: 'set null',
    onUpdate: null,
    deferred: false,
  });
  expect(columns[6]?.generated).toEqual({ expression: 'lower("Title")', stored: true });
  expect(constraints.map((constraint) => [constraint.name, constraint.kind, constraint.columns])).toEqual([
    ['Posts_pkey', 'primary key', ['id']],
    ['Posts_owner_fkey', 'foreign key', ['owner']],
    ['Posts_Title_check', 'check', ['Title']],
    ['Posts_price_key', 'unique', ['price']],
    ['Posts_owner_price_key', 'unique', ['owner', 'price']],
    ['named', 'check', ['price']],
    ['Posts_price_check', 'check', ['price']],
    ['Posts_id_owner_fkey', 'foreign key', ['id', 'owner']],
  ]);
  expect(constraints.at(-1)?.references).toMatchObject({
    table: 'pairs',
    columns: ['a', 'b'],
    onUpdate: 'cascade',
    deferred: true,
  });
});

test('names are numbered where they clash', () => {
  const { constraints } = parseCreateTable(
    'create table t (a int check (a > 0) check (a < 9), b int, check (a < b), check (b > a), unique (a), unique (a))',
  );
  expect(constraints.map((constraint) => constraint.name)).toEqual([
    't_a_check',
    't_a_check1',
    't_check',
    't_check1',
    't_a_key',
    't_a_key1',
  ]);
});

test('what other tools left in a file', () => {
  const parsed = parseCreateTable(
    `CREATE TABLE [Album] ([AlbumId] INTEGER NOT NULL ON CONFLICT IGNORE, \`Title\` NVARCHAR(160), 'Artist' , Rank DEFAULT -1.5, Made DATETIME DEFAULT CURRENT_TIMESTAMP CONSTRAINT late NULL,
      CONSTRAINT [PK_Album] PRIMARY KEY ([AlbumId] COLLATE NOCASE DESC AUTOINCREMENT) ON CONFLICT ABORT FOREIGN KEY ([ArtistId]) REFERENCES [Artist] ([ArtistId]) ON DELETE NO ACTION ON UPDATE NO ACTION) WITHOUT ROWID, STRICT`,
  );
  expect(parsed.columns.map((column) => [column.name, column.typeText, column.default])).toEqual([
    ['AlbumId', 'INTEGER', null],
    ['Title', 'NVARCHAR(160)', null],
    ['Artist', '', null],
    ['Rank', '', '-1.5'],
    ['Made', 'DATETIME', 'CURRENT_TIMESTAMP'],
  ]);
  expect(parsed.constraints.map((constraint) => constraint.name)).toEqual(['PK_Album', 'Album_ArtistId_fkey']);
  expect([parsed.withoutRowid, parsed.strict]).toEqual([true, true]);
});

test('rendered DDL reads back as the same table', () => {
  const first = parseCreateTable(
    `create table "a.b" ("id" INTEGER constraint k primary key autoincrement not null, "x" "uuid text" default ('y'), "n" "numeric(10,2)", constraint u unique ("x", "n"), constraint f foreign key ("n") references "c" ("d") on delete cascade, constraint c check ("n" > 0))`,
  );
  const again = parseCreateTable(renderCreateTable('a.b', first));
  expect(again.columns).toEqual(first.columns);
  expect([...again.constraints].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(
    [...first.constraints].sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
});

test.each([
  ['create table t', '42601'],
  ['create table t (a int', '42601'],
  ['create table t (a int,, b int)', '42601'],
  ['create table t (a int default)', '42601'],
  ['create temp table t (a int)', '0A000'],
  ['create table t (like u including everything)', '42601'],
  ['create table t (a int) inherits (u)', '0A000'],
  ['create table t partition of u for values in (1)', '0A000'],
])('refuses %s', (sql, sqlstate) => {
  expect(() => parseCreateTable(sql)).toThrow(expect.objectContaining({ sqlstate }));
});
