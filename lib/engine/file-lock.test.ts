/** The lock that keeps two servers off one home. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeFileLock } from '#lib/engine/file-lock.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'koyalite-lock-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('one holder at a time, in a folder that is made', () => {
  const file = join(directory, 'deep/er/server.lock');
  const first = takeFileLock(file);
  expect(first).not.toBeNull();
  expect(takeFileLock(file)).toBeNull();
  first?.release();
  const second = takeFileLock(file);
  expect(second).not.toBeNull();
  second?.release();
});

test('a lock ends with the process that held it', async () => {
  const file = join(directory, 'server.lock');
  const module = JSON.stringify(new URL('./file-lock.ts', import.meta.url).href);
  const code = `const { takeFileLock } = await import(${module}); takeFileLock(${JSON.stringify(file)}); console.log('held'); setInterval(() => {}, 1000)`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  const held = takeFileLock(file);
  child.kill('SIGKILL');
  await exited;
  expect(held).toBeNull();
  const taken = takeFileLock(file);
  expect(taken).not.toBeNull();
  taken?.release();
});

test('another failure is no sign of another server', () => {
  const file = join(directory, 'server.lock');
  writeFileSync(file, 'not a database at all, but long enough to look at'.repeat(20));
  expect(() => takeFileLock(file)).toThrow();
});
