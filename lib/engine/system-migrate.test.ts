/** System tables: each migration once, all or none, and nothing to do when everything is there. */

import { expect, test } from 'vitest';
import { openFile } from '#lib/engine/open-file.ts';
import { migrateSystemTables } from '#lib/engine/system-migrate.ts';

const one = { id: 'a-0001', sql: 'CREATE TABLE a (x); INSERT INTO a VALUES (1)' };
const two = { id: 'b-0001', sql: 'INSERT INTO a VALUES (2)' };
const open = () => openFile(':memory:', { create: true });

test('each runs once, in order, also when more come later', () => {
  const handle = open();
  migrateSystemTables(handle, [one]);
  migrateSystemTables(handle, [one]);
  migrateSystemTables(handle, [one, two]);
  migrateSystemTables(handle, [one, two]);
  expect(handle.prepare('SELECT x FROM a').pluck().all()).toEqual([1, 2]);
  expect(handle.prepare('SELECT id FROM _koyalite_system_migrations').pluck().all()).toEqual(['a-0001', 'b-0001']);
});

test('a failing one keeps nothing, and the next start tries again', () => {
  const handle = open();
  const broken = { id: 'c-0001', sql: 'CREATE TABLE c (x); INSERT INTO nowhere VALUES (1)' };
  expect(() => migrateSystemTables(handle, [one, broken])).toThrow(/nowhere/);
  expect(handle.inTransaction).toBe(false);
  expect(handle.prepare("SELECT count(*) FROM sqlite_schema WHERE name IN ('a', 'c')").pluck().get()).toBe(0);
  migrateSystemTables(handle, [one, two]);
  expect(handle.prepare('SELECT count(*) FROM a').pluck().get()).toBe(2);
});

test('a file that is up to date is recognised without being written', () => {
  const handle = open();
  migrateSystemTables(handle, [one, two]);
  const before = handle.prepare('SELECT total_changes()').pluck().get();
  migrateSystemTables(handle, [one, two]);
  expect(handle.prepare('SELECT total_changes()').pluck().get()).toBe(before);
  expect(handle.pragma('user_version', { simple: true })).toBeGreaterThan(0);
});
