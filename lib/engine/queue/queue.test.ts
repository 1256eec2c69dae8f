/** The job queue over a real file: transactions, retries, leases, dead letters, idempotency. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEngine } from '#lib/engine/create-engine.ts';
import type { Database } from '#lib/engine/database.ts';
import type { Engine } from '#lib/engine/engine.ts';
import { claimJob, enqueueJob, finishJob, type Job, reviveDeadJobs, toRetryDelayMs } from '#lib/engine/queue/jobs.ts';
import { type JobHandler, type Queue, type QueueClock, startQueue } from '#lib/engine/queue/queue.ts';
import { queueMigrations } from '#lib/engine/queue/queue-tables.ts';
import { createQueues } from '#lib/engine/queue/queues.ts';
import { resumeQueues } from '#lib/engine/queue/resume-queues.ts';
import { Problem } from '#lib/http/problem.ts';

let directory: string;
let engine: Engine;
let database: Database;
let queue: Queue | null = null;
let nowMs = 1_000_000;
const clock: QueueClock = { nowMs: () => nowMs, random: () => 0.5 };

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'koyalite-queue-'));
  engine = createEngine({ migrations: queueMigrations });
  await engine.create('q', join(directory, 'data.db'));
  database = engine.open('q', join(directory, 'data.db'), { durability: 'fast' });
});
afterEach(async () => {
  await queue?.stop();
  queue = null;
  await engine.shutdown();
  rmSync(directory, { recursive: true, force: true });
});

function start(handler: JobHandler): Queue {
  queue = startQueue(database, { work: handler }, clock);
  return queue;
}
const enqueue = (payload: unknown, idempotencyKey?: string) =>
  database.write((connection) =>
    enqueueJob(connection, { kind: 'work', payload, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) }, nowMs),
  );
const statuses = () =>
  database.read((connection) => connection.all('SELECT status FROM _koyalite_jobs ORDER BY id').map((row) => row.status));

test('jobs run in order, once', async () => {
  const seen: unknown[] = [];
  await enqueue('a');
  await enqueue('b');
  await start({ run: async (job) => void seen.push(job.payload) }).drain();
  await queue?.drain();
  expect(seen).toEqual(['a', 'b']);
  expect(statuses()).toEqual(['done', 'done']);
});

test('a job is queued only if its cause is committed', async () => {
  const write = database.write((connection) => {
    enqueueJob(connection, { kind: 'work', payload: 1 }, nowMs);
    throw new Problem({ status: 400, code: 'no', message: 'no' });
  });
  await expect(write).rejects.toThrow('no');
  expect(statuses()).toEqual([]);
});

test('an idempotency key queues once, also after the job is done', async () => {
  expect(await enqueue(1, 'k')).not.toBeNull();
  expect(await enqueue(2, 'k')).toBeNull();
  await start({ run: async () => {} }).drain();
  expect(await enqueue(3, 'k')).toBeNull();
  expect(await enqueue(4, 'other')).not.toBeNull();
});

test('a failing job comes back with growing pauses and is laid aside after five tries', async () => {
  const attempts: number[] = [];
  const dead: string[] = [];
  await enqueue('x');
  const worker = start({
    run: async (job) => {
      attempts.push(job.attempt);
      throw new Error('provider is down');
    },
    onDead: (_connection, job, error) => void dead.push(`${job.id} ${error}`),
  });
  await worker.drain();
  expect(attempts).toEqual([1]);
  for (const delayMs of [5000, 15_000, 45_000, 135_000]) {
    nowMs += delayMs - 1;
    await worker.drain();
    const before = attempts.length;
    nowMs += 1;
    await worker.drain();
    expect(attempts.length).toBe(before + 1);
  }
  expect(statuses()).toEqual(['dead']);
  expect(dead).toEqual(['1 provider is down']);
  expect(await database.write((connection) => reviveDeadJobs(connection, nowMs))).toBe(1);
  await worker.drain();
  expect(attempts).toEqual([1, 2, 3, 4, 5, 1]);
});

test('an error may name its own pause', async () => {
  let runs = 0;
  await enqueue('x');
  const worker = start({
    run: async () => {
      if (++runs === 1) throw Object.assign(new Error('slow down'), { retryAfterMs: 60_000 });
    },
  });
  await worker.drain();
  nowMs += 59_999;
  await worker.drain();
  expect(runs).toBe(1);
  nowMs += 1;
  await worker.drain();
  expect(runs).toBe(2);
});

test('a job whose worker died is given out again after its lease', async () => {
  await enqueue('x');
  const claim = (): Promise<Job | null> => database.write((connection) => claimJob(connection, ['work'], nowMs));
  expect(await claim()).toMatchObject({ attempt: 1 });
  expect(await claim()).toBeNull();
  nowMs += 60_000;
  expect(await claim()).toMatchObject({ attempt: 2 });
});

test('pauses stay between half and one and a half of their middle', () => {
  expect([toRetryDelayMs(1, 0), toRetryDelayMs(1, 1), toRetryDelayMs(3, 0.5)]).toEqual([2500, 7500, 45_000]);
});

test('one worker for each open file, and none for a closed one', async () => {
  const seen: unknown[] = [];
  const queues = createQueues(() => ({ work: { run: async (job) => void seen.push(job.payload) } }), undefined, clock);
  expect(queues.of(database)).toBe(queues.of(database));
  await enqueue('a');
  await queues.of(database).drain();
  expect(seen).toEqual(['a']);
  const before = queues.of(database);
  await engine.close('q');
  await before.drain();
  const reopened = engine.open('q', join(directory, 'data.db'), { durability: 'fast' });
  expect(queues.of(reopened)).not.toBe(before);
  expect(queues.of(database)).not.toBe(before);
  await queues.stopAll();
});

test('an unused worker is let go, but not while a job waits for its next attempt', async () => {
  const queues = createQueues(() => ({ work: { run: () => Promise.reject(new Error('down')) } }), undefined, clock, 20);
  const busy = queues.of(database);
  await enqueue('a');
  await busy.drain();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await runsStill(busy)).toBe(true);
  await database.write((connection) => connection.run('DELETE FROM _koyalite_jobs'));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await runsStill(busy)).toBe(false);
  await queues.stopAll();
});

/** A stopped worker takes nothing any more. */
async function runsStill(worker: Queue): Promise<boolean> {
  await database.write((connection) => connection.run('DELETE FROM _koyalite_jobs'));
  await enqueue('probe');
  await worker.drain();
  return statuses().length === 1 && database.read((connection) => connection.value('SELECT attempts FROM _koyalite_jobs')) === 1;
}

