/** An answered write is on disk, nobody reads what is not, and the event loop waits for neither. */

import fs, { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createEngine } from '#lib/engine/create-engine.ts';
import type { Database } from '#lib/engine/database.ts';
import type { Engine } from '#lib/engine/engine.ts';
import { callByName } from '#lib/engine/run/call-by-name.ts';

const patience = { timeout: 30_000 };

type Done = (error: NodeJS.ErrnoException | null) => void;

let directory: string;
let file: string;
let engine: Engine;
let database: Database;
/** Syncs under way, each to be ended by the test. */
let syncs: { descriptor: number; done: Done }[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'koyalite-sync-'));
  file = join(directory, 'data.db');
  engine = createEngine();
  await engine.create('shop', file);
  database = engine.open('shop', file);
  await database.write((connection) => connection.exec('CREATE TABLE public_t(id INTEGER PRIMARY KEY)'));
  syncs = [];
  vi.spyOn(fs, 'fdatasync').mockImplementation((descriptor, done) => {
    syncs.push({ descriptor, done });
  });
});

afterEach(async () => {
  vi.restoreAllMocks();
  for (const { done } of syncs) done(null);
  await engine.shutdown();
  rmSync(directory, { recursive: true });
});

const insert = (id: number) => database.write((connection) => connection.run('INSERT INTO public_t VALUES (?)', id).changes);
const readIds = () => database.read((connection) => connection.all('SELECT id FROM public_t ORDER BY id').map(({ id }) => id));
const failure = Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });

/** Ends the sync that is under way, or the next one. */
async function endSync(error: NodeJS.ErrnoException | null = null): Promise<void> {
  const sync = await vi.waitUntil(() => syncs.shift(), patience);
  sync.done(error);
}

test('a write is answered, and read, when its log is on disk', async () => {
  let answered = false;
  const write = insert(1).then(() => {
    answered = true;
  });
  const { descriptor, done } = await vi.waitUntil(() => syncs.shift(), patience);
  expect(fs.fstatSync(descriptor).ino).toBe(statSync(`${file}-wal`).ino);
  await new Promise((resolve) => setImmediate(resolve));
  expect([answered, readIds()]).toEqual([false, []]);
  done(null);
  await write;
  expect(readIds()).toEqual([1]);
});

test('writes that come meanwhile share the next sync', async () => {
  const first = insert(1);
  await vi.waitUntil(() => syncs.length === 1, patience);
  const others = [insert(2), insert(3), insert(4)];
  await new Promise((resolve) => setImmediate(resolve));
  expect(syncs).toHaveLength(1);
  await endSync();
  await first;
  expect(readIds()).toEqual([1]);
  await endSync();
  await Promise.all(others);
  expect(readIds()).toEqual([1, 2, 3, 4]);
  expect(syncs).toEqual([]);
});

test('functions and schemas are read while a commit is on its way to the disk', async () => {
  await engine.runSql(
    database,
    `CREATE FUNCTION two(event jsonb) RETURNS jsonb LANGUAGE sql STABLE AS 'SELECT 1; SELECT event';`,
  );
  const write = insert(1);
  await vi.waitUntil(() => syncs.length === 1, patience);
  await database.ready();
  expect(database.catalog.functions.size).toBeGreaterThan(0);
  expect(await callByName(database, 'public', 'two', { a: 1 })).toEqual({ a: 1 });
  await endSync();
  await write;
});

test('a write that the disk did not take is not acknowledged, and the next one brings the file itself to disk first', async () => {
  const failing = insert(1);
  await endSync(failure);
  await expect(failing).rejects.toMatchObject({ sqlstate: '58030', message: expect.not.stringContaining('EIO') });
  const next = insert(2);
  await vi.waitUntil(() => syncs.length === 1, patience);
  // A crash now loses nothing: what the failed sync was for is in the file, and the log holds the new write alone.
  const onDisk = join(directory, 'after-crash.db');
  fs.copyFileSync(file, onDisk);
  const copy = new SQLite(onDisk, { readonly: true });
  expect(copy.prepare('SELECT id FROM public_t').pluck().all()).toEqual([1]);
  copy.close();
  await endSync();
  expect(await next).toBe(1);
  expect(readIds()).toEqual([1, 2]);
});

test('while the file cannot be brought to disk every write is refused', async () => {
  const failing = insert(1);
  await endSync(failure);
  await expect(failing).rejects.toMatchObject({ sqlstate: '58030' });
  // A reader of the log keeps it from being copied and cut.
  const other = new SQLite(file, { readonly: true });
  other.exec('BEGIN');
  other.prepare('SELECT count(*) FROM public_t').get();
  await expect(insert(2)).rejects.toMatchObject({ sqlstate: '58030' });
  await expect(insert(3)).rejects.toMatchObject({ sqlstate: '58030' });
  expect(syncs).toEqual([]);
  other.close();
  const write = insert(4);
  await endSync();
  await write;
  expect(readIds()).toEqual([1, 4]);
});

test('a group of writes is synced inline while the disk is quick, a single one never, and a failure is told to all of them', async () => {
  vi.mocked(fs.fdatasync).mockImplementation((_descriptor, done) => done(null));
  const inline = vi.spyOn(fs, 'fdatasyncSync').mockImplementation(() => {});
  const group = (ids: readonly number[]) => Promise.allSettled(ids.map(insert));
  // Three quick ones are enough, however late a busy machine hears of the others.
  for (let id = 1; id <= 50; id += 1) await insert(id);
  expect(inline).not.toHaveBeenCalled();
  expect((await group([51, 52, 53])).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
  expect(inline).toHaveBeenCalledTimes(1);
  inline.mockImplementation(() => {
    throw failure;
  });
  const failed = await group([61, 62]);
  expect(failed).toEqual([61, 62].map(() => ({ status: 'rejected', reason: expect.objectContaining({ sqlstate: '58030' }) })));
});

test('a slow disk is not waited for by the event loop', async () => {
  vi.mocked(fs.fdatasync).mockImplementation((_descriptor, done) => void setTimeout(done, 2, null));
  const inline = vi.spyOn(fs, 'fdatasyncSync').mockImplementation(() => {});
  for (let round = 0; round < 10; round += 1) await Promise.all([insert(round * 2 + 1), insert(round * 2 + 2)]);
  expect(inline).not.toHaveBeenCalled();
  expect(readIds()).toHaveLength(20);
});
