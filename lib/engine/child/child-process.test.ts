import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';

const module = new URL('./child-process.ts', import.meta.url).href;

let directory: string;
let file: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'koyalite-child-'));
  file = join(directory, 'a.db');
  new SQLite(file).exec('PRAGMA journal_mode = WAL; CREATE TABLE t (id)').close();
});

afterAll(() => rmSync(directory, { recursive: true }));

/** A process of its own that starts a child, prints its id after one answer, and goes on with `then`. */
function startParent(then: string): ChildProcess {
  const job = `{ kind: 'statement', file: ${JSON.stringify(file)}, values: [], named: {}, readOnly: true, result: 'single text' }`;
  const script = `
    const { spawnChild } = await import(${JSON.stringify(module)});
    const child = spawnChild();
    await child.run({ ...${job}, sql: "SELECT 'ok'" });
    process.stdout.write(child.pid + '\\n');
    ${then.replace('JOB', job)}`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function childPid(parent: ChildProcess): Promise<number> {
  const [line] = await once(parent.stdout ?? parent, 'data');
  return Number(String(line));
}

/** A process that has ended but whose new parent has not asked yet still has an entry: state Z. */
function isRunning(pid: number): boolean {
  const { status, stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 && !stdout.startsWith('Z');
}

async function waitForEnd(pid: number): Promise<void> {
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('a child in the middle of an endless statement dies with its parent', async () => {
  const parent = startParent(
    "child.run({ ...JOB, sql: 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n' });",
  );
  const pid = await childPid(parent);
  expect(isRunning(pid)).toBe(true);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  await waitForEnd(pid);
});

test('an idle child keeps no process alive, and ends with it', async () => {
  const parent = startParent('');
  const pid = await childPid(parent);
  const [code] = await once(parent, 'exit');
  expect(code).toBe(0);
  await waitForEnd(pid);
});

test('a child that is killed from outside rejects its job with a generic error', async () => {
  const parent = startParent(
    "const lost = child.run({ ...JOB, sql: 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n' }); setTimeout(() => process.kill(child.pid, 'SIGKILL'), 100); await lost.catch((error) => process.stdout.write(error.sqlstate + ' ' + error.message));",
  );
  await childPid(parent);
  const [answer] = await once(parent.stdout ?? parent, 'data');
  expect(String(answer)).toBe('58000 the process running the statement ended unexpectedly');
});
