/** D18: one home has one owner. A second process leaves at once; after the first is killed the next takes over at once. */

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, spawnServer, startServer } from './start-server.ts';

const rounds = 5;

let home: string;
let server: RunningServer;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'koyalite-owner-'));
  server = await startServer(home);
});

afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

async function isServing(): Promise<boolean> {
  return (await fetch(`${server.url}/api/health/ready`)).ok;
}

test('D18 a second process on the same home ends with an error and harms nothing', async () => {
  const second = spawnServer(home);
  let said = '';
  second.stderr?.on('data', (chunk) => {
    said += String(chunk);
  });
  const [code, signal] = await once(second, 'close');
  expect(signal).toBeNull();
  expect(code).toBeGreaterThan(0);
  expect(said).not.toBe('');
  expect(said).not.toMatch(/^\s+at .*\.[jt]s:\d+/m);
  expect(await isServing()).toBe(true);
  // The first one's address must not have been overwritten: the operator's token still opens it.
  expect(await server.platform('GET', '/projects')).toBeInstanceOf(Array);
});

test(`D18 takeover is immediate after each of ${rounds} kills`, async () => {
  for (let round = 0; round < rounds; round += 1) {
    const { pid } = server;
    await server.kill();
    server = await startServer(home);
    expect(server.pid).not.toBe(pid);
    expect(await isServing()).toBe(true);
  }
});

test('D18 of several that start at once exactly one becomes the owner', async () => {
  await server.kill();
  const rivals = Array.from({ length: 4 }, () => spawnServer(home));
  const ended = rivals.map((rival) => once(rival, 'close'));
  // Three leave; the fourth is found through the address it wrote.
  let left = 0;
  for (const end of ended) void end.then(() => (left += 1));
  while (left < rivals.length - 1) await new Promise((resolve) => setTimeout(resolve, 20));
  const owner = rivals.filter((rival) => rival.exitCode === null && rival.signalCode === null);
  expect(owner).toHaveLength(1);
  owner[0]?.kill('SIGKILL');
  await Promise.all(ended);
  server = await startServer(home);
  expect(await isServing()).toBe(true);
});
