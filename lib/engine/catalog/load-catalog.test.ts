/** The schema as data: what a request may name, embed and leave out. */

import { expect, test } from 'vitest';
import { loadCatalog } from '#lib/engine/catalog/load-catalog.ts';
import { createTestFile } from '#lib/engine/sql/test-file.ts';

function load(sql: string) {
  const file = createTestFile();
  file.run(sql);
  return loadCatalog(file.connection);
}

/** `target cardinality constraint`, sorted. */
const edges = (catalog: ReturnType<typeof load>, from: string) =>
  (catalog.relationships.get(from) ?? []).map((edge) => `${edge.to} ${edge.cardinality} ${edge.constraint}`).sort();

const shop = `
create table people (id bigint primary key, boss_id bigint references people (id));
create table profiles (person_id bigint primary key references people (id), bio text);
create table orders (id bigint primary key, buyer_id bigint not null constraint orders_buyer references people (id), seller_id bigint references people (id));
create table tags (id bigint primary key, label text unique);
create table orders_tags (order_id bigint references orders (id), tag_id bigint references tags (id), primary key (order_id, tag_id));`;

test('edges of both directions, to one, to many, to itself and through a junction', () => {
  const catalog = load(shop);
  expect(edges(catalog, 'public.orders')).toEqual([
    'public.orders_tags one-to-many orders_tags_order_id_fkey',
    'public.people many-to-one orders_buyer',
    'public.people many-to-one orders_seller_id_fkey',
    'public.tags many-to-many orders_tags_order_id_fkey',
  ]);
  expect(edges(catalog, 'public.profiles')).toEqual(['public.people one-to-one profiles_person_id_fkey']);
  expect(edges(catalog, 'public.people')).toEqual([
    'public.orders one-to-many orders_buyer',
    'public.orders one-to-many orders_seller_id_fkey',
    'public.people many-to-one people_boss_id_fkey',
    'public.people one-to-many people_boss_id_fkey',
    'public.profiles one-to-one profiles_person_id_fkey',
  ]);
  const through = catalog.relationships.get('public.tags')?.find((edge) => edge.cardinality === 'many-to-many');
  expect(through).toMatchObject({
    to: 'public.orders',
    columns: ['id'],
    targetColumns: ['id'],
    junction: { table: 'public.orders_tags', columns: ['tag_id'], targetColumns: ['order_id'] },
  });
});

test('a unique foreign key is to one on both sides, a part of a key is not', () => {
  const catalog = load(`create table a (id bigint primary key);
    create table b (id bigint primary key, a_id bigint unique references a (id));
    create table c (a_id bigint references a (id), n bigint, primary key (a_id, n))`);
  expect(edges(catalog, 'public.a')).toEqual(['public.b one-to-one b_a_id_fkey', 'public.c one-to-many c_a_id_fkey']);
});

test('views take part in the edges of the columns they show, under their names', () => {
  const catalog = load(`${shop}
    create view sales as select id as sale, buyer_id as buyer from orders;
    create view counts as select count(*) as n from orders`);
  expect(edges(catalog, 'public.sales')).toContain('public.people many-to-one orders_buyer');
  expect(edges(catalog, 'public.sales')).not.toContain('public.people many-to-one orders_seller_id_fkey');
  expect(edges(catalog, 'public.people')).toContain('public.sales one-to-many orders_buyer');
  expect(catalog.relationships.get('public.sales')?.find((edge) => edge.constraint === 'orders_buyer')?.columns).toEqual([
    'buyer',
  ]);
  expect(edges(catalog, 'public.counts')).toEqual([]);
});

