/** A thousand environments in one process: each its own file, a bounded number of them open, memory bounded with it. */

import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createEngine } from '#lib/engine/create-engine.ts';
import type { Engine } from '#lib/engine/engine.ts';
import { liveHeapBytes } from '../support/live-heap.ts';

const environments = 1000;
const maxOpen = 32;
/** A file used moments ago is never closed; longer than that lies between two uses here. */
const pauseMs = 10_000;
/** What live objects may grow by from the first hundred environments to the last: closed ones must be let go of. */
const growthLimitBytes = 64 << 20;

let home: string;
let engine: Engine;

beforeAll(() => {
  // Only the clock that tells how long a file has been idle.
  vi.useFakeTimers({ toFake: ['performance'] });
  home = mkdtempSync(join(tmpdir(), 'koyalite-scale-'));
  engine = createEngine({ maxOpen });
});

afterAll(async () => {
  await engine.shutdown();
  vi.useRealTimers();
  rmSync(home, { recursive: true, force: true });
});

function refOf(index: number): string {
  return `tenant-${index}`;
}

function fileOf(index: number): string {
  return join(home, refOf(index), 'data.db');
}

/** Distinct environment files that this process holds open. */
function countOpenFiles(): number {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return new Set(targets.filter((target) => target.startsWith(home) && target.endsWith('.db'))).size;
}

test(`${environments} environments are created, written and read by one process`, { timeout: 300_000 }, async () => {
  let early = 0;
  for (let index = 0; index < environments; index += 1) {
    vi.advanceTimersByTime(pauseMs);
    await engine.create(refOf(index), fileOf(index));
    await engine.open(refOf(index), fileOf(index)).write((connection) => {
      connection.exec('CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)');
      connection.run('INSERT INTO notes (body) VALUES (?)', `note of ${index}`);
    });
    if (index === 100) early = liveHeapBytes();
  }
  // In an order that misses the pool nearly always.
  for (let step = 0; step < environments; step += 1) {
    const index = (step * 389) % environments;
    vi.advanceTimersByTime(pauseMs);
    const database = engine.open(refOf(index), fileOf(index));
    expect(database.read((connection) => connection.value('SELECT body FROM notes'))).toBe(`note of ${index}`);
  }
  // Closing is asynchronous: what was pushed out must be gone a moment later.
  await new Promise((resolve) => setImmediate(resolve));
  expect(countOpenFiles()).toBeLessThanOrEqual(maxOpen + 1);
  expect(liveHeapBytes() - early).toBeLessThan(growthLimitBytes);
});
