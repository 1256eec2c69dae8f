/** The pool of environment files: made, opened, kept open, closed and removed. */

import fs, { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createEngine } from '#lib/engine/create-engine.ts';
import type { Database } from '#lib/engine/database.ts';
import type { Engine, EngineOptions } from '#lib/engine/engine.ts';

let directory: string;
const engines: Engine[] = [];

function start(options?: EngineOptions): Engine {
  const engine = createEngine(options);
  engines.push(engine);
  return engine;
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'koyalite-engine-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const engine of engines.splice(0)) await engine.shutdown();
  rmSync(directory, { recursive: true });
});

const fileOf = (ref: string) => join(directory, ref, 'data.db');
const countOf = (database: Database) => database.read((connection) => connection.value('SELECT count(*) FROM t'));
const nextTick = () => new Promise((resolve) => setImmediate(resolve));

async function make(engine: Engine, ref: string): Promise<Database> {
  await engine.create(ref, fileOf(ref));
  return engine.open(ref, fileOf(ref), { durability: 'fast' });
}

test('a missing or broken file is a 503 without its path, and is not made', async () => {
  const engine = start();
  const fail = (file: string) => {
    try {
      engine.open('shop', file);
    } catch (error) {
      return error;
    }
    return null;
  };
  expect(fail(fileOf('shop'))).toMatchObject({
    status: 503,
    code: 'database_unavailable',
    message: expect.not.stringContaining(directory),
  });
  expect(existsSync(fileOf('shop'))).toBe(false);
  writeFileSync(join(directory, 'broken.db'), 'no database '.repeat(200));
  expect(fail(join(directory, 'broken.db'))).toMatchObject({ status: 503 });
  expect(await make(engine, 'shop')).toMatchObject({ ref: 'shop' });
});

test('creating twice keeps what is there and brings it up to date', async () => {
  const before = start();
  const database = await make(before, 'shop');
  await database.write((connection) => connection.exec('CREATE TABLE t (x); INSERT INTO t VALUES (1)'));
  await before.create('shop', fileOf('shop'));
  expect(countOf(database)).toBe(1);
  await before.close('shop');
  const after = start({ migrations: [{ id: 'more-0001', sql: 'INSERT INTO t VALUES (2)' }] });
  await after.create('shop', fileOf('shop'));
  expect(countOf(after.open('shop', fileOf('shop')))).toBe(2);
});

test('opening also migrates, and opening again is the same database', async () => {
  const before = start();
  await make(before, 'shop');
  await before.close('shop');
  const engine = start({ migrations: [{ id: 'm-0001', sql: 'CREATE TABLE t (x)' }] });
  const database = engine.open('shop', fileOf('shop'));
  expect(countOf(database)).toBe(0);
  expect(engine.open('shop', fileOf('shop'))).toBe(database);
});

test('an in-memory database is seen by child processes and leaves nothing behind', async () => {
  const engine = start();
  await engine.create('memory', ':memory:');
  const database = engine.open('memory', ':memory:', { durability: 'fast' });
  await engine.runSql(database, 'create table t (x bigint); insert into t values (1), (2)');
  expect(countOf(database)).toBe(2);
  await database.write((connection) => connection.run('INSERT INTO t VALUES (3)'));
  expect((await engine.runSql(database, 'select count(*) from t'))[0]?.rows).toEqual([[3]]);
  expect(await database.runElsewhere('SELECT count(*), :a FROM t', { a: 'x' }, 30_000)).toEqual([3, 'x']);
  await engine.remove('memory', ':memory:');
  expect(existsSync(dirname(database.file))).toBe(false);
});

test('a schema change by a child, a policy and another connection are noticed; a row is none', async () => {
  const engine = start();
  const database = await make(engine, 'shop');
  const first = database.catalog;
  await engine.runSql(database, 'create table t (id bigint primary key)');
  await nextTick();
  const second = database.catalog;
  expect(first.tables.has('public.t')).toBe(false);
  expect(second.tables.get('public.t')?.policies).toEqual([]);
  await engine.runSql(database, 'create policy p on t using (true)');
  await nextTick();
  const third = database.catalog;
  expect(third.tables.get('public.t')?.policies).toHaveLength(1);
  const other = new SQLite(fileOf('shop'));
  other.exec('INSERT INTO t VALUES (1)');
  await nextTick();
  expect(database.catalog).toBe(third);
  other.exec('ALTER TABLE t ADD COLUMN body TEXT');
  other.close();
  await nextTick();
  expect(database.catalog.tables.get('public.t')?.columnsByName.has('body')).toBe(true);
  expect(new Set([first.version, second.version, third.version, database.catalog.version]).size).toBe(4);
});

test('a write that changes the schema is seen by whoever awaited it', async () => {
  const database = await make(start(), 'shop');
  expect(database.catalog.tables.has('public.t')).toBe(false);
  await database.write((connection) => connection.exec('CREATE TABLE t (x)'));
  expect(database.catalog.tables.has('public.t')).toBe(true);
});

test('beyond the limit files in recent use stay open, until there are far too many', async () => {
  const engine = start({ maxOpen: 2 });
  const databases: Database[] = [];
  for (let index = 0; index < 8; index += 1) {
    const database = await make(engine, `e${index}`);
    await database.write((connection) => connection.exec('CREATE TABLE t (x)'));
    databases.push(database);
  }
  expect(databases.map(countOf)).toEqual(Array(8).fill(0));
  await make(engine, 'e8');
  await nextTick();
  expect(() => databases.map(countOf)).toThrow(/not open/);
  expect(countOf(databases[7] as Database)).toBe(0);
  expect(countOf(engine.open('e0', fileOf('e0')))).toBe(0);
});

test('closing answers what is queued first, and opens again on demand', async () => {
  const engine = start();
  const database = await make(engine, 'shop');
  await database.write((connection) => connection.exec('CREATE TABLE t (x)'));
  const pending = database.write((connection) => connection.run('INSERT INTO t VALUES (1)'));
  await engine.close('shop');
  await pending;
  expect(() => countOf(database)).toThrow(/not open/);
  expect(countOf(engine.open('shop', fileOf('shop')))).toBe(1);
  await engine.close('nobody');
});

test('removing deletes the file with everything beside it, twice if need be', async () => {
  const engine = start();
  const database = await make(engine, 'shop');
  await database.write((connection) => connection.exec('CREATE TABLE t (x)'));
  await engine.runSql(database, 'select 1');
  expect(readdirSync(dirname(database.file)).length).toBeGreaterThan(1);
  await engine.remove('shop', fileOf('shop'));
  expect(readdirSync(dirname(database.file))).toEqual([]);
  await engine.remove('shop', fileOf('shop'));
  expect(() => engine.open('shop', fileOf('shop'))).toThrow();
});

test('a changed durability holds for the next writes of an open database', async () => {
  const engine = start();
  const database = await make(engine, 'shop');
  await database.write((connection) => connection.exec('CREATE TABLE t (x)'));
  const sync = vi.spyOn(fs, 'fdatasync');
  const syncsOfAWrite = async () => {
    sync.mockClear();
    await database.write((connection) => connection.run('INSERT INTO t VALUES (1)'));
    return sync.mock.calls.length;
  };
  expect(await syncsOfAWrite()).toBe(0);
  engine.open('shop', fileOf('shop'), { durability: 'full' });
  expect(await syncsOfAWrite()).toBe(1);
  engine.open('shop', fileOf('shop'));
  expect(await syncsOfAWrite()).toBe(1);
  engine.open('shop', fileOf('shop'), { durability: 'fast' });
  expect(await syncsOfAWrite()).toBe(0);
});
