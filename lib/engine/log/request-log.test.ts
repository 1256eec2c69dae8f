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
