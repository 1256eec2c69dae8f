import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRequestLog, type LoggedRequest } from '#lib/engine/log/request-log.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'koyalite-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const request: LoggedRequest = {
  requestId: 'r1',
  ref: 'shop',
  service: 'rest',
  method: 'GET',
  path: '/notes',
  status: 200,
  elapsedMs: 1.234,
  role: 'anon',
  clientAddress: '127.0.0.1',
};

test('shows the newest first, of one environment alone', () => {
  const log = createRequestLog(join(folder, 'logs.db'));
  log.record(request);
  log.record({ ...request, requestId: 'r2', status: 500 });
  log.record({ ...request, requestId: 'other', ref: 'bank' });
  expect(log.list({ ref: 'shop' }).map((row) => row.requestId)).toEqual(['r2', 'r1']);
  expect(log.list({ ref: 'shop', minStatus: 400 })).toMatchObject([{ requestId: 'r2', status: 500, elapsedMs: 1.23 }]);
  log.close();
});

test('keeps slow and failed requests when a second is too full for all', () => {
  const log = createRequestLog(join(folder, 'logs.db'));
  for (let index = 0; index < 700; index += 1) log.record({ ...request, requestId: `ok${index}` });
  log.record({ ...request, requestId: 'failed', status: 503 });
  log.record({ ...request, requestId: 'slow', elapsedMs: 900 });
  const kept = log.list({ ref: 'shop', limit: 1000 }).map((row) => row.requestId);
  expect(kept).toHaveLength(500);
  expect(kept).toEqual(expect.arrayContaining(['failed', 'slow']));
  expect(log.dropped).toBe(200);
  log.close();
});

test('finds its rows again after a restart and removes those beyond retention', () => {
  const file = join(folder, 'logs.db');
  const first = createRequestLog(file);
  first.record(request);
  first.close();
  const second = createRequestLog(file);
  expect(second.list({ ref: 'shop' })).toHaveLength(1);
  second.close();
  const third = createRequestLog(file, { retentionDays: -1 });
  expect(third.list({ ref: 'shop' })).toHaveLength(0);
  third.close();
});

test('filters by status, service, method, path, request id and time', () => {
  const log = createRequestLog(join(folder, 'logs.db'));
  log.record(request);
  log.record({ ...request, requestId: 'abc-1', path: '/Orders', method: 'POST', status: 201 });
  log.record({ ...request, requestId: 'abc-2', service: 'auth', path: '/token', status: 400 });
  log.record({ ...request, requestId: 'x', status: 500, path: '/100%' });
  const ids = (query: Omit<Parameters<typeof log.list>[0], 'ref'>) =>
    log.list({ ref: 'shop', ...query }).map((row) => row.requestId);
  expect(ids({ minStatus: 400, maxStatus: 499 })).toEqual(['abc-2']);
  expect(ids({ service: 'rest', method: 'POST' })).toEqual(['abc-1']);
  expect(ids({ service: 'auth' })).toEqual(['abc-2']);
  expect(ids({ method: 'GET' })).toHaveLength(3);
  expect(ids({ search: 'order' })).toEqual(['abc-1']);
  expect(ids({ search: '%' })).toEqual(['x']);
  expect(ids({ search: 'abc-' })).toEqual(['abc-2', 'abc-1']);
  expect(ids({ search: 'bc-' })).toEqual([]);
  expect(ids({ since: '2999-01-01T00:00:00.000Z' })).toEqual([]);
  expect(ids({ before: '2000-01-01T00:00:00.000Z' })).toEqual([]);
  expect(ids({ since: '2000-01-01T00:00:00.000Z', before: '2999-01-01T00:00:00.000Z' })).toHaveLength(4);
  log.close();
});

test('takes requests of one kind together, those that cost most time first', () => {
  const log = createRequestLog(join(folder, 'logs.db'));
  for (let ms = 1; ms <= 100; ms += 1) log.record({ ...request, elapsedMs: ms });
  log.record({ ...request, path: '/slow', elapsedMs: 9000, status: 500 });
  log.record({ ...request, path: '/once', elapsedMs: 3 });
  log.record({ ...request, ref: 'bank', elapsedMs: 99_999 });
  const groups = log.group({ ref: 'shop', since: '2000-01-01T00:00:00.000Z', limit: 10 });
  expect(groups).toMatchObject([
    { path: '/slow', count: 1, failures: 1, medianMs: 9000, p95Ms: 9000, maxMs: 9000 },
    { path: '/notes', count: 100, failures: 0, medianMs: 50, p95Ms: 95, maxMs: 100, totalMs: 5050 },
    { path: '/once', count: 1, medianMs: 3 },
  ]);
  expect(log.group({ ref: 'shop', since: '2999-01-01T00:00:00.000Z', limit: 10 })).toEqual([]);
  log.close();
});
