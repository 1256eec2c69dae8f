/** Slots: never more at once than there are, in order, freed by failures too, and a bounded line. */

import { expect, test } from 'vitest';
import { createSlots } from '#lib/identity/work-slots.ts';

test('runs so many at once, in order, and a failure frees its slot', async () => {
  const slots = createSlots(2, 100);
  let running = 0;
  let most = 0;
  const order: number[] = [];
  const work = (i: number) =>
    slots(async () => {
      most = Math.max(most, ++running);
      order.push(i);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      if (i % 3 === 0) throw new Error(`failed ${i}`);
      return i;
    });
  const results = await Promise.allSettled(Array.from({ length: 10 }, (_, i) => work(i)));
  expect(most).toBe(2);
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(4);
  expect(await work(1)).toBe(1);
});

test('a line that is full turns the next one away with 503', async () => {
  const slots = createSlots(1, 1);
  const gate = Promise.withResolvers<void>();
  const first = slots(() => gate.promise);
  const second = slots(async () => 'second');
  await expect(slots(async () => 'third')).rejects.toMatchObject({ status: 503, headers: ['Retry-After', '1'] });
  gate.resolve();
  await first;
  expect(await second).toBe('second');
});
