/** A catalog is loaded in steps for who waits, and is whole whoever changes the schema meanwhile. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadCatalogInSteps } from '#lib/engine/catalog/load-catalog.ts';
import { watchCatalog } from '#lib/engine/catalog/watch-catalog.ts';
import { type CachingConnection, createConnection } from '#lib/engine/connection.ts';
import { createEngine } from '#lib/engine/create-engine.ts';
import type { Engine } from '#lib/engine/engine.ts';
import { openFile } from '#lib/engine/open-file.ts';
import { executeScript } from '#lib/engine/sql/execute-script.ts';

let directory: string;
let engine: Engine;
let reader: CachingConnection;
let other: CachingConnection;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'koyalite-watch-'));
  const file = join(directory, 'data.db');
  engine = createEngine();
  await engine.create('watched', file);
  reader = createConnection(openFile(file, { readOnly: true }));
  other = createConnection(openFile(file));
  change('create table a (id integer primary key); create table z (id integer primary key);');
});
afterEach(async () => {
  reader.handle.close();
  other.handle.close();
  await engine.shutdown();
  rmSync(directory, { recursive: true });
});

function change(sql: string): void {
  other.run('BEGIN IMMEDIATE');
  executeScript(other, sql);
  other.run('COMMIT');
}

function countPauses(): number {
  let pauses = 0;
  for (const steps = loadCatalogInSteps(reader); !steps.next().done; ) pauses += 1;
  return pauses;
}

const many = (from: number) =>
  Array.from(
    { length: 400 },
    (_, index) => `create table t${from + index} (id integer primary key, v text, n integer default 1);`,
  ).join('');

test('a change in the middle of a load makes it start anew', () => {
  const pauses = countPauses();
  for (let after = 1; after < pauses; after += 3) {
    const steps = loadCatalogInSteps(reader);
    for (let step = 0; step < after; step += 1) steps.next();
    change(`alter table a add column x${after} text; alter table z add column x${after} text`);
    let step = steps.next();
    while (!step.done) step = steps.next();
    const { tables } = step.value;
    expect(['a', 'z'].map((name) => tables.get(`public.${name}`)?.columnsByName.has(`x${after}`))).toEqual([true, true]);
  }
});

test('there is a pause between two tables', () => {
  change(many(0));
  expect(countPauses()).toBeGreaterThan(400);
});

test('who waits has the catalog of what was committed before; others go on meanwhile', async () => {
  change(many(0));
  const watch = watchCatalog(reader);
  await watch.ready();
  const before = watch.current();
  await new Promise((resolve) => setImmediate(resolve));
  change('create table late (id integer primary key)');
  const ready = watch.ready();
  // Whoever comes while it is loaded waits for the same.
  expect(watch.ready()).toBe(ready);
  change('create table later (id integer primary key)');
  await ready;
  expect(watch.ready()).toBeUndefined();
  const { tables } = watch.current();
  expect([tables.has('public.late'), tables.has('public.later'), before.tables.has('public.late')]).toEqual([true, true, false]);
});

test('who does not wait has it at once, and what comes later does not replace it', async () => {
  change(many(0));
  const watch = watchCatalog(reader);
  const ready = watch.ready();
  const catalog = watch.current();
  expect(catalog.tables.has('public.t399')).toBe(true);
  await ready;
  expect(watch.current()).toBe(catalog);
});