test('columns of a view have the nullability, type and key of what they show', () => {
  const catalog = load(`${shop}
    create view sales as select id, buyer_id, seller_id, 1 + 1 as two from orders;
    create view outer_sales as select o.id from people p left join orders o on o.buyer_id = p.id`);
  const nullable = (key: string) =>
    Object.fromEntries((catalog.tables.get(key)?.columns ?? []).map((column) => [column.name, column.nullable]));
  expect(nullable('public.sales')).toEqual({ id: false, buyer_id: false, seller_id: true, two: true });
  expect(nullable('public.outer_sales')).toEqual({ id: true });
  expect(catalog.tables.get('public.sales')?.primaryKey?.columns).toEqual(['id']);
  expect(catalog.tables.get('public.sales')?.columnsByName.get('id')?.type).toEqual(
    catalog.tables.get('public.orders')?.columnsByName.get('id')?.type,
  );
});

test('constraints have the names PostgreSQL gives them, or their own', () => {
  const table = load(`create table t (id bigint primary key, email text unique, age int check (age > 0),
    a int, b int, constraint pair unique (a, b), constraint grown check (a < b))`).tables.get('public.t');
  expect(table?.primaryKey?.name).toBe('t_pkey');
  expect(table?.uniques.map((key) => key.name).sort()).toEqual(['pair', 't_email_key']);
  expect([...(table?.checks ?? [])].sort()).toEqual(['grown', 't_age_check']);
});

test('generated and identity columns, enums and comments', () => {
  const catalog = load(`create type mood as enum ('fine', 'sad');
    create table t (id bigint generated by default as identity primary key, n int, twice int generated always as (n * 2) stored, m mood default 'fine');
    comment on table t is 'things'; comment on column t.n is 'a number'`);
  const table = catalog.tables.get('public.t');
  expect(table?.columnsByName.get('id')).toMatchObject({ identity: true, nullable: false });
  expect(table?.columnsByName.get('twice')).toMatchObject({ generated: true });
  expect(table?.columnsByName.get('n')).toMatchObject({ comment: 'a number', nullable: true, generated: false });
  expect(table?.comment).toBe('things');
  expect(catalog.enums.get('mood')).toEqual(['fine', 'sad']);
});

test('other schemas are apart, and what is the engine’s own is absent', () => {
  const catalog = load(
    `create schema shop; create table shop.items (id bigint primary key); create table items (id text primary key)`,
  );
  expect(catalog.tables.get('shop.items')?.stored).toBe('shop.items');
  expect(catalog.tables.get('public.items')?.columnsByName.get('id')?.type).not.toEqual(
    catalog.tables.get('shop.items')?.columnsByName.get('id')?.type,
  );
  const names = [...catalog.tables.keys()].filter((key) => key.startsWith('public.') || key.startsWith('shop.'));
  expect(names.sort()).toEqual(['public.items', 'shop.items']);
  expect([...catalog.tables.values()].some((table) => /^(sqlite_|_koyalite_(rls|columns|catalog))/.test(table.stored))).toBe(
    false,
  );
});

test('a view that no longer compiles is left out and harms no other relation', () => {
  const file = createTestFile();
  file.run('create table a (id bigint primary key); create table b (id bigint primary key); create view v as select id from b');
  file.connection.exec('PRAGMA legacy_alter_table = ON; DROP TABLE b');
  const catalog = loadCatalog(file.connection);
  expect([catalog.tables.has('public.a'), catalog.tables.has('public.v')]).toEqual([true, false]);
});

test('500 tables with keys load, each with its edges', () => {
  const file = createTestFile();
  const tables = Array.from(
    { length: 500 },
    (_, n) => `CREATE TABLE t${n} (id INTEGER PRIMARY KEY, up INTEGER REFERENCES t${Math.max(0, n - 1)} (id))`,
  );
  file.connection.exec(tables.join(';'));
  const catalog = loadCatalog(file.connection);
  expect([...catalog.tables.keys()].filter((key) => /^public\.t\d+$/.test(key))).toHaveLength(500);
  expect(edges(catalog, 'public.t7')).toHaveLength(2);
});

test('a catalog has a version of its own each time', () => {
  const file = createTestFile();
  expect(loadCatalog(file.connection).version).not.toBe(loadCatalog(file.connection).version);
});
