/** The settings every connection has, however its file was left. */

import { chmodSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OpenFileOptions, openFile, type SqliteHandle, setDurability } from '#lib/engine/open-file.ts';

let directory: string;
let file: string;
const opened: SqliteHandle[] = [];

function open(options?: OpenFileOptions): SqliteHandle {
  const handle = openFile(file, options);
  opened.push(handle);
  return handle;
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'koyalite-open-'));
  file = join(directory, 'data.db');
});
afterEach(() => {
  for (const handle of opened.splice(0)) handle.close();
  rmSync(directory, { recursive: true });
});

const level = (handle: SqliteHandle) => handle.pragma('synchronous', { simple: true });

test('a missing file throws and is not made', () => {
  expect(() => open()).toThrow(/unable to open/);
  expect(() => open({ readOnly: true })).toThrow(/unable to open/);
  expect(existsSync(file)).toBe(false);
});

test('a reopened WAL file has the level that was asked for', () => {
  open({ create: true }).exec('CREATE TABLE t (x)');
  // What the driver falls back to when nobody says anything.
  const plain = new SQLite(file);
  expect(plain.pragma('synchronous', { simple: true })).toBe(1);
  plain.close();
  expect(level(open())).toBe(2);
  expect(level(open({ durability: 'fast' }))).toBe(1);
  expect(level(open({ durability: 'full' }))).toBe(2);
  expect(level(open({ readOnly: true }))).toBe(2);
});

test('the level can change later, but not inside a transaction', () => {
  const handle = open({ create: true });
  setDurability(handle, 'fast');
  expect(level(handle)).toBe(1);
  handle.exec('BEGIN');
  expect(() => setDurability(handle, 'full')).toThrow();
  handle.exec('ROLLBACK');
  setDurability(handle, 'full');
  expect(level(handle)).toBe(2);
});

test('the schema is not trusted, references are enforced and triggers recurse', () => {
  const handle = open({ create: true });
  const pragmas = ['trusted_schema', 'foreign_keys', 'recursive_triggers', 'journal_mode'];
  expect(pragmas.map((name) => handle.pragma(name, { simple: true }))).toEqual([0, 1, 1, 'wal']);
});

test('a view cannot reach a function with side effects', () => {
  const handle = open({ create: true });
  handle.exec('CREATE VIEW v AS SELECT load_extension(1)');
  expect(() => handle.prepare('SELECT * FROM v').all()).toThrow();
});

test('a read-only connection refuses to write', () => {
  open({ create: true }).exec('CREATE TABLE t (x)');
  const reader = open({ readOnly: true });
  expect(() => reader.exec('INSERT INTO t VALUES (1)')).toThrow(/readonly/);
  expect(reader.prepare('SELECT count(*) FROM t').pluck().get()).toBe(0);
});

test("a new file and what SQLite keeps beside it are its owner's alone, and an old one becomes so", () => {
  const modes = () => ['', '-wal', '-shm'].map((suffix) => (statSync(file + suffix).mode & 0o777).toString(8));
  const umask = process.umask(0);
  try {
    open({ create: true }).exec('CREATE TABLE t (x)');
    expect(modes()).toEqual(['600', '600', '600']);
    for (const suffix of ['', '-wal', '-shm']) chmodSync(file + suffix, 0o644);
    open({ readOnly: true });
    expect(modes()).toEqual(['644', '644', '644']);
    open();
    expect(modes()).toEqual(['600', '600', '600']);
  } finally {
    process.umask(umask);
  }
});