test('a start wakes the environments that were left with work, and only those', async () => {
  const files: Record<string, string> = {};
  for (const ref of ['waiting', 'running', 'finished', 'untouched']) {
    const file = join(directory, `${ref}.db`);
    files[ref] = file;
    await engine.create(ref, file);
    const left = engine.open(ref, file, { durability: 'fast' });
    if (ref === 'untouched') continue;
    await left.write((connection) => enqueueJob(connection, { kind: 'work', payload: ref }, nowMs));
    if (ref !== 'waiting') await left.write((connection) => claimJob(connection, ['work'], nowMs));
    if (ref === 'finished') await left.write((connection) => finishJob(connection, 1, nowMs));
    await engine.close(ref);
  }
  const ran: unknown[] = [];
  const failures: string[] = [];
  const queues = createQueues(() => ({ work: { run: async (job) => void ran.push(job.payload) } }), undefined, clock);
  const woken: Promise<void>[] = [];
  const environments = [...Object.entries(files), ['missing', join(directory, 'missing.db')] as const];
  await resumeQueues({
    environments: environments.map(([ref, file]) => ({ ref, file })),
    open: ({ ref, file }) => engine.open(ref, file, { durability: 'fast' }),
    wake: (woke) => void woken.push(queues.of(woke).drain()),
    report: ({ ref }) => void failures.push(ref),
    startedMs: nowMs + 1,
    pauseMs: 0,
  });
  await Promise.all(woken);
  expect(ran).toEqual(['waiting', 'running']);
  expect(failures).toEqual(['missing']);
  await queues.stopAll();
});

test('resuming ends at the signal', async () => {
  const signal = AbortSignal.abort();
  const environments = [{ file: join(directory, 'data.db') }];
  const unused = () => Promise.reject(new Error('opened'));
  await enqueue('a');
  await resumeQueues({ environments, open: () => database, wake: unused, report: unused, startedMs: nowMs, signal });
});

test('a clock set back an hour delays nothing that was queued before', async () => {
  let runs = 0;
  const worker = start({
    run: async () => {
      if (++runs === 1) throw new Error('down');
    },
  });
  await enqueue('x');
  await worker.drain();
  nowMs -= 3_600_000;
  await worker.drain();
  expect(runs).toBe(2);
  expect(statuses()).toEqual(['done']);
});
