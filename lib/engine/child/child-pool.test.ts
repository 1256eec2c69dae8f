import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ChildPool, type ChildPoolOptions, createChildPool } from '#lib/engine/child/child-pool.ts';
import type { StatementJob } from '#lib/engine/child/job.ts';

const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n';
const patientMs = 60_000;

let directory: string;
let file: string;
let pool: ChildPool;

function makeFile(name: string, rows: number): string {
  const path = join(directory, name);
  const db = new SQLite(path);
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)');
  const insert = db.prepare('INSERT INTO t (body) VALUES (?)');
  db.transaction(() => {
    for (let row = 1; row <= rows; row += 1) insert.run(`row ${row}`);
  })();
  db.close();
  return path;
}

function makePool(options: ChildPoolOptions = {}): ChildPool {
  pool = createChildPool(options);
  return pool;
}

function read(sql: string, more: Partial<StatementJob> = {}): StatementJob & { result: 'raw rows' } {
  return { kind: 'statement', file, sql, values: [], named: {}, readOnly: true, ...more, result: 'raw rows' };
}

function text(sql: string): StatementJob & { result: 'single text' } {
  return { kind: 'statement', file, sql, values: [], named: {}, readOnly: true, result: 'single text' };
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'koyalite-child-'));
  file = makeFile('a.db', 3);
});

afterEach(async () => {
  await pool.shutdown();
  rmSync(directory, { recursive: true });
});

test('rows arrive with positional and named values, integers exact, bytes as bytes', async () => {
  const job = read("SELECT id, body, :big AS big, x'00ff' AS bytes, NULL AS none, 1.5 AS real FROM t WHERE id > ?", {
    values: [1],
    named: { big: 9007199254740993n, unused: 'x' },
  });
  const result = await makePool().run(job, { timeoutMs: patientMs });
  expect(result.columns).toEqual(['id', 'body', 'big', 'bytes', 'none', 'real']);
  expect(result.rows.map((row) => row.map((value) => (value instanceof Uint8Array ? [...value] : value)))).toEqual([
    [2, 'row 2', 9007199254740993n, [0, 255], null, 1.5],
    [3, 'row 3', 9007199254740993n, [0, 255], null, 1.5],
  ]);
});

test('a single text is handed on byte for byte', async () => {
  const odd = '{"a": 1.0,  "ü":"\\u0000"}';
  expect(await makePool().run(text(`SELECT '${odd}', 'second column'`), { timeoutMs: patientMs })).toBe(odd);
  expect(await pool.run(text('SELECT body FROM t WHERE 0'), { timeoutMs: patientMs })).toBeNull();
});

test('a statement past its time is killed, and the next one is served', async () => {
  await expect(makePool({ max: 1 }).run(read(endless), { timeoutMs: 400 })).rejects.toMatchObject({
    sqlstate: '57014',
    message: 'canceling statement due to statement timeout',
  });
  expect((await pool.run(read('SELECT count(*) FROM t'), { timeoutMs: patientMs })).rows).toEqual([[3]]);
});

test('an aborted statement is killed; an aborted waiting one never starts', async () => {
  makePool({ max: 1 });
  const first = new AbortController();
  const second = new AbortController();
  const running = pool.run(read(endless), { timeoutMs: patientMs, signal: first.signal });
  const waiting = pool.run(read(endless), { timeoutMs: patientMs, signal: second.signal });
  second.abort();
  await expect(waiting).rejects.toMatchObject({ sqlstate: '57014', message: 'canceling statement due to user request' });
  first.abort();
  await expect(running).rejects.toMatchObject({ sqlstate: '57014', message: 'canceling statement due to user request' });
  await expect(pool.run(read('SELECT 1'), { timeoutMs: patientMs, signal: first.signal })).rejects.toMatchObject({
    sqlstate: '57014',
  });
});

test('a statement that eats memory is stopped', async () => {
  // UNION remembers every row it has made, and temporary tables live in memory: this ends only by being ended.
  const row = 'hex(zeroblob(100000))';
  const hungry = `WITH RECURSIVE n(i, b) AS (SELECT 1, ${row} UNION SELECT i + 1, ${row} FROM n) SELECT count(*) FROM n`;
  await expect(makePool().run(read(hungry), { timeoutMs: patientMs })).rejects.toMatchObject({ sqlstate: '53200' });
});

test('too much output is refused before it is built', async () => {
  const wide = `SELECT hex(zeroblob(500000)) FROM (${endless.replace('count(*)', 'i')} LIMIT 1000)`;
  await expect(makePool().run(read(wide), { timeoutMs: patientMs })).rejects.toMatchObject({ sqlstate: '54000' });
});

test('writes and broken SQL are refused as SQL errors, and the process stays', async () => {
  const options = { timeoutMs: patientMs };
  await expect(makePool({ max: 1 }).run(read("INSERT INTO t (body) VALUES ('x') RETURNING id"), options)).rejects.toMatchObject({
    sqlstate: '25006',
  });
  await expect(pool.run(read('SELEC 1'), options)).rejects.toMatchObject({ sqlstate: '42601' });
  await expect(pool.run(read('SELECT * FROM missing'), options)).rejects.toMatchObject({ sqlstate: '42P01' });
  expect((await pool.run(read('SELECT count(*) FROM t'), options)).rows).toEqual([[3]]);
});

test('the queue is bounded: the job too many gets 503 with Retry-After', async () => {
  makePool({ max: 1, maxWaiting: 1 });
  const stop = new AbortController();
  const options = { timeoutMs: patientMs, signal: stop.signal };
  const held = [pool.run(read(endless), options), pool.run(read(endless), options)];
  await expect(pool.run(read('SELECT 1'), options)).rejects.toMatchObject({ status: 503, headers: ['Retry-After', '1'] });
  stop.abort();
  expect((await Promise.allSettled(held)).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
});

test('a job that waited too long gets 503', async () => {
  makePool({ max: 1, waitTimeoutMs: 50 });
  const stop = new AbortController();
  const held = pool.run(read(endless), { timeoutMs: patientMs, signal: stop.signal });
  await expect(pool.run(read('SELECT 1'), { timeoutMs: patientMs })).rejects.toMatchObject({ status: 503 });
  stop.abort();
  await expect(held).rejects.toMatchObject({ sqlstate: '57014' });
});

test('release ends what runs on a file, so that it can be replaced', async () => {
  const running = makePool().run(read(endless), { timeoutMs: patientMs });
  const outcome = expect(running).rejects.toMatchObject({ sqlstate: '57P01' });
  await pool.release(file);
  await outcome;
  renameSync(makeFile('b.db', 7), file);
  expect((await pool.run(read('SELECT count(*) FROM t'), { timeoutMs: patientMs })).rows).toEqual([[7]]);
});

test('a file replaced under a warm connection is noticed', async () => {
  const options = { timeoutMs: patientMs };
  expect((await makePool({ max: 1 }).run(read('SELECT count(*) FROM t'), options)).rows).toEqual([[3]]);
  renameSync(makeFile('b.db', 7), file);
  expect((await pool.run(read('SELECT count(*) FROM t'), options)).rows).toEqual([[7]]);
});

test('shutdown ends running jobs and refuses later ones', async () => {
  const running = makePool().run(read(endless), { timeoutMs: patientMs });
  const outcome = expect(running).rejects.toMatchObject({ sqlstate: '57P01' });
  await pool.shutdown();
  await outcome;
  await expect(pool.run(read('SELECT 1'), { timeoutMs: patientMs })).rejects.toMatchObject({ sqlstate: '57P01' });
});
