import { expect, test } from 'vitest';
import { createJobQueue } from '#lib/engine/child/job-queue.ts';

test('a file with nothing running goes first; else the oldest', async () => {
  const queue = createJobQueue<string>({ maxWaiting: 8, waitTimeoutMs: 60_000 });
  const turns = Promise.all([queue.wait('a', null), queue.wait('a', null), queue.wait('b', null)]);
  const order: (string | undefined)[] = [];
  for (const busy of [new Set(['a']), new Set(['a', 'b']), new Set<string>()]) {
    const next = queue.takeNext(busy);
    order.push(next?.file);
    next?.start(`turn ${order.length}`);
  }
  expect(order).toEqual(['b', 'a', 'a']);
  expect(await turns).toEqual(['turn 2', 'turn 3', 'turn 1']);
  expect(queue.takeNext(new Set())).toBeNull();
});

test('a full queue refuses, and has room again when one leaves', async () => {
  const queue = createJobQueue<string>({ maxWaiting: 1, waitTimeoutMs: 60_000 });
  const leaver = new AbortController();
  const first = queue.wait('a', leaver.signal);
  await expect(queue.wait('a', null)).rejects.toMatchObject({ status: 503 });
  leaver.abort();
  await expect(first).rejects.toMatchObject({ sqlstate: '57014' });
  const second = queue.wait('a', null);
  queue.takeNext(new Set())?.start('go');
  expect(await second).toBe('go');
});
