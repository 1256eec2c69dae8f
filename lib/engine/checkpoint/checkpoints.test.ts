/** The log is copied into the file by a thread, also beside a writer that never rests. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createEngine } from '#lib/engine/create-engine.ts';
import type { Database } from '#lib/engine/database.ts';
import type { Engine } from '#lib/engine/engine.ts';

let directory: string;
let file: string;
let engine: Engine;
let database: Database;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'koyalite-checkpoint-'));
  file = join(directory, 'data.db');
  engine = createEngine();
  await engine.create('shop', file);
  database = engine.open('shop', file, { durability: 'fast' });
  await database.write((connection) => connection.exec('CREATE TABLE public_t(id INTEGER PRIMARY KEY, body BLOB)'));
});

afterEach(async () => {
  await engine.shutdown();
  rmSync(directory, { recursive: true });
});

/** How long a busy machine may take to give the thread its turn. */
const patience = { timeout: 30_000 };

/** One page of the log or more. */
const insert = () => database.write((connection) => connection.run('INSERT INTO public_t(body) VALUES (randomblob(3500))'));

function readLog(): { pages: number; copied: number } {
  const handle = new SQLite(file);
  try {
    const [row] = handle.prepare('PRAGMA wal_checkpoint(NOOP)').raw().all() as [number, number, number][];
    return { pages: row?.[1] ?? 0, copied: row?.[2] ?? 0 };
  } finally {
    handle.close();
  }
}

test('a thousand pages are copied, and the next write starts the log anew', async () => {
  await Promise.all(Array.from({ length: 1100 }, insert));
  await vi.waitFor(() => {
    const { pages, copied } = readLog();
    expect(copied).toBe(pages);
    expect(pages).toBeGreaterThanOrEqual(1000);
  }, patience);
  await insert();
  expect(readLog().pages).toBeLessThan(100);
});

test('a writer that never rests does not grow the log without end', async () => {
  let longest = 0;
  for (let round = 0; round < 150; round += 1) {
    await Promise.all(Array.from({ length: 100 }, insert));
    longest = Math.max(longest, readLog().pages);
  }
  expect(longest).toBeGreaterThan(1000);
  expect(longest).toBeLessThan(12_000);
});

test('a file that is closed while its log is copied keeps every row', async () => {
  await Promise.all(Array.from({ length: 1500 }, insert));
  await engine.shutdown();
  const handle = new SQLite(file, { readonly: true });
  expect(handle.prepare('SELECT count(*) FROM public_t').pluck().get()).toBe(1500);
  expect(handle.pragma('integrity_check', { simple: true })).toBe('ok');
  handle.close();
});
