/** Writes that share a transaction: each stands alone, and is answered only when it is kept. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CachingConnection, createConnection } from '#lib/engine/connection.ts';
import { createGroupCommit, type GroupCommit } from '#lib/engine/group-commit.ts';
import { openFile } from '#lib/engine/open-file.ts';
import { Problem } from '#lib/http/problem.ts';

let directory: string;
let file: string;
let connection: CachingConnection;
let commits: GroupCommit;
let other: SQLite.Database;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'koyalite-commit-'));
  file = join(directory, 'data.db');
  connection = createConnection(openFile(file, { create: true }));
  connection.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, body)');
  commits = createGroupCommit(connection, { afterBegin: () => undefined, afterCommit: () => {} });
  other = new SQLite(file);
});
afterEach(() => {
  other.close();
  connection.handle.close();
  rmSync(directory, { recursive: true });
});

const insert = (id: number, body: unknown = '') =>
  commits.write((c) => c.run('INSERT INTO t VALUES (?, ?)', id, body as string).changes);
const kept = () => other.prepare('SELECT id FROM t ORDER BY id').pluck().all();
const outcomes = async (writes: Promise<unknown>[]) => (await Promise.allSettled(writes)).map((result) => result.status);

test('an answered write is visible to another connection, and not before', async () => {
  const pending = insert(1);
  expect(kept()).toEqual([]);
  expect(await pending).toBe(1);
  expect(kept()).toEqual([1]);
});

test('writes of one tick share a transaction and run in order', async () => {
  const versions: unknown[] = [];
  const note = (id: number) =>
    commits.write((c) => {
      c.run('INSERT INTO t VALUES (?, ?)', id, '');
      versions.push([c.value('SELECT count(*) FROM t'), other.pragma('data_version', { simple: true })]);
    });
  await Promise.all([note(1), note(2), note(3)]);
  const [[, version]] = versions as [[number, number]];
  // The other connection saw nothing between them.
  expect(versions).toEqual([
    [1, version],
    [2, version],
    [3, version],
  ]);
});

test.each([[false], [true]])('a failing write harms no other (one statement: %s)', async (oneStatement) => {
  const write = (sql: string, ...values: number[]) => commits.write((c) => c.run(sql, ...values), { oneStatement });
  const writes = [
    write('INSERT INTO t VALUES (?, 0)', 1),
    write('INSERT INTO t VALUES (2, 0), (1, 0)'),
    write('INSERT INTO nowhere VALUES (1)'),
    write('INSERT INTO t VALUES (?, 0)', 3),
  ];
  expect(await outcomes(writes)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  await expect(writes[1]).rejects.toMatchObject({ sqlstate: '23505' });
  await expect(writes[2]).rejects.toMatchObject({ sqlstate: '42P01' });
  expect(kept()).toEqual([1, 3]);
});

test('what a failing work did before it failed is undone', async () => {
  const failing = commits.write((c) => {
    c.run('INSERT INTO t VALUES (5, 0)');
    throw new Problem({ status: 409, code: 'conflict', message: 'not like this' });
  });
  const writes = [insert(1), failing, insert(2)];
  expect(await outcomes(writes)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  await expect(failing).rejects.toMatchObject({ status: 409, code: 'conflict' });
  expect(kept()).toEqual([1, 2]);
});

test.each([[false], [true]])('an asynchronous work is refused (one statement: %s)', async (oneStatement) => {
  const work = async () => 1;
  await expect(commits.write(work, { oneStatement })).rejects.toThrow();
  await insert(1);
  expect(kept()).toEqual([1]);
});

test('a write queued by a write that was answered goes into a later transaction', async () => {
  await insert(1).then(() => insert(2));
  expect(kept()).toEqual([1, 2]);
});

test('drain waits for everything queued, and for nothing when there is nothing', async () => {
  await commits.drain();
  let answered = 0;
  const count = () => {
    answered += 1;
  };
  const all = [insert(1).then(count), insert(2).then(count)];
  await commits.drain();
  expect(kept()).toEqual([1, 2]);
  await Promise.all(all);
  expect(answered).toBe(2);
});

test('a lock of another process delays a write and loses none', async () => {
  other.exec('BEGIN IMMEDIATE; INSERT INTO t VALUES (9, 0)');
  const pending = insert(1);
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  other.exec('COMMIT');
  await pending;
  expect(kept()).toEqual([1, 9]);
});

test('a full disk: what is acknowledged is kept, what is refused is not, and later writes work again', async () => {
  const pages = Number(connection.value('PRAGMA page_count'));
  connection.exec(`PRAGMA max_page_count = ${pages + 3}`);
  const big = 'x'.repeat(200_000);
  const writes = [insert(1), insert(2, big), insert(3), insert(4, big), insert(5)];
  const results = await outcomes(writes);
  expect(results).toContain('rejected');
  await expect(writes[1]).rejects.toMatchObject({ sqlstate: '53100' });
  expect(kept()).toEqual([1, 2, 3, 4, 5].filter((_, index) => results[index] === 'fulfilled'));
  expect(other.pragma('integrity_check', { simple: true })).toBe('ok');
  connection.exec('PRAGMA max_page_count = 1073741823');
  await insert(6, big);
  await insert(7);
  expect(kept().slice(-2)).toEqual([6, 7]);
});

test('a full disk at COMMIT: nothing of the batch is acknowledged', async () => {
  const pages = Number(connection.value('PRAGMA page_count'));
  connection.exec(`PRAGMA max_page_count = ${pages + 1}`);
  const writes = Array.from({ length: 40 }, (_, id) => insert(id, 'y'.repeat(500)));
  const results = await outcomes(writes);
  expect(results).toContain('rejected');
  expect(kept()).toEqual(results.flatMap((status, id) => (status === 'fulfilled' ? [id] : [])));
});

test('a failing deferred reference rejects the batch at COMMIT and the next one works', async () => {
  connection.exec('CREATE TABLE c (t_id INTEGER REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)');
  const dangling = commits.write((c) => c.run('INSERT INTO c VALUES (77)'));
  const innocent = insert(1);
  await expect(dangling).rejects.toMatchObject({ sqlstate: '23503' });
  const [status] = await outcomes([innocent]);
  expect(kept()).toEqual(status === 'fulfilled' ? [1] : []);
  await insert(2);
  expect(kept()).toContain(2);
});

test('work of its own holds no lock here, and writes wait for it instead of for its lock', async () => {
  let finish = () => {};
  const alone = commits.alone(async () => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    other.exec("INSERT INTO t VALUES (1, 'alone')");
    return 'done';
  });
  let begun = false;
  const write = commits.write((c) => {
    begun = true;
    return c.value('SELECT count(*) FROM t');
  });
  for (let tick = 0; tick < 20; tick += 1) await new Promise((resolve) => setImmediate(resolve));
  expect([begun, connection.handle.inTransaction]).toEqual([false, false]);
  finish();
  expect([await alone, await write]).toEqual(['done', 1]);
});

test('work of its own that fails harms no write', async () => {
  const alone = commits.alone(() => Promise.reject(new Problem({ status: 503, code: 'x', message: 'no' })));
  expect(await outcomes([alone, insert(1)])).toEqual(['rejected', 'fulfilled']);
  expect(kept()).toEqual([1]);
});

test('what has to be waited for is waited for with the lock held, before any work', async () => {
  const order: string[] = [];
  const waiting = Promise.withResolvers<void>();
  const slow = createGroupCommit(connection, {
    afterBegin: () => {
      order.push(connection.handle.inTransaction ? 'begun' : 'not begun');
      return waiting.promise;
    },
    afterCommit: () => order.push('committed'),
  });
  const write = slow.write(() => order.push('work'));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(order).toEqual(['begun']);
  waiting.resolve();
  await write;
  expect(order).toEqual(['begun', 'work', 'committed']);
});

test('when waiting fails, the writes fail and the lock is given back', async () => {
  let fails = true;
  const failing = createGroupCommit(connection, {
    afterBegin: () => (fails ? Promise.reject(new Error('no catalog')) : undefined),
    afterCommit: () => {},
  });
  await expect(failing.write(() => 1)).rejects.toThrow('no catalog');
  expect(connection.handle.inTransaction).toBe(false);
  fails = false;
  expect(await failing.write(() => 2)).toBe(2);
});
